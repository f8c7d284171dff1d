// SPDX-License-Identifier: BSD-3-Clause
//
// KeyAny: keys by address, of any type, on the system stack; and which kind of key a map type has.
//
// Before: runtime/lang/map_leaf.cc   After: runtime/lang/map.cc
#ifndef GORT_RUNTIME_LANG_MAP_ANY_H_
#define GORT_RUNTIME_LANG_MAP_ANY_H_

#include "runtime/lang/map_op.h"
#include "runtime/lang/map_slot.h"
#include "runtime/lang/type.h"
#include "runtime/lang/value_inl.h"

namespace gort::lang {

struct KeyAny {
  using Arg = const void*;
  static constexpr int kLines = 1;
  static uintptr_t Size(const abi::maptype* t) { return t->keysize; }
  static bool Equal(const abi::maptype* t, Arg k, const void* slot) {
    const void* key = IndirectKey(t) ? Load<const void*>(slot) : slot;
    const Answer answer = EqualSimple(t->key, k, key);
    return answer == Answer::kWalk ? lang::Equal(t->key, k, key).equal : answer == Answer::kYes;
  }
};

enum class KeyKind : uint8_t { k32, k64, kString, kAny };

// The kind whose hash and layout a map type's keys have, whichever entry the compiler chose.
inline KeyKind KindOf(const abi::maptype* t) {
  if ((t->key->tflag & abi::kTflagRegularMemory) != 0) {
    if (t->key->size == 8) return KeyKind::k64;
    if (t->key->size == 4) return KeyKind::k32;
    return KeyKind::kAny;
  }
  return t->key->kind_() == abi::kString ? KeyKind::kString : KeyKind::kAny;
}

// Calls f.template operator()<Key>() with the policy of t's keys.
template <typename F>
inline auto WithKeyOf(const abi::maptype* t, F f) {
  switch (KindOf(t)) {
    case KeyKind::k32:
      return f.template operator()<Key32>();
    case KeyKind::k64:
      return f.template operator()<Key64>();
    case KeyKind::kString:
      return f.template operator()<KeyString>();
    default:
      return f.template operator()<KeyAny>();
  }
}

}  // namespace gort::lang

#endif  // GORT_RUNTIME_LANG_MAP_ANY_H_
