// SPDX-License-Identifier: BSD-3-Clause
//
// Arenas: the Go heap's address space in pieces of 64 MB, and what is known about each address.
//
//   address   | arena index: bits 26.. | page: bits 13..25 | offset in the page |
//
//   arena_table[index] -> Arena { spans[page] -> Span
//                                 pointer_bits[word]: 1 bit per word (mem/pointer_bits.h)
//                                 allocated, zero, scavenged: 1 bit per page (mem/page_heap.cc) }
//
// Everything about an arena lies outside of it, so its objects are packed as their size classes say
// and a page that goes back to the system takes nothing with it. An Arena structure is 1.1 MB of
// address space of which only what is written becomes memory: 1/64 of the heap in use for pointer
// bits, 1/1024 for the page table.
//
// The table covers 48 bits of address with one flat array (32 MB of address space, a page of it
// touched for 32 GB of heap): one load finds the arena of any pointer. Words that are no pointers,
// as there are in conservatively scanned frames, are compared with the bounds of the heap first:
// looking for them in the table would make more and more of it resident.
//
// Before: runtime/mem/special.h   After: runtime/mem/page_heap.h
#ifndef GORT_RUNTIME_MEM_ARENA_H_
#define GORT_RUNTIME_MEM_ARENA_H_

#include "runtime/abi/value.h"
#include "runtime/base/atomic.h"
#include "runtime/mem/span.h"

namespace gort::mem {

constexpr uintptr_t kArenaShift = 26;
constexpr uintptr_t kArenaSize = uintptr_t{1} << kArenaShift;
constexpr uint32_t kPagesPerArena = kArenaSize / kPageSize;
constexpr uint32_t kArenaPageWords = kPagesPerArena / 64;
constexpr uintptr_t kAddressBits = 48;
constexpr uintptr_t kArenaTableSize = uintptr_t{1} << (kAddressBits - kArenaShift);
constexpr uintptr_t kMaxAlloc = uintptr_t{1} << kAddressBits;

struct Arena {
  uintptr_t base;
  // Page heap; guarded by its lock. One bit per page.
  uint64_t allocated[kArenaPageWords];
  uint64_t zero[kArenaPageWords];       // free and known to read as zero
  uint64_t scavenged[kArenaPageWords];  // free and not backed by memory
  uint32_t free_pages;
  uint32_t max_run_bound;    // no free run in this arena is longer
  uint32_t first_free_word;  // words before it have no clear bit

  // Pages where a span begins that may have finalizers. Bits are set atomically when one is added
  // and cleared by the collector when it finds none.
  uint64_t finalizers[kArenaPageWords];

  // Written by the owner of the pages when a span is set up; read from any address.
  Span* spans[kPagesPerArena];
  // Written by the P that allocates, read by mark workers.
  alignas(64) uint64_t pointer_bits[kArenaSize / abi::kWord / 64];
};

extern Arena** arena_table;

// All arenas are between. Moved outwards under the page heap's lock, before anybody has an address
// from the new arena; read at any time.
struct HeapBounds {
  Atomic<uintptr_t> first{~uintptr_t{0}};
  Atomic<uintptr_t> end{0};
};
extern HeapBounds heap_bounds;

inline Arena* ArenaOf(uintptr_t p) {
  uintptr_t index = p >> kArenaShift;
  return index < kArenaTableSize ? arena_table[index] : nullptr;
}

// The span whose pages p is in, whatever its state; nullptr outside the heap. A page that is free
// keeps the span it had last, so the result has to be checked where p can be anything (FindSpan).
inline Span* SpanOfUnchecked(uintptr_t p) {
  return ArenaOf(p)->spans[(p >> kPageShift) % kPagesPerArena];
}

// The span in use that p points into; nullptr if none. p may be any number.
inline Span* FindSpan(uintptr_t p) {
  // Relaxed: whoever got p from an arena has been ordered after its bounds by that.
  if (p < heap_bounds.first.LoadRelaxed() || p >= heap_bounds.end.LoadRelaxed()) return nullptr;
  Arena* arena = ArenaOf(p);
  if (arena == nullptr) return nullptr;
  Span* s = arena->spans[(p >> kPageShift) % kPagesPerArena];
  if (s == nullptr || s->state.LoadAcquire() == SpanState::kFree) return nullptr;
  return p >= s->base && p < s->end() ? s : nullptr;
}

inline uint64_t* PointerBitsWord(uintptr_t p) {
  return &ArenaOf(p)->pointer_bits[(p % kArenaSize) / (abi::kWord * 64)];
}

}  // namespace gort::mem

#endif  // GORT_RUNTIME_MEM_ARENA_H_
