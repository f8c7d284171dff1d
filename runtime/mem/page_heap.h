// SPDX-License-Identifier: BSD-3-Clause
//
// The page heap: which pages of the arenas are free.
//
// Pages are found first fit by address, which keeps the upper end of the heap free for the system.
// Per arena there is a bitmap, a bound on the longest free run in it, and the first word worth
// looking at; a search skips arenas whose bound is too small, and lowers the bound of one that it
// searched in vain. The bound is raised when pages are freed. So it may be too high, never too low,
// and a wrong search is paid once.
//
// Free pages are in one of three conditions, and the bitmaps `zero` and `scavenged` tell:
//   dirty            in memory, old contents
//   zero             in memory or not, reads as zero: never used, or discarded
//   scavenged        not in memory (implies zero)
//
// A run for a small span does not cross the end of an arena; only an object longer than an arena
// does.
//
// Before: runtime/mem/arena.h   After: runtime/mem/page_heap.cc
#ifndef GORT_RUNTIME_MEM_PAGE_HEAP_H_
#define GORT_RUNTIME_MEM_PAGE_HEAP_H_

#include "runtime/base/stack_rules.h"
#include "runtime/mem/arena.h"

namespace gort::mem::page_heap {

struct Stats {
  uintptr_t reserved;    // bytes of arenas: HeapSys + stacks
  uintptr_t free;        // bytes in free pages
  uintptr_t scavenged;   // of these, returned to the system
  uintptr_t in_use;      // bytes in spans of objects
  uintptr_t manual;      // bytes in spans of stacks
  uintptr_t metadata;    // bytes of Arena structures that are likely to be touched
  uintptr_t span_bytes;  // off heap, for Span structures
  uintptr_t span_bytes_in_use;
};

// Boot.
void Init();

// A span of npages, described but not yet in anybody's list. nullptr: the system has no memory (a
// message has been printed). Span.needzero says whether its memory may hold old data.
GORT_SYSTEM_STACK Span* AllocSpan(uintptr_t npages, SpanClass span_class, SpanState state);
// Gives the pages back; the Span is gone. Its bits and specials are the caller's business.
GORT_SYSTEM_STACK void FreeSpan(Span* s);

// Returns free pages to the system, highest addresses first, until `goal` bytes are done or nothing
// is left. Returns the bytes returned.
GORT_SYSTEM_STACK uintptr_t Scavenge(uintptr_t goal);

// How much of the heap may stay in memory: at the end of a cycle, 10% more than what the next one
// is expected to use. Above it a heap that grows gives back as much as it takes, and sysmon gives
// back the rest with at most 1% of a cpu's time.
GORT_SYSTEM_STACK void SetRetainedGoal(uint64_t heap_goal);
// What was returned since the last call of BeginScavengeGeneration, for GODEBUG=scavtrace=1.
struct ScavengeReport {
  uint32_t generation;
  uintptr_t released;       // bytes, in this generation
  uintptr_t out_of_memory;  // bytes of the heap that the system has now
  uintptr_t utilization;    // percent of the rest that is in use
};
GORT_SYSTEM_STACK ScavengeReport GetScavengeReport();
GORT_SYSTEM_STACK void BeginScavengeGeneration();
// Free memory is above the goal and could go back.
bool ScavengeDue();
// Gives a piece of it back, if its turn has come.
GORT_SYSTEM_STACK void ScavengeInBackground(int64_t now);

Stats GetStats();

// The arenas by address: the one above this one (nullptr: the first); nullptr: none. Arenas stay.
GORT_SYSTEM_STACK Arena* NextArena(const Arena* arena);

// All spans in use, in address order; under the heap lock or with the world stopped.
GORT_SYSTEM_STACK void ForEachSpan(void (*visit)(Span*, void*), void* arg);

// Checks the bitmaps against the spans; throws where they disagree.
GORT_SYSTEM_STACK void Verify();

}  // namespace gort::mem::page_heap

#endif  // GORT_RUNTIME_MEM_PAGE_HEAP_H_
