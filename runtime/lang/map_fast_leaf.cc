// SPDX-License-Identifier: BSD-3-Clause
//
// Maps with 4-byte, 8-byte and string keys: lookups always, assignments and deletions mostly end
// here, on the goroutine stack. The compiler chooses these entries by the key's type when the
// element is at most 128 bytes; the ptr forms store a key that the collector must see.
//
// Before: runtime/lang/map_op.h   After: runtime/lang/map_leaf.cc
#include "arch/leaf.h"
#include "runtime/lang/map_op.h"

namespace gort::lang {

alignas(64) uint8_t zero_value[kZeroValueSize];

namespace {

GORT_ALWAYS_INLINE void* OrZero(uint8_t* elem) { return elem != nullptr ? elem : ZeroValue(); }

// Long strings are hashed and compared by loops and calls: a function of their own keeps the
// registers that takes out of the entries, where most keys are short. (A string is passed in parts:
// as a whole it would go through a vector register and align the frame.)
GORT_NOINLINE uint8_t* LookUpLong(const abi::maptype* t, const abi::hmap* h, const uint8_t* str,
                                  intptr_t len) {
  return LookUp<KeyString>(t, h, {str, len});
}
GORT_NOINLINE uint8_t* AssignLong(const abi::maptype* t, abi::hmap* h, const uint8_t* str,
                                  intptr_t len) {
  return AssignInPlace<KeyString>(t, h, {str, len});
}
GORT_ALWAYS_INLINE uint8_t* LookUpString(const abi::maptype* t, const abi::hmap* h,
                                         abi::String key) {
  if (GORT_UNLIKELY(key.len > KeyShortString::kMaxLen)) return LookUpLong(t, h, key.str, key.len);
  return LookUp<KeyShortString>(t, h, key);
}
GORT_ALWAYS_INLINE uint8_t* AssignString(const abi::maptype* t, abi::hmap* h, abi::String key) {
  if (GORT_UNLIKELY(key.len > KeyShortString::kMaxLen)) return AssignLong(t, h, key.str, key.len);
  return AssignInPlace<KeyShortString>(t, h, key);
}

uint64_t Word(void* p) { return reinterpret_cast<uintptr_t>(p); }
uint32_t HalfWord(void* p) { return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(p)); }

}  // namespace

// ---- Entered from Go ----

GORT_LEAF(mapaccess1_fast32) { a.ret = OrZero(LookUp<Key32>(a.t, a.h, a.key)); }
GORT_LEAF(mapaccess1_fast64) { a.ret = OrZero(LookUp<Key64>(a.t, a.h, a.key)); }
GORT_LEAF(mapaccess1_faststr) { a.ret = OrZero(LookUpString(a.t, a.h, a.key)); }

GORT_LEAF(mapaccess2_fast32) {
  uint8_t* elem = LookUp<Key32>(a.t, a.h, a.key);
  a.ret = OrZero(elem);
  a.ret1 = elem != nullptr;
}
GORT_LEAF(mapaccess2_fast64) {
  uint8_t* elem = LookUp<Key64>(a.t, a.h, a.key);
  a.ret = OrZero(elem);
  a.ret1 = elem != nullptr;
}
GORT_LEAF(mapaccess2_faststr) {
  uint8_t* elem = LookUpString(a.t, a.h, a.key);
  a.ret = OrZero(elem);
  a.ret1 = elem != nullptr;
}

GORT_LEAF(mapassign_fast32) {
  uint8_t* elem = AssignInPlace<Key32>(a.t, a.h, a.key);
  if (elem == nullptr) GORT_TAIL(mapassign_fast32_slow);
  a.ret = elem;
}
GORT_LEAF(mapassign_fast32ptr) {
  uint8_t* elem = AssignInPlace<Key32>(a.t, a.h, HalfWord(a.key));
  if (elem == nullptr) GORT_TAIL(mapassign_fast32ptr_slow);
  a.ret = elem;
}
GORT_LEAF(mapassign_fast64) {
  uint8_t* elem = AssignInPlace<Key64>(a.t, a.h, a.key);
  if (elem == nullptr) GORT_TAIL(mapassign_fast64_slow);
  a.ret = elem;
}
GORT_LEAF(mapassign_fast64ptr) {
  uint8_t* elem = AssignInPlace<Key64>(a.t, a.h, Word(a.key));
  if (elem == nullptr) GORT_TAIL(mapassign_fast64ptr_slow);
  a.ret = elem;
}
GORT_LEAF(mapassign_faststr) {
  uint8_t* elem = AssignString(a.t, a.h, a.key);
  if (elem == nullptr) GORT_TAIL(mapassign_faststr_slow);
  a.ret = elem;
}

GORT_LEAF(mapdelete_fast32) {
  if (!DeleteInPlace<Key32>(a.t, a.h, a.key)) GORT_TAIL(mapdelete_fast32_slow);
}
GORT_LEAF(mapdelete_fast64) {
  if (!DeleteInPlace<Key64>(a.t, a.h, a.key)) GORT_TAIL(mapdelete_fast64_slow);
}
GORT_LEAF(mapdelete_faststr) {
  if (!DeleteInPlace<KeyString>(a.t, a.h, a.key)) GORT_TAIL(mapdelete_faststr_slow);
}

}  // namespace gort::lang
