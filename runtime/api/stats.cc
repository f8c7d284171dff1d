// SPDX-License-Identifier: BSD-3-Clause
//
// runtime.ReadMemStats and debug.ReadGCStats: the allocator's sums in the words of the API.
//
//   Sys      = HeapSys + StackSys + MSpanSys + MCacheSys + BuckHashSys + GCSys + OtherSys
//   HeapSys  = HeapIdle + HeapInuse: arenas without the pages that are stacks
//
// Before: runtime/api/finalizer.cc   After: runtime/api/os.cc
#include "runtime/mem/stats.h"
#include "arch/arch.h"
#include "asm/gen/entries.h"
#include "runtime/abi/mem_stats.h"
#include "runtime/base/check.h"
#include "runtime/gc/history.h"
#include "runtime/gc/pacer.h"
#include "runtime/mem/page_heap.h"
#include "runtime/sched/sched.h"

#include <cstring>

namespace gort::api {
namespace {

void FillAllocation(abi::MemStats* out) {
  mem::AllocStats stats;
  mem::ReadAllocStats(&stats);
  uint64_t allocated = stats.large_alloc_bytes;
  uint64_t freed = stats.large_free_bytes;
  uint64_t mallocs = stats.tiny_allocs;
  uint64_t frees = stats.tiny_allocs;
  for (int c = 0; c < mem::kSizeClasses; c++) {
    mallocs += stats.mallocs[c];
    frees += stats.frees[c];
    allocated += stats.mallocs[c] * mem::kClasses[c].size;
    freed += stats.frees[c] * mem::kClasses[c].size;
  }
  // Go keeps 61 entries for the 67 classes, of which class 0 has no objects.
  for (int c = 1; c < 61; c++) {
    out->BySize[c].Size = mem::kClasses[c].size;
    out->BySize[c].Mallocs = stats.mallocs[c];
    out->BySize[c].Frees = stats.frees[c];
  }
  out->Mallocs = mallocs;
  out->Frees = frees;
  out->HeapObjects = mallocs - frees;
  out->TotalAlloc = allocated;
  out->Alloc = out->HeapAlloc = allocated - freed;
}

void FillMemory(abi::MemStats* out) {
  mem::page_heap::Stats pages = mem::page_heap::GetStats();
  mem::OffHeapStats other = mem::GetOffHeapStats();
  out->HeapSys = pages.reserved - pages.manual;
  out->HeapInuse = pages.in_use;
  out->HeapIdle = pages.free;
  out->HeapReleased = pages.scavenged;
  out->StackInuse = out->StackSys = pages.manual;
  out->MSpanInuse = other.spans_in_use;
  out->MSpanSys = other.spans;
  out->MCacheInuse = out->MCacheSys = other.caches;
  out->BuckHashSys = other.profiles;
  // One bit of 64 for pointers, a pointer to the span for each page, and the bits of the spans.
  out->GCSys = pages.metadata + (pages.in_use + pages.manual) / 64 + other.mark_bits;
  uint64_t counted = other.spans + other.caches + other.profiles + other.mark_bits;
  out->OtherSys = other.all > counted ? other.all - counted : 0;
  out->Sys = out->HeapSys + out->StackSys + out->MSpanSys + out->MCacheSys + out->BuckHashSys +
             out->GCSys + out->OtherSys;
}

void FillCollections(abi::MemStats* out) {
  const gc::History& past = gc::history;
  out->NextGC = gc::pacer.goal.LoadRelaxed();  // world stopped
  out->LastGC = past.last_end_unix;
  out->PauseTotalNs = past.pause_total;
  memcpy(out->PauseNs, past.pause, sizeof(out->PauseNs));
  memcpy(out->PauseEnd, past.pause_end, sizeof(out->PauseEnd));
  out->NumGC = past.cycles;
  out->NumForcedGC = past.forced_cycles;
  out->GCCPUFraction = gc::CpuFraction();
  out->EnableGC = true;
}

}  // namespace

// ---- Entered from Go ----

extern "C" void gort_ReadMemStats(entry::ReadMemStats*) {
  sched::StopTheWorld("read mem stats");
  // Filled here, not in place: the destination may be on a stack that moves while this waits for
  // the world.
  static abi::MemStats stats;
  stats = {};
  FillAllocation(&stats);
  FillMemory(&stats);
  FillCollections(&stats);
  G* g = arch::GetG()->m->curg;
  *arch::ArgsOf<entry::ReadMemStats>(g)->m = stats;
  sched::StartTheWorld();
}

extern "C" void gort_readGCStats(entry::readGCStats* a) {
  abi::Slice* pauses = static_cast<abi::Slice*>(static_cast<void*>(a->pauses));
  GORT_CHECK(pauses->cap >= static_cast<intptr_t>(gc::kPauses) + 3,
             "short slice passed to readGCStats");
  auto* out = static_cast<uint64_t*>(pauses->array);
  const gc::History& past = gc::history;
  uint32_t n = past.cycles < gc::kPauses ? past.cycles : gc::kPauses;
  // Most recent first: pauses, their ends, then three sums.
  for (uint32_t i = 0; i < n; i++) {
    uint32_t at = (past.cycles - 1 - i) % gc::kPauses;
    out[i] = past.pause[at];
    out[n + i] = past.pause_end[at];
  }
  out[2 * n] = past.last_end_unix;
  out[2 * n + 1] = past.cycles;
  out[2 * n + 2] = past.pause_total;
  pauses->len = 2 * n + 3;
}

}  // namespace gort::api
