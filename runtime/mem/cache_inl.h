// SPDX-License-Identifier: BSD-3-Clause
//
// The steps of an allocation that leaf code and system code share.
//
// Before: runtime/mem/cache.h   After: runtime/mem/malloc.cc
#ifndef GORT_RUNTIME_MEM_CACHE_INL_H_
#define GORT_RUNTIME_MEM_CACHE_INL_H_

#include "runtime/mem/cache.h"

namespace gort::mem {

// The slot has room for one object.
GORT_ALWAYS_INLINE uintptr_t TakeFromSlot(Slot* slot) {
  uintptr_t p = slot->cursor;
  slot->cursor = p + slot->elemsize;
  return p;
}

// A place for a value of `size` < 16 bytes in the current tiny block, aligned as a value of that
// size can need; 0: does not fit.
GORT_ALWAYS_INLINE uintptr_t TakeTiny(Cache* cache, uintptr_t size) {
  // The lowest set bit of the size, at most 8: 7 bytes cannot hold anything aligned, 6 bytes 2-byte
  // values, ...
  uintptr_t align = size & (0 - size) & 7;
  if (align == 0) align = 8;
  uintptr_t p = (cache->tiny_cursor + align - 1) & (0 - align);
  if (p + size > cache->tiny_end) return 0;
  cache->tiny_cursor = p + size;
  cache->tiny_allocs++;
  return p;
}

// `block`: 16 zero bytes, whose first `size` are given out. The new block replaces the current one
// when it has more room left.
GORT_ALWAYS_INLINE void StartTinyBlock(Cache* cache, uintptr_t block, uintptr_t size) {
  if (kTinySize - size > cache->tiny_end - cache->tiny_cursor) {
    cache->tiny_cursor = block + size;
    cache->tiny_end = block + kTinySize;
    cache->tiny_block = block;
  }
}

// Contents before pointer: the stores of an allocation are visible before a store of its address
// is. Free on cpus that keep the order of stores.
GORT_ALWAYS_INLINE void PublicationBarrier() { __atomic_thread_fence(__ATOMIC_RELEASE); }

}  // namespace gort::mem

#endif  // GORT_RUNTIME_MEM_CACHE_INL_H_
