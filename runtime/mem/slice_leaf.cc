// SPDX-License-Identifier: BSD-3-Clause
//
// make and append on the goroutine stack: the block comes from the P's cache and the copy is short.
// Whatever else may be due goes to slice.cc by a jump; nothing has been changed by then.
//
// Before: runtime/mem/slice.cc   After: runtime/mem/heap_slot.h
#include "arch/leaf.h"
#include "arch/memory.h"
#include "runtime/abi/roots.h"
#include "runtime/mem/malloc_inl.h"
#include "runtime/mem/slice_inl.h"

namespace gort::mem {
namespace {

// Copies and clears the rest of a new block. Words are moved whole: a mark worker may look.
GORT_ALWAYS_INLINE void CopyWords(void* to, const void* from, uintptr_t n) {
  if (n == 8) {
    *static_cast<uint64_t*>(to) = *static_cast<const uint64_t*>(from);
  } else if (n != 0) {
    arch::MoveMemory(to, from, n);
  }
}

GORT_ALWAYS_INLINE bool BarrierOn() { return roots->writeBarrier->enabled; }

}  // namespace

// ---- Entered from Go ----

GORT_LEAF(makeslice) {
  uintptr_t bytes;
  if (GORT_UNLIKELY(a.len < 0 || a.len > a.cap || !ArrayBytes(a.et, a.cap, &bytes))) {
    GORT_TAIL(makeslice_slow);
  }
  const uintptr_t p = FastMalloc(bytes, a.et, true);
  if (GORT_UNLIKELY(p == 0)) GORT_TAIL(makeslice_slow);
  a.ret = reinterpret_cast<void*>(p);
}

GORT_LEAF(makeslicecopy) {
  uintptr_t bytes;
  if (GORT_UNLIKELY(!ArrayBytes(a.et, a.tolen, &bytes))) GORT_TAIL(makeslicecopy_slow);
  const bool pointers = a.et->ptrdata != 0;
  if (GORT_UNLIKELY(pointers && BarrierOn())) GORT_TAIL(makeslicecopy_slow);
  const uintptr_t p = FastMalloc(bytes, pointers ? a.et : nullptr, pointers);
  if (GORT_UNLIKELY(p == 0)) GORT_TAIL(makeslicecopy_slow);
  uintptr_t copied = bytes;
  if (a.tolen > a.fromlen) {
    copied = a.et->size * static_cast<uintptr_t>(a.fromlen);
    if (!pointers) arch::ClearMemory(reinterpret_cast<char*>(p) + copied, bytes - copied);
  }
  if (copied != 0) arch::MoveMemory(reinterpret_cast<void*>(p), a.from, copied);
  a.ret = reinterpret_cast<void*>(p);
}

GORT_LEAF(growslice) {
  const abi::_type* element = a.et;
  const abi::Slice old = a.old;
  const intptr_t needed = a.cap;
  uintptr_t bytes;
  if (GORT_UNLIKELY(needed < old.cap || element->size == 0 ||
                    !ArrayBytes(element, GrownCapacity(old, needed), &bytes) ||
                    bytes - 1 >= kMaxSmallSize)) {
    GORT_TAIL(growslice_slow);
  }
  const bool pointers = element->ptrdata != 0;
  if (GORT_UNLIKELY(pointers && BarrierOn())) GORT_TAIL(growslice_slow);
  const intptr_t capacity = ElementsIn(element, kClasses[SizeClassOf(bytes)].size);
  const uintptr_t block = static_cast<uintptr_t>(capacity) * element->size;
  const uintptr_t p = FastMalloc(block, pointers ? element : nullptr, false);
  if (GORT_UNLIKELY(p == 0)) GORT_TAIL(growslice_slow);
  if (!pointers) {
    const uintptr_t filled = static_cast<uintptr_t>(needed) * element->size;
    if (filled != block) arch::ClearMemory(reinterpret_cast<char*>(p) + filled, block - filled);
  }
  CopyWords(reinterpret_cast<void*>(p), old.array, static_cast<uintptr_t>(old.len) * element->size);
  a.ret.array = reinterpret_cast<void*>(p);
  a.ret.len = old.len;
  a.ret.cap = capacity;
}

}  // namespace gort::mem
