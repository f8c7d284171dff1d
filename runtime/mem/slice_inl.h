// SPDX-License-Identifier: BSD-3-Clause
//
// The arithmetic of make and append, which leaf and system code share.
//
// append's capacities are visible to programs, so the rule is exactly Go 1.15's: twice the old
// capacity while the slice is shorter than 1024 elements, then steps of a quarter, at least what is
// asked for; then as many elements as the block that the allocator rounds to can hold.
//
// Before: runtime/mem/malloc_inl.h   After: runtime/mem/slice.cc
#ifndef GORT_RUNTIME_MEM_SLICE_INL_H_
#define GORT_RUNTIME_MEM_SLICE_INL_H_

#include "runtime/abi/type.h"
#include "runtime/base/stack_rules.h"
#include "runtime/mem/arena.h"

namespace gort::mem {

constexpr intptr_t kDoublingEnds = 1024;  // elements

GORT_ALWAYS_INLINE intptr_t GrownCapacity(abi::Slice old, intptr_t needed) {
  const intptr_t doubled = static_cast<intptr_t>(static_cast<uintptr_t>(old.cap) * 2);
  if (needed > doubled) return needed;
  if (old.len < kDoublingEnds) return doubled;
  intptr_t capacity = old.cap;
  while (capacity > 0 && capacity < needed) {
    capacity = static_cast<intptr_t>(static_cast<uintptr_t>(capacity) +
                                     static_cast<uintptr_t>(capacity / 4));
  }
  return capacity > 0 ? capacity : needed;
}

// Bytes of n elements; false: more than there can be.
GORT_ALWAYS_INLINE bool ArrayBytes(const abi::_type* element, intptr_t n, uintptr_t* bytes) {
  return n >= 0 && !__builtin_mul_overflow(element->size, static_cast<uintptr_t>(n), bytes) &&
         *bytes <= kMaxAlloc;
}

// bytes / element->size; sizes are mostly powers of two.
GORT_ALWAYS_INLINE intptr_t ElementsIn(const abi::_type* element, uintptr_t bytes) {
  const uintptr_t size = element->size;
  if ((size & (size - 1)) == 0) return static_cast<intptr_t>(bytes >> __builtin_ctzll(size));
  return static_cast<intptr_t>(bytes / size);
}

}  // namespace gort::mem

#endif  // GORT_RUNTIME_MEM_SLICE_INL_H_
