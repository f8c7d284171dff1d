// SPDX-License-Identifier: BSD-3-Clause
//
// The write barrier's buffers, for the collector. What others need of the barrier is in
// base/upcalls.h.
//
// Before: runtime/gc/roots.h   After: runtime/gc/barrier.cc
#ifndef GORT_RUNTIME_GC_BARRIER_H_
#define GORT_RUNTIME_GC_BARRIER_H_

#include "runtime/abi/p.h"
#include "runtime/base/stack_rules.h"

namespace gort::gc {

// What p has noted becomes grey, in p's own buffer of work. By who runs on p, or while nobody does.
GORT_SYSTEM_STACK void FlushWriteBarrier(P* p);
// What p has noted is forgotten. World stopped.
void ClearWriteBarrier(P* p);

}  // namespace gort::gc

#endif  // GORT_RUNTIME_GC_BARRIER_H_
