// SPDX-License-Identifier: BSD-3-Clause
//
// Notes: the word is 0 until Wake sets it to 1; a sleeper that comes later does not sleep at all.
//
// Before: runtime/base/lock.cc   After: runtime/base/print.cc
#include "runtime/base/note.h"

#include "runtime/base/check.h"
#include "runtime/base/futex.h"

namespace gort {
namespace {

int64_t Now() {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1000000000} + now.tv_nsec;
}

}  // namespace

void Note::Wake() {
  uint32_t before = word_.ExchangeAcqRel(1);
  GORT_CHECK(before == 0, "notewakeup - double wakeup");
  FutexWake(&word_.value, 1);
}

void Note::Sleep() { SleepFor(-1); }

bool Note::SleepFor(int64_t ns) {
  if (ns < 0) {
    while (word_.LoadAcquire() == 0) FutexSleep(&word_.value, 0, -1);
    return true;
  }
  int64_t deadline = Now() + ns;
  while (word_.LoadAcquire() == 0) {
    if (ns <= 0) return false;
    FutexSleep(&word_.value, 0, ns);
    ns = deadline - Now();
  }
  return true;
}

}  // namespace gort
