// SPDX-License-Identifier: BSD-3-Clause
//
// GODEBUG=schedtrace=N: a line about the scheduler every N ms; scheddetail=1: every P, M and G too.
//
// Before: runtime/sched/deadlock.cc   After: runtime/sched/trace.cc
#ifndef GORT_RUNTIME_SCHED_TRACE_H_
#define GORT_RUNTIME_SCHED_TRACE_H_

namespace gort::sched {

void PrintSchedTrace(bool detailed);

// The last words of a program that ran with GODEBUG=gortsched: the seed, and all that scheddetail
// shows. Nothing otherwise.
void PrintLastState();

}  // namespace gort::sched

#endif  // GORT_RUNTIME_SCHED_TRACE_H_
