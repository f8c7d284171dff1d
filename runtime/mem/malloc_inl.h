// SPDX-License-Identifier: BSD-3-Clause
//
// FastMalloc: an allocation that needs nothing but the P's cache, for leaf code.
//
// Before: runtime/mem/cache_inl.h   After: runtime/mem/malloc_leaf.cc
#ifndef GORT_RUNTIME_MEM_MALLOC_INL_H_
#define GORT_RUNTIME_MEM_MALLOC_INL_H_

#include "arch/arch.h"
#include "runtime/abi/roots.h"
#include "runtime/mem/cache.h"
#include "runtime/mem/cache_inl.h"
#include "runtime/mem/pointer_bits.h"

namespace gort::mem {

// Go code runs with a P.
GORT_ALWAYS_INLINE Cache* LeafCache() { return arch::GetG()->m->p->mcache; }

// Values without pointers of less than 16 bytes.
GORT_ALWAYS_INLINE uintptr_t FastMallocTiny(Cache* cache, uintptr_t size) {
  uintptr_t p = TakeTiny(cache, size);
  if (p != 0) return p;
  Slot* slot = &cache->slots[MakeSpanClass(kTinySizeClass, true)];
  p = slot->cursor;
  if (GORT_UNLIKELY(p + kTinySize > slot->clean)) return 0;
  slot->cursor = p + kTinySize;
  StartTinyBlock(cache, p, size);
  return p;
}

// 0: take the slow path. Otherwise an object of at least `size` bytes, as Malloc would return it.
GORT_ALWAYS_INLINE uintptr_t FastMalloc(uintptr_t size, const abi::_type* type, bool needzero) {
  const bool noscan = type == nullptr || type->ptrdata == 0;
  if (GORT_UNLIKELY(size - 1 >= kMaxSmallSize)) {
    return size == 0 ? reinterpret_cast<uintptr_t>(roots->zerobase) : 0;
  }
  Cache* cache = LeafCache();
  if (noscan && size < kTinySize) return FastMallocTiny(cache, size);
  Slot* slot = &cache->slots[MakeSpanClass(SizeClassOf(size), noscan)];
  const uintptr_t elemsize = slot->elemsize;
  const uintptr_t p = slot->cursor;
  if (GORT_UNLIKELY(p + elemsize > (noscan && !needzero ? slot->limit : slot->clean))) return 0;
  if (noscan) {
    slot->cursor = p + elemsize;
    PublicationBarrier();
    return p;
  }
  auto* word = reinterpret_cast<uint64_t*>(slot->bits_bias + p / 512 * 8);
  if (elemsize <= 512) {
    if (elemsize != abi::kWord) StoreSmallBits(word, p, SmallBits(type, size), elemsize);
  } else if (elemsize > kMaxBitsSize) {
    // The first whole word of the object's bits: the next one unless the object begins a word.
    word += p % 512 != 0;
    *word = reinterpret_cast<uintptr_t>(type) | (size < 2 * type->size ? kOneValue : 0);
  } else {
    return 0;
  }
  slot->cursor = p + elemsize;
  PublicationBarrier();
  return p;
}

}  // namespace gort::mem

#endif  // GORT_RUNTIME_MEM_MALLOC_INL_H_
