// SPDX-License-Identifier: BSD-3-Clause
//
// The CPU profile: what SIGPROF finds running, and the buffer in which a signal handler can leave
// it.
//
// Before: runtime/sched/trace.h   After: runtime/sched/cpu_profile.cc
#ifndef GORT_RUNTIME_SCHED_CPU_PROFILE_H_
#define GORT_RUNTIME_SCHED_CPU_PROFILE_H_

#include "arch/arch.h"
#include "runtime/abi/m.h"
#include "runtime/base/stack_rules.h"

namespace gort::sched {

// From the handler of SIGPROF. g: of the interrupted code.
GORT_SIGNAL_SAFE void ProfileSample(const arch::SigContext& context, G* g);
// SIGPROF on a thread that is no M.
GORT_SIGNAL_SAFE void ProfileLostSample();

// Labels that samples hold; the collector's roots.
void ForEachProfileLabel(void (*visit)(void*, void*), void* arg);

}  // namespace gort::sched

#endif  // GORT_RUNTIME_SCHED_CPU_PROFILE_H_
