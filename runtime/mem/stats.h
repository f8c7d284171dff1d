// SPDX-License-Identifier: BSD-3-Clause
//
// Counting without counting: an allocation from a run leaves its trace in the run's cursor, so what
// a P has allocated is read off its cache, and only finished runs are added up.
//
//   objects of a class allocated = sum over caches (finished + (cursor - run_start) / elemsize)
//
// Before: runtime/mem/cache.h   After: runtime/mem/malloc.cc
#ifndef GORT_RUNTIME_MEM_STATS_H_
#define GORT_RUNTIME_MEM_STATS_H_

#include "runtime/base/atomic.h"
#include "runtime/base/stack_rules.h"
#include "runtime/mem/size_class.h"

namespace gort::mem {

// By the owners of the structures.
uintptr_t CacheBytes();
uintptr_t MarkBitsBytes();
uintptr_t ProfileBytes();

// Bytes mapped for the runtime's own structures.
extern Atomic<uintptr_t> off_heap_bytes;

struct AllocStats {
  uint64_t mallocs[kSizeClasses];  // objects; [0]: large ones
  uint64_t frees[kSizeClasses];
  uint64_t large_alloc_bytes;
  uint64_t large_free_bytes;
  uint64_t tiny_allocs;  // values put into blocks of the tiny allocator
};

struct OffHeapStats {
  uintptr_t all;  // bytes mapped for the runtime's own structures, the following included
  uintptr_t spans;
  uintptr_t spans_in_use;
  uintptr_t caches;
  uintptr_t mark_bits;
  uintptr_t profiles;
};
OffHeapStats GetOffHeapStats();

// World stopped (or one thread): otherwise the sums are of different moments.
GORT_SYSTEM_STACK void ReadAllocStats(AllocStats* stats);

}  // namespace gort::mem

#endif  // GORT_RUNTIME_MEM_STATS_H_
