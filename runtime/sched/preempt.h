// SPDX-License-Identifier: BSD-3-Clause
//
// Preemption, for the stack code and the signal handler.
//
// Before: runtime/sched/sched.h   After: runtime/sched/preempt.cc
#ifndef GORT_RUNTIME_SCHED_PREEMPT_H_
#define GORT_RUNTIME_SCHED_PREEMPT_H_

#include "runtime/abi/p.h"
#include "runtime/base/stack_rules.h"

namespace gort::sched {

// Value of PCDATA_UnsafePoint where a goroutine may stop. Lower ones: registers hold half a change
// (-2), or a sequence of instructions that must be begun anew if it is interrupted (-3, -4, -5).
constexpr int32_t kUnsafePointSafe = -1;

// The goroutine whose prologue found kStackPreempt stops here: on the system stack, its registers
// in g->sched.
[[noreturn]] GORT_SYSTEM_STACK void YieldPreempted(G* g);
// The same for g->preemptStop: in status kGPreempted until whoever asked for it makes it runnable.
[[noreturn]] GORT_SYSTEM_STACK void PreemptPark(G* g);

// g, for which a system entry works that has done nothing yet, yields or parks as asked. It enters
// the stub of that entry anew when it goes on: g->sched says so.
[[noreturn]] GORT_SYSTEM_STACK void YieldAtEntry(G* g);

// g, for which a system entry works that has done its work but for the return, has been asked to
// stop: its P goes to whoever wants it, and the entry goes on when there is one for g again.
GORT_SYSTEM_STACK void StepAside(G* g);

// May the running goroutine be stopped now, or does its M hold locks?
bool CanPreempt(M* m);
// Signal handler: may asyncPreempt be called at this instruction of g?
GORT_SIGNAL_SAFE bool AsyncSafePoint(G* g, uintptr_t pc, uintptr_t sp);
GORT_SIGNAL_SAFE void SignalForPreemption(M* m);

}  // namespace gort::sched

#endif  // GORT_RUNTIME_SCHED_PREEMPT_H_
