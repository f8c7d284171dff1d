// SPDX-License-Identifier: BSD-3-Clause
//
// Goroutine stacks: contiguous, a power of two in size, moved when they grow.
//
//   alloc.cc   Alloc/Free: 2 to 32 KB from per-P caches over spans, larger ones as spans of their own
//   grow.cc    what morestack calls: preempt, or double the stack, or overflow
//   copy.cc    the move: copy, then adjust every pointer into the old stack
//
// Before: runtime/mem/malloc.h   After: runtime/stack/copy.cc
#ifndef GORT_RUNTIME_STACK_STACK_H_
#define GORT_RUNTIME_STACK_STACK_H_

#include "runtime/abi/p.h"
#include "runtime/base/stack_rules.h"

namespace gort::stack {

void Init();

// n: power of two, at least kStackMin. System stack.
GORT_SYSTEM_STACK abi::Stack Alloc(uintptr_t n);
GORT_SYSTEM_STACK void Free(abi::Stack s);

// Moves g's stack to one of `size` bytes. g is not running Go code (its registers are in g->sched or, in a system call,
// in syscallsp). Everything that points into the old stack is adjusted: frames by their precise maps, defer records,
// panics, sudogs, closure context, saved frame pointers.
GORT_SYSTEM_STACK void Copy(G* g, uintptr_t size);
// Halves the stack when less than a quarter is in use and it may move.
GORT_SYSTEM_STACK void Shrink(G* g);

// Per-P cache of free stacks back to the central lists.
GORT_SYSTEM_STACK void FlushCache(mem::Cache* cache);

extern uintptr_t max_stack_size;  // debug.SetMaxStack; 1 GB until a program sets it

}  // namespace gort::stack

#endif  // GORT_RUNTIME_STACK_STACK_H_
