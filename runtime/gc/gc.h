// SPDX-License-Identifier: BSD-3-Clause
//
// The collector as the rest of the runtime sees it.
//
// Before: runtime/sched/sched.h   After: runtime/gc/enable.cc
#ifndef GORT_RUNTIME_GC_GC_H_
#define GORT_RUNTIME_GC_GC_H_

#include "runtime/base/stack_rules.h"

namespace gort::gc {

// The runtime's own packages are initialised: collections may start. On the main goroutine.
GORT_SYSTEM_STACK void Enable();
extern bool enabled;

}  // namespace gort::gc

#endif  // GORT_RUNTIME_GC_GC_H_
