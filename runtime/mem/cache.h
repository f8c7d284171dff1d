// SPDX-License-Identifier: BSD-3-Clause
//
// Cache: what a P allocates from without a lock.
//
// For each span class a slot holds one span and, of that, one run of free objects:
//
//      span   [ used | used |  run: objects that are free, one after the other   | used | free | ... ]
//                           ^run_start            ^cursor                        ^run_end
//
// An allocation moves the cursor by elemsize. `limit` is where that has to stop: at the end of the run, or earlier when
// something is due (a profile sample; gortgcevery). Everything that is not "take the next object" happens at the limit,
// on the system stack: the next run, the next span, sampling, the collector's share. So the fast path tests one thing.
//
// Memory of a run in a scan class is cleared when the run is taken, so its objects are zero when they are handed out. In a
// noscan class clearing waits until a caller wants zeroed memory, as many (strings, append) do not; `dirty` says that it
// is needed at all.
//
// Before: runtime/mem/pointer_bits.h   After: runtime/mem/stats.h
#ifndef GORT_RUNTIME_MEM_CACHE_H_
#define GORT_RUNTIME_MEM_CACHE_H_

#include "runtime/abi/p.h"
#include "runtime/base/stack_rules.h"
#include "runtime/mem/span.h"

namespace gort::mem {

struct Slot {
  // Read or written by every allocation: one half of a cache line.
  uintptr_t cursor;
  uintptr_t limit;
  uint32_t elemsize;
  bool dirty;  // objects may hold old data and have to be cleared when asked for zeroed memory
  uint8_t pad[3];
  uintptr_t run_start;

  // At the limit.
  uintptr_t run_end;
  Span* span;          // nullptr: none yet
  uint64_t finished;   // objects allocated from earlier runs
  uint64_t next_sample;  // bytes until a profile sample is due
};

struct Cache {
  // Tiny allocator: the rest of a 16-byte block.
  uintptr_t tiny_cursor;
  uintptr_t tiny_end;
  uint64_t tiny_allocs;
  uint64_t tiny_block;  // its start: what the mark bits know

  alignas(64) Slot slots[kSpanClasses];

  // Large objects.
  uint64_t large_mallocs;
  uint64_t large_bytes;

  Cache* all_next;  // every cache ever made, for statistics
  Cache* free_next;

  // Free goroutine stacks by order (stack/alloc.cc).
  struct StackList {
    void* first;
    uintptr_t bytes;
  } stacks[4];
};

// Gives slot->span another run, or the slot another span. False: no memory.
GORT_SYSTEM_STACK bool Refill(Cache* cache, SpanClass span_class);

// The cache of the running M: its P's, or the one of boot.
GORT_SYSTEM_STACK Cache* CurrentCache();

}  // namespace gort::mem

#endif  // GORT_RUNTIME_MEM_CACHE_H_
