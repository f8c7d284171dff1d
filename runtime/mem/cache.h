// SPDX-License-Identifier: BSD-3-Clause
//
// Cache: what a P allocates from without a lock.
//
// For each span class a slot holds one span and, of that, one run of free objects:
//
//      span   [ used | used |  run: objects that are free, one after the other   | used | free |
//      ... ]
//                           ^run_start     ^cursor          ^clean               ^run_end
//
// An allocation moves the cursor by elemsize. Where that has to stop depends on what the caller
// wants:
//
//   clean   memory up to here is zero: the bound for callers who want zeroed memory, which are most
//   limit   the bound for callers who overwrite all of it (strings, append): the end of the run, or
//   earlier when
//           something is due (a profile sample; gortgcevery)
//
// Everything that is not "take the next object" happens at one of these, on the system stack:
// clearing the next few kilobytes, the next run, the next span, sampling, the collector's share. So
// the fast path tests one thing and never clears. In a scan class all of a run is cleared when it
// is taken, so clean == limit there.
//
// Before: runtime/mem/pointer_bits.h   After: runtime/mem/stats.h
#ifndef GORT_RUNTIME_MEM_CACHE_H_
#define GORT_RUNTIME_MEM_CACHE_H_

#include "runtime/abi/p.h"
#include "runtime/base/stack_rules.h"
#include "runtime/mem/span.h"

namespace gort::mem {

// One cache line: what an allocation reads or writes.
struct alignas(64) Slot {
  uintptr_t cursor;
  uintptr_t clean;    // <= limit
  uintptr_t limit;    // <= run_end
  uint32_t elemsize;  // also while there is no span
  uint32_t unused;
  uintptr_t bits_bias;  // the word of pointer bits of address p is at bits_bias + p / 512 * 8
  uintptr_t run_start;
  uintptr_t run_end;
  Span* span;  // nullptr: none yet; then all bounds are equal
};

struct SlotTotals {
  uint64_t finished;  // objects allocated from earlier runs
  // The next profile sample is due when next_sample bytes from sample_from on are allocated; ~0:
  // never.
  uint64_t next_sample;
  uintptr_t sample_from;
};

struct Cache {
  // Tiny allocator: the rest of a 16-byte block.
  uintptr_t tiny_cursor;
  uintptr_t tiny_end;
  uintptr_t tiny_block;  // its start: what the mark bits know
  uint64_t tiny_allocs;  // values put into a block that was there already

  Slot slots[kSpanClasses];
  SlotTotals totals[kSpanClasses];

  // Large objects.
  uint64_t large_mallocs;
  uint64_t large_bytes;
  uint64_t large_next_sample;  // bytes

  int64_t profile_rate;  // MemProfileRate that all distances were drawn with

  Cache* all_next;  // every cache ever made, for statistics
  Cache* free_next;

  // Free goroutine stacks by order (stack/alloc.cc).
  struct StackList {
    void* first;
    uintptr_t bytes;
  } stacks[4];
};

// Bytes of objects that are alive or have been handed to caches since, and the size at which a
// collection is due. Both are read and written without order: estimates.
extern Atomic<uint64_t> heap_live;
extern Atomic<uint64_t> heap_trigger;
// Adds to heap_live; asks for a collection when that reaches the trigger.
GORT_SYSTEM_STACK void CountAllocated(uintptr_t bytes);
// Every cache's spans go back to the centrals. World stopped.
GORT_SYSTEM_STACK void FlushAllCaches();

// While the collector marks, what is allocated is alive for this cycle: a run gets its mark bits
// when a cache takes it, and what is left of the run loses them when the cache gives it back. So
// the fast path of an allocation does not know of the collector.
//
//   mark bits that only this has set = black_bytes, beside what the collector's workers find
//
// Both with the world stopped; EndBlackAllocation empties every cache.
GORT_SYSTEM_STACK void BeginBlackAllocation();
GORT_SYSTEM_STACK void EndBlackAllocation();
extern bool allocate_black;  // changes while the world is stopped
extern Atomic<uint64_t> black_bytes;

// Makes room for one object at the cursor, zeroed memory if `zero`: more clean memory, another run,
// another span. False: no memory.
GORT_SYSTEM_STACK bool Refill(Cache* cache, SpanClass span_class, bool zero);

// The cache of the running M: its P's, or the one of boot.
GORT_SYSTEM_STACK Cache* CurrentCache();

}  // namespace gort::mem

#endif  // GORT_RUNTIME_MEM_CACHE_H_
