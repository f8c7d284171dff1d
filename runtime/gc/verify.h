// SPDX-License-Identifier: BSD-3-Clause
//
// GODEBUG=gortverify=1: what the collector must have done, checked object by object.
//
//   after marking    a marked object leads to marked objects only; marking everything anew from the
//                    roots, in the stop, finds no further one (that alone: gccheckmark=1, as
//                    stock); run queues, timers, sudogs and defers are what their lists say
//   after the sweep  no mark is left; what the bits of a span call used is what its counters say;
//                    the page heap's bitmaps agree with its spans
//
// The world is stopped. A violation ends the program: it names the object, what the allocator knows
// of its type, and a chain of objects that leads to it from a root, found by searching roots and
// heap for a pointer once per link.
//
// Before: runtime/gc/cycle.cc   After: runtime/gc/verify.cc
#ifndef GORT_RUNTIME_GC_VERIFY_H_
#define GORT_RUNTIME_GC_VERIFY_H_

#include <cstdint>

#include "runtime/abi/g.h"
#include "runtime/abi/p.h"
#include "runtime/abi/type.h"
#include "runtime/base/stack_rules.h"
#include "runtime/sched/run_queue.h"

namespace gort::gc {

// Nothing grey is left, and nothing has been swept.
GORT_SYSTEM_STACK void VerifyMarkedHeap();
GORT_SYSTEM_STACK void VerifyByMarkingAgain();
// Everything is swept, and marking has not begun.
GORT_SYSTEM_STACK void VerifySweptHeap();

// The parts of a look at the lists: verify_lists.cc. After marking.
GORT_SYSTEM_STACK void VerifyLists();
GORT_SYSTEM_STACK void VerifyRunQueue(const P* p);
GORT_SYSTEM_STACK void VerifyGlobalQueue(const sched::GQueue& queue, int32_t size);
GORT_SYSTEM_STACK void VerifyTimers(P* p);
GORT_SYSTEM_STACK void VerifyWaiting(const G* g);
GORT_SYSTEM_STACK void VerifyDefers(const G* g);

// The object that p points into is marked, or p points to none.
bool IsMarkedOrNone(uintptr_t p);
void PrintTypeName(const abi::_type* type);
// Prints one of the roots that point into the object; false: none is known.
GORT_SYSTEM_STACK bool PrintRootOf(uintptr_t object, uintptr_t size);
// Prints what leads to the object, ends the program.
[[noreturn]] GORT_SYSTEM_STACK void ReportWhite(uintptr_t object, const char* how);

}  // namespace gort::gc

#endif  // GORT_RUNTIME_GC_VERIFY_H_
