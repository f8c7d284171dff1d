// SPDX-License-Identifier: BSD-3-Clause
//
// GODEBUG=gortverify=1: what the collector must have done, checked object by object.
//
//   after marking    a marked object leads to marked objects only; marking everything anew from the
//                    roots, in the stop, finds no further one (that alone: gccheckmark=1, as stock)
//   after the sweep  no mark is left; what the bits of a span call used is what its counters say;
//                    the page heap's bitmaps agree with its spans
//
// The world is stopped. A violation ends the program: it names the object, its span, and a chain of
// objects that leads to it, found by searching the whole heap for a pointer once per link.
//
// Before: runtime/gc/cycle.cc   After: runtime/gc/verify.cc
#ifndef GORT_RUNTIME_GC_VERIFY_H_
#define GORT_RUNTIME_GC_VERIFY_H_

#include <cstdint>

#include "runtime/base/stack_rules.h"

namespace gort::gc {

// Nothing grey is left, and nothing has been swept.
GORT_SYSTEM_STACK void VerifyMarkedHeap();
GORT_SYSTEM_STACK void VerifyByMarkingAgain();
// Everything is swept, and marking has not begun.
GORT_SYSTEM_STACK void VerifySweptHeap();

// Prints what leads to the object, ends the program.
[[noreturn]] GORT_SYSTEM_STACK void ReportWhite(uintptr_t object, const char* how);

}  // namespace gort::gc

#endif  // GORT_RUNTIME_GC_VERIFY_H_
