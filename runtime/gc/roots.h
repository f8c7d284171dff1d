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

namespace gort::gc {

// Everything but stacks.
GORT_SYSTEM_STACK void MarkRoots(Work* work);
// g is not running Go code. Shrinks its stack first if that is safe.
GORT_SYSTEM_STACK void ScanStack(Work* work, G* g);

}  // namespace gort::gc

#endif  // GORT_RUNTIME_GC_ROOTS_H_
