// SPDX-License-Identifier: BSD-3-Clause
//
// Cycles, for the scheduler: it gives the collector its time.
//
// What the collector wants is in one word, collector_needs (base/upcalls.h), that the scheduler
// looks at between two goroutines, and allocation when it leaves its fast path:
//
//   kNeedCycle    a cycle is to begin            kNeedSweep   spans are to be swept
//   kNeedAssists  it marks: workers run, and goroutines that allocate pay
//
// Before: runtime/gc/sweep.cc   After: runtime/gc/cycle.cc
#ifndef GORT_RUNTIME_GC_CYCLE_H_
#define GORT_RUNTIME_GC_CYCLE_H_

#include "runtime/abi/p.h"
#include "runtime/base/stack_rules.h"
#include "runtime/base/upcalls.h"

namespace gort::gc {

// ---- For the scheduler ----

inline bool WantsScheduler() { return GORT_UNLIKELY(collector_needs.LoadAcquire() != 0); }
// Between two goroutines, with a P. True: time has passed, the scheduler begins anew.
GORT_SYSTEM_STACK bool RunFromScheduler();
// The same for a P that has nothing to run.
GORT_SYSTEM_STACK bool RunIdle();
// RunIdle would do something.
bool IdleWorkAvailable();
// p is about to be given up for good; world stopped.
GORT_SYSTEM_STACK void FlushP(P* p);
// True: an M is wanted.
bool LookFromSysmon(int64_t now);
// g is about to yield. Parks it, and does not return, if it owes work that nobody can give it.
GORT_SYSTEM_STACK void PayBeforeYield(G* g);

// ---- Within the collector ----

// The world is held and nothing is left to mark, as far as is known: stops the world and ends the
// cycle, or goes on when something turns up. Gives the world back.
GORT_SYSTEM_STACK void FinishMarking();
// Every span has been swept.
GORT_SYSTEM_STACK void SweepIsOver();
// For a system entry; its argument block may move.
GORT_SYSTEM_STACK void WaitForEndOfMarking();

}  // namespace gort::gc

#endif  // GORT_RUNTIME_GC_CYCLE_H_
