// SPDX-License-Identifier: BSD-3-Clause
//
// Roots: where following pointers begins.
//
//   variables     data and bss of each module, by the linker's programs
//   goroutines    frames (precise maps), stack objects that live pointers lead to, pending argument
//   blocks of deferred
//                 calls (DeferFrames), records, panics, waiting sudogs, saved closure context
//   threads       a panic value on its way from C++ to Go
//   Ps            pooled defer records, timers, write barrier buffers
//   specials      what hangs on an object with a finalizer; the functions; the queue of calls
//   tables        types and offsets that reflect made
//
// Before: runtime/gc/mark.cc   After: runtime/gc/roots.cc
#ifndef GORT_RUNTIME_GC_ROOTS_H_
#define GORT_RUNTIME_GC_ROOTS_H_

#include "runtime/abi/g.h"
#include "runtime/base/stack_rules.h"
#include "runtime/gc/work.h"
#include "runtime/mem/span.h"

namespace gort::gc {

struct FinalizerSpecial;

// Boot, once memory works: the masks of the variables.
void ExpandVariableMasks();
// Start of marking, world stopped: the list of roots is made. It is short: nothing is looked at.
void PrepareRoots();
bool RootsLeft();
// Takes one root and marks what it leads to at once: a piece of the variables, the timers of a P,
// the specials of an arena, a goroutine, which is suspended for that time. False: none is left.
GORT_SYSTEM_STACK bool RunRootJob(Work* work);
// Roots that change without a barrier, from signal handlers: the labels of a CPU profile's samples.
// They are few. World stopped.
void MarkLastRoots(Work* work);
// What the finalizer is going to see: the object's contents, the function.
GORT_SYSTEM_STACK void MarkSpecial(Work* work, mem::Span* s, const FinalizerSpecial& special);

}  // namespace gort::gc

#endif  // GORT_RUNTIME_GC_ROOTS_H_
