// SPDX-License-Identifier: BSD-3-Clause
//
// Slices of marking on the Ps, and the end of it.
//
// Before: runtime/gc/worker.h   After: runtime/gc/assist.h
#include "runtime/gc/worker.h"

#include "runtime/base/check.h"
#include "runtime/gc/assist.h"
#include "runtime/gc/barrier.h"
#include "runtime/gc/cycle.h"
#include "runtime/gc/mark.h"
#include "runtime/gc/pacer.h"
#include "runtime/gc/roots.h"
#include "runtime/os/clock.h"
#include "runtime/sched/event_trace.h"
#include "runtime/sched/scheduler.h"

namespace gort::gc {

MarkState mark_state;

namespace {

using sched::event_trace::Slice;

constexpr double kShare = 0.25;          // of all Ps' time
constexpr double kTooFarOff = 0.3;       // error of the rounding to whole Ps
constexpr double kFractionalStop = 1.2;  // a slice ends when the share is exceeded by this factor
constexpr int64_t kSlice = 10 * 1000 * 1000;  // ns; then the P looks at its timers
constexpr int64_t kIdleSlice = 1000 * 1000;   // and an idle one at the network, too

// One slice; adds its time to *ns. True: the marking may be over.
bool RunSlice(Slice kind, const DrainLimit& limit, int64_t started, Atomic<int64_t>* ns,
              int64_t* own_ns) {
  const bool traced = sched::event_trace::Enabled();
  if (traced) sched::event_trace::GCSliceStart(kind);
  Work* work = WorkOf(sched::CurrentM()->p);
  // SeqCst: who finds nobody active has seen all work that was handed in before.
  mark_state.active.FetchAddSeqCst(1);
  Drain(work, limit);
  work->Flush();
  PayIn(work);
  bool last = mark_state.active.FetchAddSeqCst(-1) == 1;
  int64_t spent = os::Nanotime() - started;
  ns->FetchAddRelaxed(spent);  // a sum
  if (own_ns != nullptr) *own_ns += spent;
  if (traced) sched::event_trace::GCSliceEnd();
  return last && NothingLeft();
}

bool TryFinish() {
  if (mark_state.active.LoadSeqCst() != 0 || !NothingLeft()) return false;
  if (!sched::TryHoldWorld()) return false;  // ReleaseWorld calls a P that looks here again
  // Nobody else can finish now.
  if (!mark_state.marking) {
    sched::ReleaseWorld();
    return true;
  }
  sched::ForEachP(HandIn);
  if (mark_state.active.LoadSeqCst() != 0 || !NothingLeft()) {
    sched::ReleaseWorld();
    return true;
  }
  FinishMarking();
  return true;
}

bool RunDedicated(int64_t now) {
  int32_t wanted = mark_state.dedicated_wanted.LoadAcquire();
  do {
    if (wanted <= 0) return false;
  } while (!mark_state.dedicated_wanted.CasAcqRel(&wanted, wanted - 1));
  // Whoever waits in this P's queue would wait for long.
  sched::SpillRunQueue(sched::CurrentM()->p);
  DrainLimit limit;
  limit.deadline = now + kSlice;
  bool over = RunSlice(Slice::kDedicated, limit, now, &mark_state.dedicated_ns, nullptr);
  mark_state.dedicated_wanted.FetchAddAcqRel(1);
  if (over) TryFinish();
  return true;
}

bool RunFractional(int64_t now) {
  if (mark_state.fractional_share == 0) return false;
  Work* work = WorkOf(sched::CurrentM()->p);
  double since_start = static_cast<double>(now - mark_state.start);
  double share = mark_state.fractional_share;
  if (static_cast<double>(work->fractional_ns) > share * since_start) return false;
  // Until (spent + t) / (since_start + t) is the share times the factor.
  double most = share * kFractionalStop;
  double slice = (most * since_start - static_cast<double>(work->fractional_ns)) / (1 - most);
  if (slice < 20e3) slice = 20e3;
  DrainLimit limit;
  limit.deadline = now + (slice > kSlice ? kSlice : static_cast<int64_t>(slice));
  if (RunSlice(Slice::kFractional, limit, now, &mark_state.dedicated_ns, &work->fractional_ns))
    TryFinish();
  return true;
}

}  // namespace

void PrepareWorkers() {
  double share = kShare * static_cast<double>(sched::gomaxprocs);
  auto dedicated = static_cast<int32_t>(__builtin_lround(share));
  double error = static_cast<double>(dedicated) / share - 1;
  mark_state.fractional_share = 0;
  if (error > kTooFarOff || error < -kTooFarOff) {
    if (static_cast<double>(dedicated) > share) dedicated--;
    mark_state.fractional_share =
        (share - static_cast<double>(dedicated)) / static_cast<double>(sched::gomaxprocs);
  }
  mark_state.dedicated_wanted.StoreRelaxed(dedicated);  // world stopped
  mark_state.dedicated_ns.StoreRelaxed(0);
  mark_state.idle_ns.StoreRelaxed(0);
  mark_state.assist_ns.StoreRelaxed(0);
  mark_state.active.StoreRelaxed(0);
  ForEachWork(
      [](Work* work, void*) {
        work->bytes_marked = 0;
        work->scan_work = 0;
        work->fractional_ns = 0;
      },
      nullptr);
}

bool NothingLeft() { return NoCommonWork() && !RootsLeft(); }

bool MarkWorkAvailable() {
  if (!mark_state.marking) return false;
  if (!NothingLeft()) return true;
  // Who is to finish needs the world.
  return mark_state.active.LoadSeqCst() == 0 && !sched::WorldIsHeld();
}

bool RunDueWorker() {
  if (NothingLeft()) return mark_state.active.LoadSeqCst() == 0 && TryFinish();
  int64_t now = os::Nanotime();
  return RunDedicated(now) || RunFractional(now);
}

bool RunIdleWorker() {
  if (NothingLeft()) return mark_state.active.LoadSeqCst() == 0 && TryFinish();
  int64_t now = os::Nanotime();
  DrainLimit limit;
  limit.deadline = now + kIdleSlice;
  limit.idle = true;
  if (RunSlice(Slice::kIdle, limit, now, &mark_state.idle_ns, nullptr)) TryFinish();
  return true;
}

void HandIn(P* p) {
  FlushWriteBarrier(p);
  if (p->gcw != nullptr) p->gcw->Flush();
}

void HandInAll() {
  MarkLastRoots(WorkOf(sched::CurrentM()->p));
  for (int32_t i = 0; i < sched::all_ps_count; ++i) HandIn(sched::all_ps[i]);
}

void MarkAllInStop() {
  Work* work = WorkOf(sched::CurrentM()->p);
  DrainLimit limit;
  limit.yields = false;
  do {
    HandInAll();
    Drain(work, limit);
    work->Flush();
  } while (!NothingLeft());
  PayIn(work);
}

}  // namespace gort::gc
