// SPDX-License-Identifier: BSD-3-Clause
//
// The block and the mutex profile: how long goroutines wait, for what, and because of whom.
//
//   block   one event per wait that has ended, with the stack of who waited: a channel, a select, a
//           semaphore of package sync or internal/poll, a condition
//   mutex   one event per release of a sync.Mutex or RWMutex that somebody waited for, with the
//           stack of who released it
//
// All times of an event are in the waiter's sudog, in ticks of the cpu's counter:
//
//   blocktime    when the wait began; 0: there was no block profile then, and nothing is recorded
//   releasetime  when it was woken, written by the waker; 0: not an event
//   acquiretime  of the first waiter of a mutex: since when it is the first. With N waiters each
//                release is charged for the time from the release before, not N times for all
//
// A wait has no frame of C++: it begins in an entry of kind park and ends in the resume function
// (park.cc), where g->sched is at the entry's stub. There the event is recorded, and the stack is
// walked from there: the stub is the frame that in stock is chanrecv1, selectgo or
// sync.runtime_Semacquire.
//
// While a profile is off this costs a load when a goroutine begins to wait, and a comparison when
// it ends.
//
// Before: runtime/sched/sudog.h   After: runtime/sched/wait_profile.cc
#ifndef GORT_RUNTIME_SCHED_WAIT_PROFILE_H_
#define GORT_RUNTIME_SCHED_WAIT_PROFILE_H_

#include "arch/arch.h"
#include "runtime/base/atomic.h"
#include "runtime/sched/sudog.h"

namespace gort::sched {

// Ticks: a wait of so many is recorded for certain, a shorter one with the probability of its
// share. 0: there is no block profile. A setting: relaxed.
extern Atomic<uint64_t> block_profile_rate;

// g's owner, about to queue s.
inline void BeginWait(Sudog* s) {
  if (GORT_UNLIKELY(block_profile_rate.LoadRelaxed() != 0)) s->blocktime = arch::CpuTicks();
}

// The waker, before s->g is ready.
inline void MarkWoken(Sudog* s) {
  if (GORT_UNLIKELY(s->blocktime != 0)) s->releasetime = arch::CpuTicks();
}

// How long the wait of s has been, which is over; 0: it is not an event.
inline int64_t WaitTicks(const Sudog* s) {
  if (GORT_LIKELY(s->releasetime == 0) || s->blocktime == 0) return 0;
  int64_t ticks = s->releasetime - s->blocktime;
  return ticks > 0 ? ticks : 1;  // counters of two cpus
}

// Samples an event of g, which runs an entry or its resume function; skip: frames left out, that of
// the entry included.
GORT_SYSTEM_STACK void BlockEvent(G* g, int64_t ticks, int skip);
GORT_SYSTEM_STACK void MutexEvent(G* g, int64_t ticks, int skip);

// g goes on: s is out of all lists.
inline void EndWait(G* g, const Sudog* s, int skip) {
  if (int64_t ticks = WaitTicks(s)) BlockEvent(g, ticks, skip);
}

// One in how many events of mutexes is recorded; 0: none.
uint64_t MutexProfileFraction();

// Boot: from here on the counter's speed is measured.
void StartTickClock();
// Of the cpu's counter. The first call may sleep.
GORT_SYSTEM_STACK int64_t TicksPerSecond();

}  // namespace gort::sched

#endif  // GORT_RUNTIME_SCHED_WAIT_PROFILE_H_
