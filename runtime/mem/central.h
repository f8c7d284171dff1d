// SPDX-License-Identifier: BSD-3-Clause
//
// Central lists: the spans of one span class that no P has cached.
//
//   partial  spans with free objects      full  spans without
//
// Each exists twice, for swept and unswept spans, and a collection exchanges the two by advancing
// sweepgen: what was swept is then unswept. Index of the swept half: sweepgen / 2 % 2.
//
// Before: runtime/mem/persistent.cc   After: runtime/mem/cache.h
#ifndef GORT_RUNTIME_MEM_CENTRAL_H_
#define GORT_RUNTIME_MEM_CENTRAL_H_

#include "runtime/base/lock.h"
#include "runtime/base/stack_rules.h"
#include "runtime/mem/span.h"

namespace gort::mem {

// Advanced by 2 with the world stopped at the start of a sweep.
extern Atomic<uint32_t> heap_sweepgen;

class Central {
 public:
  constexpr Central() : lock_(LockRank::kCentral) {}

  // A swept span with at least one free object, for the caller to own; nullptr when the system has
  // no memory.
  Span* Take(SpanClass span_class);
  // A span that Take returned, with free_index and alloc_count up to date.
  void Return(Span* s);
  // Sweeps one span of the unswept half; false: there is none.
  bool SweepOne();
  // Calls visit for each span of these lists. World stopped.
  void ForEach(void (*visit)(Span*, void*), void* arg);

 private:
  static uint32_t SweptHalf() { return heap_sweepgen.LoadRelaxed() / 2 % 2; }

  // A span of the unswept half, for the caller to sweep and own.
  Span* PopUnswept();

  Lock lock_;
  SpanList partial_[2];
  SpanList full_[2];
  char pad_[40];  // neighbours in the array of centrals are used by different threads
};

extern Central centrals[kSpanClasses];
// Threads that have taken a span out of an unswept half and are not done with it.
extern Atomic<int32_t> sweepers;

// Objects freed by sweeps, by size class ([0]: large), and their bytes for large ones. Statistics.
extern Atomic<uint64_t> freed_objects[kSizeClasses];
extern Atomic<uint64_t> freed_large_bytes;

// Mark and allocation bits for a span of this many objects; and back. A set of bits keeps its size.
GORT_SYSTEM_STACK void AttachBits(Span* s);
GORT_SYSTEM_STACK void DetachBits(Span* s);

}  // namespace gort::mem

#endif  // GORT_RUNTIME_MEM_CENTRAL_H_
