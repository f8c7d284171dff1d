// SPDX-License-Identifier: BSD-3-Clause
//
// Sweeping: what was not marked is free.
//
// A span is swept as a whole: its mark bits become its allocation bits, and that is all that
// happens to most objects; nothing is touched in them. Only objects with specials are looked at one
// by one. A span is swept when somebody needs it: an allocation that finds it in the unswept half
// of its central, or the one who collected, who sweeps on until all is done. Before the next
// collection begins every span has been swept.
//
// Before: runtime/gc/roots.cc   After: runtime/gc/sweep.cc
#ifndef GORT_RUNTIME_GC_SWEEP_H_
#define GORT_RUNTIME_GC_SWEEP_H_

#include "runtime/base/stack_rules.h"

namespace gort::gc {

// Sweeps every span that needs it.
GORT_SYSTEM_STACK void SweepAll();
}  // namespace gort::gc

#endif  // GORT_RUNTIME_GC_SWEEP_H_
