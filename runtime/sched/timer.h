// SPDX-License-Identifier: BSD-3-Clause
//
// Timers for the runtime's own use: a C++ function instead of a Go closure.
//
// Before: runtime/sched/timer_heap.h   After: runtime/sched/timer.cc
#ifndef GORT_RUNTIME_SCHED_TIMER_H_
#define GORT_RUNTIME_SCHED_TIMER_H_

#include "runtime/abi/p.h"

namespace gort::sched {

// Runs on the system stack of an M with a P, no locks held. May not block.
using TimerFn = void (*)(void* arg, uintptr_t seq);

// t is off-heap, zeroed at first, and stays for as long as it may be pending.
void SetTimer(abi::timer* t, int64_t when, TimerFn fn, void* arg, uintptr_t seq);
// True if it was pending, and now is not.
bool StopTimer(abi::timer* t);

}  // namespace gort::sched

#endif  // GORT_RUNTIME_SCHED_TIMER_H_
