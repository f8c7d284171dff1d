// SPDX-License-Identifier: BSD-3-Clause
//
// The execution tracer's hooks: what the scheduler tells it.
//
// Every function is called where the thing happens, on the system stack, and only when Enabled():
//
//   if (event_trace::Enabled()) event_trace::GoEnd();
//
// Before: runtime/sched/cpu_profile.cc   After: runtime/sched/event_trace.cc
#ifndef GORT_RUNTIME_SCHED_EVENT_TRACE_H_
#define GORT_RUNTIME_SCHED_EVENT_TRACE_H_

#include "runtime/abi/p.h"
#include "runtime/base/atomic.h"
#include "runtime/base/stack_rules.h"

namespace gort::sched::event_trace {

// Changes only while the world is stopped. Read without order: whoever has a P sees the change, and
// what is done without one is checked again under the tracer's lock.
extern Atomic<uint32_t> enabled;
inline bool Enabled() { return GORT_UNLIKELY(enabled.LoadRelaxed() != 0); }

// The current M and its P.
void ProcStart();
// A P stops running: the current M's, or one that was taken from a system call.
void ProcStop(P* p);
void Gomaxprocs(int32_t count);

void GoCreate(G* g);                   // by m->curg
void GoStart(G* g);                    // on this M's P
void GoEnd();                          // m->curg
void GoBlock(abi::WaitReason reason);  // m->curg
void GoYield(bool preempted);          // m->curg
void GoUnblock(G* g);                  // by m->curg, or by the scheduler
void GoSysCall();                      // m->curg
void GoSysBlock(P* p);                 // the goroutine that was in a system call with p has lost it
void GoSysExit(G* g);

void GCStart(G* caller);  // who waits for it in runtime.GC, or nullptr
void GCDone();

// A reader waits for what is there now: the scheduler lets it run.
extern Atomic<uint32_t> reader_is_due;
void WakeReader();

}  // namespace gort::sched::event_trace

#endif  // GORT_RUNTIME_SCHED_EVENT_TRACE_H_
