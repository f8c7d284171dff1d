// SPDX-License-Identifier: BSD-3-Clause
//
// What is remembered of past collections, for MemStats and debug.ReadGCStats.
//
// Before: runtime/gc/gc.h   After: runtime/gc/pacer.h
#ifndef GORT_RUNTIME_GC_HISTORY_H_
#define GORT_RUNTIME_GC_HISTORY_H_

#include <cstdint>

namespace gort::gc {

constexpr uint32_t kPauses = 256;

// Written with the world stopped; read with the world stopped or under no promise of consistency.
struct History {
  uint32_t cycles;
  uint32_t forced_cycles;
  uint64_t last_end_unix;  // wall clock, ns; 0: no collection yet
  int64_t last_end;        // monotonic, ns
  uint64_t pause_total;    // ns
  // Rings; cycle n (from 1) is at (n - 1) % kPauses.
  uint64_t pause[kPauses];
  uint64_t pause_end[kPauses];  // wall clock, ns
  int64_t cpu_total;            // ns of cpu time spent collecting
  int64_t start;                // monotonic time of boot, from which the fraction counts
};
extern History history;

// A collection that stopped the world for pause_ns in all is over.
void RecordCycle(int64_t pause_ns, int64_t cpu_ns, bool forced);
// Share of the program's cpu time since its start.
double CpuFraction();

}  // namespace gort::gc

#endif  // GORT_RUNTIME_GC_HISTORY_H_
