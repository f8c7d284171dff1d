// SPDX-License-Identifier: BSD-3-Clause
//
// Assists: who allocates while the collector marks pays with marking.
//
//   debt of a goroutine (bytes) = what it was given - work it did or took from the pool / ratio
//
// The ratio (pacer.cc) is the work that is left over the bytes that are left to the goal, so that
// the marking ends before the heap has grown that far. What workers do goes into a common pool, and
// a debt is paid from there first. A goroutine that owes and finds neither pool nor grey objects
// waits where it would yield; each slice of a worker and the end of the marking wake it.
//
// The debt is looked at when an allocation leaves its fast path (mem/entry.h): once per run of free
// objects, a few kilobytes.
//
// Before: runtime/gc/worker.cc   After: runtime/gc/assist.cc
#ifndef GORT_RUNTIME_GC_ASSIST_H_
#define GORT_RUNTIME_GC_ASSIST_H_

#include "runtime/abi/g.h"
#include "runtime/base/stack_rules.h"
#include "runtime/gc/work.h"

namespace gort::gc {

// The running goroutine works off its debt, if it has one.
GORT_SYSTEM_STACK void PayDebt(G* g);
// A slice's work goes to the pacer and to the pool; debtors go on.
GORT_SYSTEM_STACK void PayIn(Work* work);
// Start of marking: no debts, an empty pool. World stopped.
void ForgiveDebts();
// Marking is over: all debtors go on.
GORT_SYSTEM_STACK void WakeDebtors();

}  // namespace gort::gc

#endif  // GORT_RUNTIME_GC_ASSIST_H_
