// SPDX-License-Identifier: BSD-3-Clause
//
// The goal and what it is computed from.
//
// Before: runtime/gc/history.cc   After: runtime/gc/cycle.cc
#include "runtime/gc/pacer.h"

#include <cstring>

#include "asm/gen/entries.h"
#include "runtime/base/lock.h"
#include "runtime/gc/history.h"
#include "runtime/mem/cache.h"
#include "runtime/os/clock.h"

namespace gort::gc {

Pacer pacer = {100, 0, {kHeapMinimum}};

namespace {

Lock pacer_lock(LockRank::kHeap);  // guards percent and heap_marked

void ComputeGoal() {
  if (pacer.percent < 0) {
    pacer.goal.StoreRelease(kNoGoal);
    mem::heap_trigger.StoreRelaxed(kNoGoal);  // a hint
    return;
  }
  uint64_t percent = static_cast<uint64_t>(pacer.percent);
  uint64_t goal = pacer.heap_marked + pacer.heap_marked * percent / 100;
  uint64_t minimum = kHeapMinimum * percent / 100;
  if (goal < minimum) goal = minimum;
  pacer.goal.StoreRelease(goal);
  mem::heap_trigger.StoreRelaxed(goal);  // a hint
}

}  // namespace

void InitPacer(const char* gogc) {
  history.start = os::Nanotime();
  pacer.percent = 100;
  if (gogc != nullptr && strcmp(gogc, "off") == 0) {
    pacer.percent = -1;
  } else if (gogc != nullptr) {
    bool negative = *gogc == '-';
    int64_t n = 0;
    const char* digit = gogc + (negative ? 1 : 0);
    bool valid = *digit != '\0';
    for (; valid && *digit != '\0'; digit++) {
      valid = *digit >= '0' && *digit <= '9' && n < INT32_MAX / 10;
      n = n * 10 + (*digit - '0');
    }
    if (valid) pacer.percent = negative ? -1 : static_cast<int32_t>(n);
  }
  ComputeGoal();
}

int32_t SetPercent(int32_t percent) {
  LockGuard guard(&pacer_lock);
  int32_t old = pacer.percent;
  pacer.percent = percent < 0 ? -1 : percent;
  ComputeGoal();
  return old;
}

void SetMarked(uint64_t bytes) {
  LockGuard guard(&pacer_lock);
  pacer.heap_marked = bytes;
  ComputeGoal();
}

// ---- Entered from Go ----

extern "C" void gort_setGCPercent(entry::setGCPercent* a) { a->out = SetPercent(a->in); }

}  // namespace gort::gc
