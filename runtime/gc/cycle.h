// SPDX-License-Identifier: BSD-3-Clause
//
// Collections, for the scheduler.
//
// Before: runtime/gc/sweep.cc   After: runtime/gc/cycle.cc
#ifndef GORT_RUNTIME_GC_CYCLE_H_
#define GORT_RUNTIME_GC_CYCLE_H_

#include "runtime/base/stack_rules.h"
#include "runtime/base/upcalls.h"

namespace gort::gc {

// Schedule calls it before it runs a goroutine, when collection_wanted is set.
GORT_SYSTEM_STACK void CollectIfWanted();
// One complete collection.
GORT_SYSTEM_STACK void Collect(bool forced);

}  // namespace gort::gc

#endif  // GORT_RUNTIME_GC_CYCLE_H_
