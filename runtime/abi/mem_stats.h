// SPDX-License-Identifier: BSD-3-Clause
//
// runtime.MemStats, which programs read. The layout is the exported Go struct's.
//
// Before: runtime/abi/roots.h   After: runtime/api/stats.cc
#ifndef GORT_RUNTIME_ABI_MEM_STATS_H_
#define GORT_RUNTIME_ABI_MEM_STATS_H_

#include <cstddef>
#include <cstdint>

namespace gort::abi {

struct MemStats {
  uint64_t Alloc;
  uint64_t TotalAlloc;
  uint64_t Sys;
  uint64_t Lookups;
  uint64_t Mallocs;
  uint64_t Frees;

  uint64_t HeapAlloc;
  uint64_t HeapSys;
  uint64_t HeapIdle;
  uint64_t HeapInuse;
  uint64_t HeapReleased;
  uint64_t HeapObjects;

  uint64_t StackInuse;
  uint64_t StackSys;
  uint64_t MSpanInuse;
  uint64_t MSpanSys;
  uint64_t MCacheInuse;
  uint64_t MCacheSys;
  uint64_t BuckHashSys;
  uint64_t GCSys;
  uint64_t OtherSys;

  uint64_t NextGC;
  uint64_t LastGC;
  uint64_t PauseTotalNs;
  uint64_t PauseNs[256];
  uint64_t PauseEnd[256];
  uint32_t NumGC;
  uint32_t NumForcedGC;
  double GCCPUFraction;
  bool EnableGC;
  bool DebugGC;

  struct {
    uint32_t Size;
    uint64_t Mallocs;
    uint64_t Frees;
  } BySize[61];
};
static_assert(offsetof(MemStats, BySize) == 4312 && sizeof(MemStats) == 5776);

}  // namespace gort::abi

#endif  // GORT_RUNTIME_ABI_MEM_STATS_H_
