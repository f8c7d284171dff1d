// SPDX-License-Identifier: BSD-3-Clause
//
// Collections, for the scheduler.
//
// Before: runtime/gc/sweep.cc   After: runtime/gc/cycle.cc
#ifndef GORT_RUNTIME_GC_CYCLE_H_
#define GORT_RUNTIME_GC_CYCLE_H_

#include "runtime/base/atomic.h"
#include "runtime/base/stack_rules.h"

#include <cstdint>

namespace gort::gc {

// Set by allocation; Schedule looks at it before it runs a goroutine and calls CollectIfWanted.
extern Atomic<uint32_t> collection_wanted;
GORT_SYSTEM_STACK void CollectIfWanted();
// One complete collection.
GORT_SYSTEM_STACK void Collect(bool forced);

}  // namespace gort::gc

#endif  // GORT_RUNTIME_GC_CYCLE_H_
