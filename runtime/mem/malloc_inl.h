// SPDX-License-Identifier: BSD-3-Clause
//
// FastMalloc: an allocation that needs nothing but the P's cache, for leaf code.
//
// Before: runtime/mem/cache_inl.h   After: runtime/mem/malloc_leaf.cc
#ifndef GORT_RUNTIME_MEM_MALLOC_INL_H_
#define GORT_RUNTIME_MEM_MALLOC_INL_H_

#include "arch/arch.h"
#include "arch/memory.h"
#include "runtime/abi/roots.h"
#include "runtime/mem/cache.h"
#include "runtime/mem/cache_inl.h"
#include "runtime/mem/pointer_bits.h"

namespace gort::mem {

// n: multiple of 8. Short blocks in line.
GORT_ALWAYS_INLINE void ClearWords(uintptr_t p, uintptr_t n) {
  if (n > 64) {
    arch::ClearMemory(reinterpret_cast<void*>(p), n);
    return;
  }
  auto* word = reinterpret_cast<uint64_t*>(p);
  auto* end = reinterpret_cast<uint64_t*>(p + n);
  do {
    *word++ = 0;
    __asm__ volatile("" : "+r"(word));  // keeps the compiler from calling memset
  } while (word != end);
}

GORT_ALWAYS_INLINE Cache* LeafCache() {
  P* p = arch::GetG()->m->p;
  return p == nullptr ? nullptr : p->mcache;
}

// 0: take the slow path. Otherwise an object of at least `size` bytes, as Malloc would return it.
GORT_ALWAYS_INLINE uintptr_t FastMalloc(uintptr_t size, const abi::_type* type, bool needzero) {
  Cache* cache = LeafCache();
  if (GORT_UNLIKELY(cache == nullptr)) return 0;
  const bool noscan = type == nullptr || type->ptrdata == 0;
  if (GORT_UNLIKELY(size - 1 >= kMaxSmallSize)) {
    return size == 0 ? reinterpret_cast<uintptr_t>(roots->zerobase) : 0;
  }
  if (noscan && size < kTinySize) {
    uintptr_t p = TakeTiny(cache, size);
    if (p != 0) return p;
    Slot* slot = &cache->slots[MakeSpanClass(kTinySizeClass, true)];
    if (GORT_UNLIKELY(slot->limit - slot->cursor < kTinySize)) return 0;
    p = TakeFromSlot(slot);
    StartTinyBlock(cache, p, size);
    return p;
  }
  Slot* slot = &cache->slots[MakeSpanClass(SizeClassOf(size), noscan)];
  const uintptr_t elemsize = slot->elemsize;
  if (GORT_UNLIKELY(slot->limit - slot->cursor < elemsize || slot->limit == 0)) return 0;
  if (noscan) {
    const uintptr_t p = TakeFromSlot(slot);
    if (needzero && slot->dirty) ClearWords(p, elemsize);
    PublicationBarrier();
    return p;
  }
  if (elemsize <= 512) {
    const uintptr_t p = TakeFromSlot(slot);
    if (elemsize != abi::kWord) StoreSmallBits(p, SmallBits(type, size), elemsize);
    PublicationBarrier();
    return p;
  }
  if (elemsize > kMaxBitsSize) {
    const uintptr_t p = TakeFromSlot(slot);
    *TypeWordOf(p) = reinterpret_cast<uintptr_t>(type) | (size < 2 * type->size ? kOneValue : 0);
    PublicationBarrier();
    return p;
  }
  return 0;
}

}  // namespace gort::mem

#endif  // GORT_RUNTIME_MEM_MALLOC_INL_H_
