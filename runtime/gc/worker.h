// SPDX-License-Identifier: BSD-3-Clause
//
// Mark workers: who marks, when, and how it is noticed that nothing is left.
//
// A worker is not a goroutine. It is a slice of work that an M does on its system stack, with its
// P, between two goroutines:
//
//   dedicated    as many Ps as are a quarter of all, rounded: slices until nothing is left
//   fractional   if that rounding is far off: each P gives a quarter of its time, slice by slice
//   idle         a P without a goroutine to run, until there is one
//   assist       an allocating goroutine that owes work (assist.cc)
//   in the stop  one thread, with GODEBUG=gcstoptheworld
//
// The end. `active` counts the slices and assists that run. Grey objects are in their buffers, in
// the common list, or found by the write barrier and in the buffer of a P. Who takes active to zero
// and sees no common work and no root left tries to finish: every P hands in what its write barrier
// has found (ForEachP); if that is nothing the world is stopped, the Ps hand in once more what they
// found since, and if that leads to nothing new the marking is over. Otherwise it goes on.
//
// Before: runtime/gc/pacer.h   After: runtime/gc/worker.cc
#ifndef GORT_RUNTIME_GC_WORKER_H_
#define GORT_RUNTIME_GC_WORKER_H_

#include "runtime/base/atomic.h"
#include "runtime/gc/work.h"

namespace gort::gc {

// The running cycle, if `marking`.
struct MarkState {
  bool marking;    // changes with the world stopped
  bool verifying;  // what is marked now was missed (verify_roots.cc); world stopped
  int64_t start;   // monotonic, when the world went on
  Atomic<int32_t> active;
  Atomic<int32_t> dedicated_wanted;  // slots for dedicated workers that nobody has taken
  double fractional_share;           // of each P's time; 0: none
  Atomic<int64_t> dedicated_ns;      // dedicated and fractional slices
  Atomic<int64_t> idle_ns;
  Atomic<int64_t> assist_ns;
};
extern MarkState mark_state;

// Start of marking, world stopped.
void PrepareWorkers();
// A slice if this P owes one. True: time has passed, the scheduler begins anew.
GORT_SYSTEM_STACK bool RunDueWorker();
GORT_SYSTEM_STACK bool RunIdleWorker();
// There is something that a worker could do, or the marking is to be finished.
bool MarkWorkAvailable();
// Neither roots nor common work left.
bool NothingLeft();
// Hands what the write barrier of p has noted, and p's grey objects, to the common list.
void HandIn(P* p);
// World stopped: every P does, and the last roots are looked at.
void HandInAll();
// World stopped: marks to the end on this thread.
GORT_SYSTEM_STACK void MarkAllInStop();

}  // namespace gort::gc

#endif  // GORT_RUNTIME_GC_WORKER_H_
