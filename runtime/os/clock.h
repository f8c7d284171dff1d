// SPDX-License-Identifier: BSD-3-Clause
//
// Time: the monotonic clock that timers and the scheduler use, and the wall clock.
//
// Before: runtime/os/thread.h   After: runtime/os/environ.h
#ifndef GORT_RUNTIME_OS_CLOCK_H_
#define GORT_RUNTIME_OS_CLOCK_H_

#include <cstdint>

namespace gort::os {

int64_t Nanotime();  // monotonic, ns
struct WallTime {
  int64_t sec;
  int32_t nsec;
};
WallTime Walltime();
// Sleeps; a signal ends it early.
void SleepMicroseconds(uint32_t us);

}  // namespace gort::os

#endif  // GORT_RUNTIME_OS_CLOCK_H_
