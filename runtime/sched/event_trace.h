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

// A thread without a P is not stopped with the world. It is an outsider while it makes a goroutine
// runnable: a trace begins before the event and the change of status, or after both.
void EnterOutside();
void LeaveOutside();
class Outsider {
 public:
  explicit Outsider(const M* m) : outside_(m->p == nullptr) {
    if (outside_) EnterOutside();
  }
  ~Outsider() {
    if (outside_) LeaveOutside();
  }
  Outsider(const Outsider&) = delete;
  Outsider& operator=(const Outsider&) = delete;

 private:
  const bool outside_;
};

// ---- The collector (event_trace_gc.cc) ----

void GCStart(G* caller);  // who waits for it in runtime.GC, or nullptr
void GCDone();
enum class Stop : uint8_t { kMarkTermination, kSweepTermination };
void GCStopStart(Stop stop);
void GCStopDone();
void GCAssistStart();  // m->curg
void GCAssistDone();
enum class Slice : uint8_t { kDedicated, kFractional, kIdle };
void GCSliceStart(Slice slice);  // on this M's P
void GCSliceEnd();
void HeapAlloc(uint64_t live);
void NextGC(uint64_t goal);  // 0: none

// An attempt to get memory by sweeping.
class SweepScope {
 public:
  SweepScope() {
    if (Enabled()) Open();
  }
  ~SweepScope() {
    if (GORT_UNLIKELY(open_)) Close();
  }
  SweepScope(const SweepScope&) = delete;
  SweepScope& operator=(const SweepScope&) = delete;

 private:
  void Open();
  void Close();
  bool open_ = false;
};
void GCSweepSpan(uintptr_t swept, uintptr_t freed);  // bytes

// A reader waits for what is there now: the scheduler lets it run.
extern Atomic<uint32_t> reader_is_due;
void WakeReader();

}  // namespace gort::sched::event_trace

#endif  // GORT_RUNTIME_SCHED_EVENT_TRACE_H_
