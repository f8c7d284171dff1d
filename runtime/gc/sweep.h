// SPDX-License-Identifier: BSD-3-Clause
//
// Sweeping: what was not marked is free.
//
// A span is swept as a whole: its mark bits become its allocation bits, and that is all that
// happens to most objects; nothing is touched in them. Only objects with specials are looked at one
// by one. A span is swept when somebody needs it or has time:
//
//   an allocation that finds it in the unswept half of its central (mem/central.cc)
//   each allocation that leaves its fast path sweeps one span more, so the rest is done long before
//     the next cycle is due
//   each M does a few between two goroutines, one without goroutines does them all
//   who begins the next cycle does what is left: before marking begins every span has been swept
//
// Before: runtime/gc/assist.cc   After: runtime/gc/sweep.cc
#ifndef GORT_RUNTIME_GC_SWEEP_H_
#define GORT_RUNTIME_GC_SWEEP_H_

#include "runtime/base/stack_rules.h"

namespace gort::gc {

// World stopped: every span needs sweeping now.
void BeginSweep();
// Sweeps up to this many spans; false: there is none left to take.
GORT_SYSTEM_STACK bool SweepSome(int spans);
// Until there is none left to take (true), or somebody wants to stop the world.
GORT_SYSTEM_STACK bool SweepAll();
// World stopped, after SweepAll: whoever was in the middle of a span is done.
void EndSweepInStop();
// Spans are left that nobody has taken, or the last one is done and nobody has noticed.
bool SweepWorkAvailable();

}  // namespace gort::gc

#endif  // GORT_RUNTIME_GC_SWEEP_H_
