// SPDX-License-Identifier: BSD-3-Clause
//
// Clocks, through libc's clock_gettime, which reads the kernel's clock page without a system call.
// That code wants more stack than a goroutine has below its guard and does not say how much, so
// time is read on the system stack.
//
// Before: runtime/os/thread.cc   After: runtime/os/environ.cc
#include "runtime/os/clock.h"

#include <time.h>

#include "runtime/sched/sched.h"  // upward: entries find their G

namespace gort::os {

int64_t Nanotime() {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1000000000} + now.tv_nsec;
}

WallTime Walltime() {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return {now.tv_sec, static_cast<int32_t>(now.tv_nsec)};
}

void SleepMicroseconds(uint32_t us) {
  struct timespec request = {us / 1000000, static_cast<long>(us % 1000000) * 1000};
  nanosleep(&request, nullptr);
}

}  // namespace gort::os

namespace gort::sched {

int64_t Nanotime() { return os::Nanotime(); }

}  // namespace gort::sched
