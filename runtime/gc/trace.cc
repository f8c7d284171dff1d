// SPDX-License-Identifier: BSD-3-Clause
//
// The line of gctrace.
//
// Before: runtime/gc/trace.h   After: runtime/gc/history.h
#include "runtime/gc/trace.h"

#include "runtime/base/print.h"
#include "runtime/gc/history.h"

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

}  // namespace gort::gc
