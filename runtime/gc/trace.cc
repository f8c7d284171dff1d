// SPDX-License-Identifier: BSD-3-Clause
//
// The lines of gctrace, gcpacertrace and scavtrace.
//
// Before: runtime/gc/trace.h   After: runtime/gc/history.h
#include "runtime/gc/trace.h"

#include "runtime/base/debug_vars.h"
#include "runtime/base/print.h"
#include "runtime/gc/history.h"
#include "runtime/gc/pacer.h"
#include "runtime/gc/worker.h"
#include "runtime/mem/cache.h"
#include "runtime/mem/page_heap.h"

namespace gort::gc {
namespace {

// Milliseconds with as many digits as stock shows: 0.012, 0.12, 1.2, 12.
void PrintMilliseconds(int64_t ns) {
  int64_t us = ns / 1000;
  if (us >= 10000) {
    Print(us / 1000);
    return;
  }
  Print(us / 1000, ".", us / 100 % 10);
  if (us < 1000) Print(us / 10 % 10);
  if (us < 100) Print(us % 10);
}

}  // namespace

void PrintCycle(const CycleTrace& t) {
  PrintLock();
  int64_t since_boot = t.ended - history.start;
  Print("gc ", static_cast<uint64_t>(t.number), " @", since_boot / 1000000000, ".",
        since_boot / 100000000 % 10, since_boot / 10000000 % 10, since_boot / 1000000 % 10, "s ",
        static_cast<int64_t>(CpuFraction() * 100), "%: ");
  int64_t first = t.marking - t.started;
  int64_t last = t.ended - t.stopping;
  PrintMilliseconds(first);
  PrintText("+");
  PrintMilliseconds(t.stopping - t.marking);
  PrintText("+");
  PrintMilliseconds(last);
  PrintText(" ms clock, ");
  PrintMilliseconds(first * t.procs);
  PrintText("+");
  PrintMilliseconds(t.assist_ns);
  PrintText("/");
  PrintMilliseconds(t.worker_ns);
  PrintText("/");
  PrintMilliseconds(t.idle_ns);
  PrintText("+");
  PrintMilliseconds(last * t.procs);
  Print(" ms cpu, ", t.live_before >> 20, "->", t.live_after_mark >> 20, "->", t.live_after >> 20,
        " MB, ", t.goal >> 20, " MB goal, ", t.procs, " P");
  if (t.forced) PrintText(" (forced)");
  PrintText("\n");
  PrintUnlock();
}

// Numbers that others change meanwhile are read without order: they are reports.
void PrintPacingBegins() {
  PrintLock();
  Print("pacer: assist ratio=", AssistWorkPerByte(), " (scan ", pacer.work_expected >> 20,
        " MB in ", pacer.trigger >> 20, "->", pacer.goal.LoadRelaxed() >> 20,
        " MB) workers=", mark_state.dedicated_wanted.LoadRelaxed(), "+",
        mark_state.fractional_share, "\n");
  PrintUnlock();
}

void PrintPacingEnds(const PacerTrace& t) {
  auto goal = static_cast<uint64_t>(static_cast<double>(t.last_heap) * (1 + t.planned_growth));
  PrintLock();
  Print("pacer: H_m_prev=", t.last_heap, " h_t=", t.trigger_growth, " H_T=", t.trigger,
        " h_a=", t.growth, " H_a=", t.heap, " h_g=", t.planned_growth, " H_g=", goal,
        " u_a=", t.share, " u_g=", t.planned_share, " W_a=", t.work,
        " goalΔ=", t.planned_growth - t.trigger_growth, " actualΔ=", t.growth - t.trigger_growth,
        " u_a/u_g=", t.share / t.planned_share, "\n");
  PrintUnlock();
}

namespace {

// Of the running sweep; written with the world stopped.
uint64_t heap_before_sweep;
uint64_t pages_to_sweep;

}  // namespace

void NoteSweepBegins() {
  heap_before_sweep = mem::heap_live.LoadRelaxed();
  pages_to_sweep = mem::page_heap::GetStats().in_use / mem::kPageSize;
}

void PrintSweepEnds() {
  uint64_t live = mem::heap_live.LoadRelaxed();
  uint64_t trigger = mem::heap_trigger.LoadRelaxed();
  double pages_per_byte = 0;
  if (trigger != kNoGoal && trigger > heap_before_sweep) {
    pages_per_byte =
        static_cast<double>(pages_to_sweep) / static_cast<double>(trigger - heap_before_sweep);
  }
  PrintLock();
  Print("pacer: sweep done at heap size ", live >> 20, "MB; allocated ",
        (live > heap_before_sweep ? live - heap_before_sweep : 0) >> 20, "MB during sweep; swept ",
        pages_to_sweep, " pages at ", pages_per_byte, " pages/byte\n");
  PrintUnlock();
}

void PrintScavenging(bool forced) {
  mem::page_heap::ScavengeReport report = mem::page_heap::GetScavengeReport();
  PrintLock();
  Print("scav ", report.generation, " ", uint64_t{report.released >> 10}, " KiB work, ",
        uint64_t{report.out_of_memory >> 10}, " KiB total, ", uint64_t{report.utilization},
        "% util", forced ? " (forced)\n" : "\n");
  PrintUnlock();
}

void NextScavengeGeneration() {
  if (debug_vars.scavtrace > 0) PrintScavenging(false);
  mem::page_heap::BeginScavengeGeneration();
}

}  // namespace gort::gc
