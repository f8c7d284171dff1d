// SPDX-License-Identifier: BSD-3-Clause
//
// A collection, phase by phase.
//
// Before: runtime/gc/finalizer.cc   After: runtime/gc/barrier.cc
#include "asm/gen/entries.h"
#include "runtime/gc/gc.h"
#include "runtime/gc/history.h"
#include "runtime/mem/page_heap.h"
#include "runtime/os/clock.h"
#include "runtime/sched/scheduler.h"

namespace gort::gc {

void Collect(bool forced) {
  int64_t start = os::Nanotime();
  sched::StopTheWorld("GC (fg)");
  RecordCycle(os::Nanotime() - start, os::Nanotime() - start, forced);
  sched::StartTheWorld();
}

// ---- Entered from Go ----

extern "C" void gort_GC(entry::GC*) {
  Collect(true);
  sched::Continue(sched::CurrentM()->curg);
}

extern "C" void gort_runtime_debug_freeOSMemory(entry::runtime_debug_freeOSMemory*) {
  Collect(true);
  mem::page_heap::Scavenge(~uintptr_t{0});
  sched::Continue(sched::CurrentM()->curg);
}

}  // namespace gort::gc
