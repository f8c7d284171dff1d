// SPDX-License-Identifier: BSD-3-Clause
//
// A collection, phase by phase. What becomes true in each:
//
//   1  finish the last sweep   every span has been swept: mark bits are clear
//   2  stop                    no Go code runs; caches, pools are empty, so every span is in a
//   central list
//   3  mark                    every object that roots lead to has its mark bit set
//   4  terminate               sweepgen advances: all spans need sweeping, nothing else changes
//   5  start                   Go code runs; an allocation sweeps what it takes
//   6  sweep                   the collecting thread sweeps the rest; finalizers are on their way
//
// A collection is asked for by allocation (RequestCollection) and done by the scheduler, between
// two goroutines, or by a goroutine that calls runtime.GC.
//
// Before: runtime/gc/sweep.cc   After: runtime/gc/barrier.cc
#include "runtime/gc/cycle.h"

#include "asm/gen/entries.h"
#include "runtime/api/pool.h"  // upward: sync.Pool drops its contents
#include "runtime/base/debug_vars.h"
#include "runtime/base/print.h"
#include "runtime/base/upcalls.h"
#include "runtime/gc/finalizer.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/history.h"
#include "runtime/gc/mark.h"
#include "runtime/gc/pacer.h"
#include "runtime/gc/roots.h"
#include "runtime/gc/sweep.h"
#include "runtime/mem/cache.h"
#include "runtime/mem/central.h"
#include "runtime/mem/page_heap.h"
#include "runtime/os/clock.h"
#include "runtime/panic/defer.h"  // upward: the pools of defer records are emptied
#include "runtime/sched/scheduler.h"

namespace gort::gc {

Atomic<uint32_t> collection_wanted;

namespace {

// What a line of GODEBUG=gctrace=1 says.
struct Trace {
  int64_t start, stopped, marked, ended;
  uint64_t live_before, live_after;
  uint64_t goal;
  bool forced;
};

void EmptyCaches() {
  api::RunPoolCleanup();
  panic::FlushCentralDefers();
  mem::FlushAllCaches();
}

void Mark(Work* work) {
  MarkRoots(work);
  for (G* g = sched::AllGsHead(); g != nullptr; g = g->alllink) ScanStack(work, g);
  Drain(work);
  work->Flush();
}

void Terminate(const Work& work) {
  mem::heap_sweepgen.StoreRelease(mem::heap_sweepgen.LoadRelaxed() + 2);  // world stopped
  mem::heap_live.StoreRelaxed(work.bytes_marked);                         // world stopped
  SetMarked(work.bytes_marked);
}

// 1234567 ns as "1.2": with as many digits as stock shows.
void PrintMilliseconds(int64_t ns) {
  int64_t us = ns / 1000;
  if (us < 10000) {
    int64_t digits = us < 100 ? 1000 : us < 1000 ? 100 : 10;  // 0.012, 0.12, 1.2
    if (digits == 1000) {
      Print(us / 1000, ".", us % 1000 / 100, us % 100 / 10, us % 10);
    } else if (digits == 100) {
      Print(us / 1000, ".", us % 1000 / 100, us % 100 / 10);
    } else {
      Print(us / 1000, ".", us % 1000 / 100);
    }
  } else {
    Print(us / 1000);
  }
}

void PrintTrace(const Trace& t) {
  PrintLock();
  int64_t since_boot = t.start - history.start;
  int64_t percent = static_cast<int64_t>(CpuFraction() * 100);
  Print("gc ", static_cast<uint64_t>(history.cycles), " @", since_boot / 1000000000, ".",
        since_boot / 100000000 % 10, since_boot / 10000000 % 10, since_boot / 1000000 % 10, "s ",
        percent, "%: ");
  PrintMilliseconds(t.stopped - t.start);
  PrintText("+");
  PrintMilliseconds(t.marked - t.stopped);
  PrintText("+");
  PrintMilliseconds(t.ended - t.marked);
  PrintText(" ms clock, ");
  PrintMilliseconds(t.stopped - t.start);
  PrintText("+0/");
  PrintMilliseconds(t.marked - t.stopped);
  PrintText("/0+");
  PrintMilliseconds(t.ended - t.marked);
  Print(" ms cpu, ", t.live_before >> 20, "->", t.live_before >> 20, "->", t.live_after >> 20,
        " MB, ", t.goal >> 20, " MB goal, ", sched::gomaxprocs, " P");
  if (t.forced) PrintText(" (forced)");
  PrintText("\n");
  PrintUnlock();
}

void MarkAndTerminate(bool forced) {
  Trace trace{};
  trace.forced = forced;
  trace.start = os::Nanotime();
  trace.live_before = mem::heap_live.LoadRelaxed();  // world stopped
  trace.goal = pacer.goal.LoadRelaxed();             // world stopped
  collection_wanted.StoreRelaxed(0);                 // world stopped
  EmptyCaches();
  trace.stopped = os::Nanotime();
  Work work;
  Mark(&work);
  trace.marked = os::Nanotime();
  Terminate(work);
  trace.ended = os::Nanotime();
  trace.live_after = work.bytes_marked;
  RecordCycle(trace.ended - trace.start, trace.ended - trace.start, forced);
  if (debug_vars.gctrace > 0) PrintTrace(trace);
}

void AfterStart() {
  SweepAll();
  WakeFinalizerGoroutine();
  FreeWorkBuffers();
}

}  // namespace

void Collect(bool forced) {
  SweepAll();
  sched::StopTheWorld("GC (fg)");
  MarkAndTerminate(forced);
  sched::StartTheWorld();
  AfterStart();
}

void CollectIfWanted() {
  if (!enabled) return;
  SweepAll();
  if (!sched::TryStopTheWorld("GC (fg)")) return;
  // Another thread may have been quicker.
  bool wanted = collection_wanted.LoadRelaxed() != 0;  // world stopped
  if (wanted) MarkAndTerminate(false);
  sched::StartTheWorld();
  if (wanted) AfterStart();
}

void CollectAtEntry(void* /*args*/) {
  M* m = arch::GetG()->m;
  bool possible = enabled && m->locks.LoadRelaxed() == 0 && m->preemptoff == nullptr &&  // own M
                  m->throwing == 0 && m->dying == 0;
  if (!possible) return;
  SweepAll();
  // Whoever holds the world collects, most likely: waiting for it would make a queue of threads,
  // each of which stops the world in turn to find nothing to do.
  if (!sched::TryStopTheWorld("GC (fg)")) return;
  bool wanted = collection_wanted.LoadRelaxed() != 0;  // world stopped
  if (wanted) MarkAndTerminate(false);
  sched::StartTheWorld();
  if (wanted) AfterStart();
}

void RequestCollection() {
  collection_wanted.StoreRelease(1);
  if (!enabled) return;
  G* g = arch::GetG()->m->curg;
  if (g == nullptr) return;  // the scheduler looks by itself
  g->preempt = true;
  g->stackguard0 = abi::kStackPreempt;
}

// ---- Entered from Go ----

extern "C" void gort_GC(entry::GC*) {
  Collect(true);
  // Finalizers that this has made due get their turn before the caller looks for what they did.
  sched::YieldToGlobalQueue(sched::CurrentM()->curg);
}

extern "C" void gort_runtime_debug_freeOSMemory(entry::runtime_debug_freeOSMemory*) {
  Collect(true);
  mem::page_heap::Scavenge(~uintptr_t{0});
  sched::Continue(sched::CurrentM()->curg);
}

}  // namespace gort::gc
