// SPDX-License-Identifier: BSD-3-Clause
//
// A cycle, phase by phase. What becomes true in each:
//
//   1  finish the last sweep   every span has been swept: mark bits are clear
//   2  stop                    no Go code runs; pools are dropped, the list of roots is made, what
//                              is allocated from here on is black, the write barrier is on
//   3  mark                    Go code runs; workers and assists make everything black that was
//                              reachable at the stop and still is where the program can get at it
//   4  stop                    nothing grey is left anywhere: white objects are garbage; the
//                              barrier is off, caches are empty, sweepgen advances: all spans need
//                              sweeping
//   5  sweep                   Go code runs; an allocation sweeps what it takes, Ms between
//                              goroutines do the rest; finalizers are on their way
//
// Neither stop looks at a stack, a variable or the heap: their length depends on the number of Ps.
// With GODEBUG=gcstoptheworld=1 phases 2 to 4 are one stop, with 2 the sweep is in it, too. With
// gortgcevery every other cycle is like that, so that the stress finds what has no root as well as
// what escapes the concurrent marking.
//
// A cycle is asked for by allocation (RequestCollection), by time, or by a goroutine that calls
// runtime.GC and waits. It is begun by the scheduler, between two goroutines, or by an allocating
// entry.
//
// Before: runtime/gc/cycle.h   After: runtime/gc/trace.h
#include "runtime/gc/cycle.h"

#include "asm/gen/entries.h"
#include "runtime/api/pool.h"  // upward: sync.Pool drops its contents
#include "runtime/base/debug_vars.h"
#include "runtime/base/lock.h"
#include "runtime/gc/assist.h"
#include "runtime/gc/barrier.h"
#include "runtime/gc/finalizer.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/history.h"
#include "runtime/gc/mark.h"
#include "runtime/gc/pacer.h"
#include "runtime/gc/roots.h"
#include "runtime/gc/sweep.h"
#include "runtime/gc/trace.h"
#include "runtime/gc/verify.h"
#include "runtime/gc/worker.h"
#include "runtime/mem/cache.h"
#include "runtime/mem/central.h"
#include "runtime/mem/object_trace.h"
#include "runtime/mem/page_heap.h"
#include "runtime/os/clock.h"
#include "runtime/panic/defer.h"  // upward: the pools of defer records are emptied
#include "runtime/panic/panic.h"  // upward: those of the Ps, too
#include "runtime/sched/event_trace.h"
#include "runtime/sched/preempt.h"
#include "runtime/sched/scheduler.h"
#include "runtime/stack/stack.h"

namespace gort::gc {

Atomic<uint32_t> collector_needs;

namespace {

constexpr int kSweepsPerPass = 16;   // spans, between two goroutines
constexpr int kSweepsWhenIdle = 64;  // by an idle P before it looks for goroutines again
constexpr int64_t kLongestPause = 120 * int64_t{1000000000};  // ns between cycles
// Work that turns up in the last stop is done there if it is as little as this.
constexpr int64_t kLastWork = 20 * 1000;  // ns

CycleTrace trace;  // of the running cycle; written by who has stopped the world

// Goroutines that called runtime.GC, linked by schedlink; g->param is the number of the cycle whose
// end they wait for.
Lock waiters_lock(LockRank::kForceGC);
sched::GList waiters;

uint32_t CycleOf(const G* g) {
  return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(g->param));
}

bool SomebodyWaits() {
  LockGuard guard(&waiters_lock);
  return !waiters.empty();
}

G* FirstWaiter() {
  LockGuard guard(&waiters_lock);
  return waiters.head;
}

// A cycle is wanted by somebody who waits, not only by the pacer.
bool IsForced() {
  LockGuard guard(&waiters_lock);
  for (G* g = waiters.head; g != nullptr; g = g->schedlink) {
    if (CycleOf(g) == history.cycles + 1) return true;
  }
  return false;
}

void Need(uint32_t bits) { collector_needs.FetchOrAcqRel(bits); }
void NeedNot(uint32_t bits) { collector_needs.FetchAndAcqRel(~bits); }

// Phase 2.
void BeginMarking() {
  if (sched::event_trace::Enabled()) sched::event_trace::GCStart(FirstWaiter());
  NeedNot(kNeedCycle);
  EndSweepInStop();
  if (debug_vars.gortverify != 0) VerifySweptHeap();
  api::RunPoolCleanup();
  panic::FlushCentralDefers();
  for (int32_t i = 0; i < sched::all_ps_count; i++) panic::FlushDeferPools(sched::all_ps[i]);
  mem::BeginBlackAllocation();
  stack::KeepSpans(true);
  BeginPacing();
  PrepareWorkers();
  if (debug_vars.gcpacertrace > 0) PrintPacingBegins();
  PrepareRoots();
  ForgiveDebts();
  abi::roots->writeBarrier->enabled = true;
  abi::roots->writeBarrier->needed = true;
  mark_state.marking = true;
  Need(kNeedAssists);
  mark_state.start = os::Nanotime();
}

// Phase 4: nothing grey is left.
void EndMarking() {
  int64_t now = os::Nanotime();
  if (debug_vars.gortverify != 0) {
    VerifyMarkedHeap();
    VerifyLists();
  }
  if (debug_vars.gortverify != 0 || debug_vars.gccheckmark != 0) VerifyByMarkingAgain();
  if (mem::TracesObjects()) mem::TraceMarked();
  trace.live_after_mark = mem::heap_live.LoadRelaxed();  // world stopped
  abi::roots->writeBarrier->enabled = false;
  abi::roots->writeBarrier->needed = false;
  mark_state.marking = false;
  NeedNot(kNeedAssists);
  for (int32_t i = 0; i < sched::all_ps_count; i++) ClearWriteBarrier(sched::all_ps[i]);
  mem::EndBlackAllocation();
  uint64_t marked = mem::black_bytes.LoadRelaxed();
  ForEachWork([](Work* work, void* sum) { *static_cast<uint64_t*>(sum) += work->bytes_marked; },
              &marked);
  EndPacing(marked, now - mark_state.start, mark_state.assist_ns.LoadRelaxed(), !trace.forced);
  mem::heap_live.StoreRelaxed(marked);
  mem::heap_sweepgen.StoreRelease(mem::heap_sweepgen.LoadRelaxed() + 2);
  stack::KeepSpans(false);
  BeginSweep();
  if (debug_vars.gcpacertrace > 0) NoteSweepBegins();
  Need(kNeedSweep);
  trace.live_after = marked;
  if (sched::event_trace::Enabled()) {
    sched::event_trace::HeapAlloc(marked);
    sched::event_trace::GCDone();
  }
}

void RecordEnd() {
  trace.ended = os::Nanotime();
  trace.assist_ns = mark_state.assist_ns.LoadRelaxed();  // world stopped
  trace.worker_ns = mark_state.dedicated_ns.LoadRelaxed();
  trace.idle_ns = mark_state.idle_ns.LoadRelaxed();
  RecordCycle(trace.PauseNs(), trace.CpuNs(), trace.forced);
  trace.number = history.cycles;
}

// The world goes on after phase 4.
void AfterMarking(const CycleTrace& ended) {
  if (debug_vars.gctrace > 0) PrintCycle(ended);
  stack::FreeKeptSpans();
  FreeWorkBuffers();
  WakeDebtors();
  if (IsForced()) Need(kNeedCycle);  // somebody waits for one after this
  if (SomebodyWaits()) SweepAll();   // at once, unless somebody wants the world
}

// Begins a cycle if one is wanted still. False: nothing has happened.
bool StartCycle() {
  if (!SweepAll()) return false;
  // Whoever holds the world begins one, most likely: waiting for it would make a queue of threads,
  // each of which stops the world in turn to find nothing to do.
  if (!sched::TryHoldWorld()) return false;
  CycleTrace begun = {};
  begun.started = os::Nanotime();
  sched::StopHeldWorld("GC (fg)", sched::event_trace::Stop::kSweepTermination);
  bool wanted = (collector_needs.LoadAcquire() & kNeedCycle) != 0 && !mark_state.marking;
  begun.forced = wanted && IsForced();
  if (wanted && pacer.percent < 0 && !begun.forced && debug_vars.gortgcevery == 0) {
    NeedNot(kNeedCycle);  // switched off since it was asked for
    wanted = false;
  }
  bool in_stop =
      debug_vars.gcstoptheworld > 0 || (debug_vars.gortgcevery > 0 && history.cycles % 2 == 0);
  if (wanted) {
    trace = begun;
    trace.live_before = mem::heap_live.LoadRelaxed();  // world stopped
    BeginMarking();
    trace.goal = pacer.goal.LoadRelaxed();
    trace.procs = sched::gomaxprocs;
    trace.marking = os::Nanotime();
    trace.stopping = trace.marking;
    if (in_stop) {
      MarkAllInStop();
      trace.stopping = os::Nanotime();
      trace.in_stop = true;
      EndMarking();
      if (debug_vars.gcstoptheworld > 1) {
        while (SweepSome(kSweepsWhenIdle)) {
        }
      }
      RecordEnd();
      begun = trace;
    }
  }
  sched::StartTheWorld();
  if (wanted && in_stop) AfterMarking(begun);
  return wanted;
}

void CommitToEndOfMarking(void*) {
  while (__atomic_load_n(&mark_state.marking, __ATOMIC_ACQUIRE)) os::SleepMicroseconds(100);
}

// Unlock function of Park: g waits for a cycle that begins after this moment. It holds a P, so no
// stop comes in between.
bool AskAndWait(G* g, void*) {
  {
    LockGuard guard(&waiters_lock);
    uintptr_t cycle = history.cycles + (mark_state.marking ? 2 : 1);
    g->param = reinterpret_cast<void*>(cycle);
    waiters.Push(g);
  }
  Need(kNeedCycle);
  return true;
}

[[noreturn]] void CollectAndWait(void (*resume)(G*, void*)) {
  sched::SetResume(sched::CurrentM()->curg, resume, nullptr);
  sched::Park(AskAndWait, nullptr, abi::kWaitWaitForGCCycle);
}

}  // namespace

void FinishMarking() {
  int64_t stopping = os::Nanotime();
  sched::StopHeldWorld("GC mark termination", sched::event_trace::Stop::kMarkTermination);
  HandInAll();
  if (!NothingLeft()) {
    DrainLimit limit;
    limit.deadline = os::Nanotime() + kLastWork;
    limit.yields = false;
    Work* work = WorkOf(sched::CurrentM()->p);
    Drain(work, limit);
    work->Flush();
  }
  if (!NothingLeft()) {
    trace.failed_stops += os::Nanotime() - stopping;
    sched::StartTheWorld();
    return;
  }
  trace.stopping = stopping;
  EndMarking();
  RecordEnd();
  CycleTrace ended = trace;
  sched::StartTheWorld();
  AfterMarking(ended);
}

void SweepIsOver() {
  NeedNot(kNeedSweep);
  NextScavengeGeneration();
  if (debug_vars.gcpacertrace > 0) PrintSweepEnds();
  WakeFinalizerGoroutine();
  sched::GList done;
  {
    LockGuard guard(&waiters_lock);
    sched::GList rest;
    while (G* g = waiters.Pop()) (CycleOf(g) <= history.cycles ? done : rest).Push(g);
    waiters = rest;
  }
  sched::InjectList(&done);
}

namespace {

// What this M does counts as the collector's in a CPU profile.
class CollectorTime {
 public:
  CollectorTime() : m_(sched::CurrentM()) { m_->collecting = true; }
  ~CollectorTime() { m_->collecting = false; }
  CollectorTime(const CollectorTime&) = delete;
  CollectorTime& operator=(const CollectorTime&) = delete;

 private:
  M* const m_;
};

}  // namespace

bool RunFromScheduler() {
  CollectorTime time;
  uint32_t needs = collector_needs.LoadAcquire();
  if (mark_state.marking) return RunDueWorker();
  if ((needs & kNeedCycle) != 0 && StartCycle()) return true;
  if ((needs & kNeedSweep) != 0) SweepSome(kSweepsPerPass);
  return false;
}

bool RunIdle() {
  CollectorTime time;
  uint32_t needs = collector_needs.LoadAcquire();
  if (mark_state.marking) return RunIdleWorker();
  if ((needs & kNeedCycle) != 0 && StartCycle()) return true;
  return (needs & kNeedSweep) != 0 && SweepSome(kSweepsWhenIdle);
}

bool IdleWorkAvailable() {
  uint32_t needs = collector_needs.LoadSeqCst();
  if (needs == 0) return false;
  if ((needs & kNeedAssists) != 0) return MarkWorkAvailable();
  if ((needs & kNeedCycle) != 0 && !sched::WorldIsHeld()) return true;
  return SweepWorkAvailable();
}

void FlushP(P* p) {
  if (mark_state.marking) HandIn(p);
}

bool LookFromSysmon(int64_t now) {
  if (!enabled) return false;
  if (pacer.percent >= 0 && history.last_end != 0 && now - history.last_end > kLongestPause &&
      !__atomic_load_n(&mark_state.marking, __ATOMIC_RELAXED)) {
    Need(kNeedCycle);
  }
  return sched::scheduler.idle_p_count.LoadAcquire() != 0 && IdleWorkAvailable();
}

void WaitForEndOfMarking() {
  if (mark_state.marking) {
    sched::BlockInPlace(CommitToEndOfMarking, nullptr, abi::kWaitWaitForGCCycle);
  }
}

void CollectAtEntry(void* /*args*/) {
  M* m = arch::GetG()->m;
  bool possible = sched::CanPreempt(m) && m->throwing == 0 && m->dying == 0;
  if (!possible) return;
  G* g = m->curg;
  if (g->preempt) sched::YieldAtEntry(g);
  uint32_t needs = collector_needs.LoadAcquire();
  if (mark_state.marking) {
    PayDebt(g);
    if (g->preempt) sched::YieldAtEntry(g);
  } else if ((needs & kNeedCycle) != 0) {
    StartCycle();
  } else if ((needs & kNeedSweep) != 0) {
    sched::event_trace::SweepScope scope;
    SweepSome(1);
  }
}

void RequestCollection() {
  if (!enabled || mark_state.marking) return;
  Need(kNeedCycle);
  G* g = arch::GetG()->m->curg;
  if (g == nullptr) return;  // the scheduler looks by itself
  g->preempt = true;
  g->stackguard0 = abi::kStackPreempt;
}

// ---- Entered from Go ----

extern "C" void gort_GC(entry::GC*) {
  // Finalizers that the cycle has made due were queued before the caller.
  CollectAndWait([](G*, void*) {});
}

extern "C" void gort_runtime_debug_freeOSMemory(entry::runtime_debug_freeOSMemory*) {
  CollectAndWait([](G*, void*) {
    NextScavengeGeneration();
    mem::page_heap::Scavenge(~uintptr_t{0});
    if (debug_vars.scavtrace > 0) PrintScavenging(true);
  });
}

}  // namespace gort::gc
