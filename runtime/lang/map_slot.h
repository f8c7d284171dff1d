// SPDX-License-Identifier: BSD-3-Clause
//
// Entries that lie outside their bucket: a key or an element above 128 bytes is a pointer in its
// slot.
//
// Before: runtime/lang/map_op.h   After: runtime/lang/map_leaf.cc
#ifndef GORT_RUNTIME_LANG_MAP_SLOT_H_
#define GORT_RUNTIME_LANG_MAP_SLOT_H_

#include "runtime/lang/map.h"

namespace gort::lang {

inline bool IndirectKey(const abi::maptype* t) { return (t->flags & abi::kMapIndirectKey) != 0; }
inline bool IndirectElem(const abi::maptype* t) { return (t->flags & abi::kMapIndirectElem) != 0; }
inline bool ReflexiveKey(const abi::maptype* t) { return (t->flags & abi::kMapReflexiveKey) != 0; }

// The key or element itself, given its slot.
inline uint8_t* KeyIn(const abi::maptype* t, uint8_t* slot) {
  return IndirectKey(t) ? Load<uint8_t*>(slot) : slot;
}
inline uint8_t* ElemIn(const abi::maptype* t, uint8_t* slot) {
  return IndirectElem(t) ? Load<uint8_t*>(slot) : slot;
}

}  // namespace gort::lang

#endif  // GORT_RUNTIME_LANG_MAP_SLOT_H_
