// SPDX-License-Identifier: BSD-3-Clause
//
// Goroutine stacks: contiguous, a power of two in size, moved when they grow.
//
//   alloc.cc   Alloc/Free: 2 to 16 KB from per-P caches over spans, larger ones as spans of their
//              own
//   grow.cc    what morestack calls: preempt, or double the stack, or overflow
//   copy.cc    the move: copy, then adjust every pointer into the old stack
//
// GODEBUG=gortmovestack=1 moves the stack at every prologue that checks it. The guard is then
// kStackPreempt all the time, so each check fails and enters gort_newstack, which moves the stack
// and resumes the function just after its check (grow.cc). Programs pay nothing for it when it is
// off: no prologue and no switch looks at the mode.
//
// Before: runtime/mem/malloc.h   After: runtime/stack/copy.cc
#ifndef GORT_RUNTIME_STACK_STACK_H_
#define GORT_RUNTIME_STACK_STACK_H_

#include "runtime/abi/p.h"
#include "runtime/base/debug_vars.h"
#include "runtime/base/stack_rules.h"

namespace gort::stack {

void Init();

// n: power of two, at least kStackMin. System stack.
GORT_SYSTEM_STACK abi::Stack Alloc(uintptr_t n);
GORT_SYSTEM_STACK void Free(abi::Stack s);

// Moves g's stack to one of `size` bytes. g is not running Go code (its registers are in g->sched
// or, in a system call, in syscallsp). Everything that points into the old stack is adjusted:
// frames by their precise maps, defer records, panics, sudogs, closure context, saved frame
// pointers.
GORT_SYSTEM_STACK void Copy(G* g, uintptr_t size);
// Halves the stack when less than a quarter is in use and it may move.
GORT_SYSTEM_STACK void Shrink(G* g);

// Per-P cache of free stacks back to the central lists.
GORT_SYSTEM_STACK void FlushCache(P* p);
// While the collector marks, spans of large stacks do not change their use (an address in one must
// not become a heap object): freed ones are kept for reuse as stacks. World stopped.
GORT_SYSTEM_STACK void KeepSpans(bool marking);
// After that: gives kept spans, and unused spans of small stacks, back.
GORT_SYSTEM_STACK void FreeKeptSpans();

// Lets the prologues of g do their ordinary check again. Whoever sets the guard to anything but
// kStackPreempt or kStackFork does it through this: it knows of the stress mode. Any stack, leaf
// code too.
inline void ResetGuard(G* g) {
  g->stackguard0 = GORT_LIKELY(debug_vars.gortmovestack == 0) ? g->stack.lo + abi::kStackGuard
                                                              : abi::kStackPreempt;
}

extern uintptr_t max_stack_size;  // debug.SetMaxStack; runtime.main sets it to 1 GB

}  // namespace gort::stack

#endif  // GORT_RUNTIME_STACK_STACK_H_
