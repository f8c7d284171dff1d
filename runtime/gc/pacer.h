// SPDX-License-Identifier: BSD-3-Clause
//
// Pacer: when the next collection begins.
//
// GOGC (debug.SetGCPercent) says how much a heap may grow over what the last collection found
// alive:
//
//   goal = marked + marked * percent / 100,  at least 4 MB * percent / 100;  no goal when percent <
//   0
//
// heap_live estimates the bytes of objects that are allocated: what the last collection marked plus
// every run that a cache has taken since. It is counted by runs, so an allocation does not touch
// it.
//
// Before: runtime/gc/history.h   After: runtime/gc/cycle.cc
#ifndef GORT_RUNTIME_GC_PACER_H_
#define GORT_RUNTIME_GC_PACER_H_

#include "runtime/base/atomic.h"

#include <cstdint>

namespace gort::gc {

constexpr uint64_t kNoGoal = ~uint64_t{0};
constexpr uint64_t kHeapMinimum = 4 << 20;  // at GOGC=100

struct Pacer {
  int32_t percent;  // < 0: off
  uint64_t heap_marked;
  Atomic<uint64_t> goal;  // MemStats.NextGC; a hint to whoever allocates
};
extern Pacer pacer;

// Boot: the value of GOGC, or nullptr.
void InitPacer(const char* gogc);
// Returns the old value.
int32_t SetPercent(int32_t percent);
// A collection has found this much alive.
void SetMarked(uint64_t bytes);

}  // namespace gort::gc

#endif  // GORT_RUNTIME_GC_PACER_H_
