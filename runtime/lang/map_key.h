// SPDX-License-Identifier: BSD-3-Clause
//
// What the map algorithms need to know about a kind of key, as policies; the algorithms are
// templates over them.
//
//   Key32, Key64   4 or 8 bytes of plain memory (also pointers and channels), by value
//   KeyString      a string
//   KeyShortString a string of at most 16 bytes: without loops and calls, so that a function that
//                  knows only such keys keeps nothing on the stack
//   KeyAny         everything else, by address; hash and equality from the type descriptor
//
// All of them compute the same hash for the same key of one map type: reflect reaches a map[int]T
// through KeyAny.
//
//   Arg            how the key is passed
//   Equal(t, k, s) is k the key in slot s
//   Put(t, s, k)   stores a new key into slot s
//   kLines         cache lines behind its first that the keys of a bucket may reach into
//   kUpdate        an equal key may differ in its bytes and is stored again (t->flags says so for
//                  KeyAny)
//
// Before: runtime/lang/map.h   After: runtime/lang/map_find.h
#ifndef GORT_RUNTIME_LANG_MAP_KEY_H_
#define GORT_RUNTIME_LANG_MAP_KEY_H_

#include "runtime/lang/hash.h"
#include "runtime/lang/map.h"

namespace gort::lang {

struct Key32 {
  using Arg = uint32_t;
  static constexpr int kLines = 1;
  static constexpr bool kUpdate = false;
  static uintptr_t Size(const abi::maptype*) { return 4; }
  static uintptr_t Hash(Arg k, uintptr_t seed) { return HashWord32(k, seed); }
  static bool Equal(const abi::maptype*, Arg k, const void* slot) {
    return Load<uint32_t>(slot) == k;
  }
};

struct Key64 {
  using Arg = uint64_t;
  static constexpr int kLines = 1;
  static constexpr bool kUpdate = false;
  static uintptr_t Size(const abi::maptype*) { return 8; }
  static uintptr_t Hash(Arg k, uintptr_t seed) { return HashWord64(k, seed); }
  static bool Equal(const abi::maptype*, Arg k, const void* slot) {
    return Load<uint64_t>(slot) == k;
  }
};

struct KeyString {
  using Arg = abi::String;
  static constexpr int kLines = 2;
  static constexpr bool kUpdate = true;  // the new bytes may free a larger string
  static uintptr_t Size(const abi::maptype*) { return sizeof(abi::String); }
  static uintptr_t Hash(Arg k, uintptr_t seed) { return HashString(k, seed); }
  static GORT_ALWAYS_INLINE bool Equal(const abi::maptype*, Arg k, const void* slot) {
    auto* s = static_cast<const abi::String*>(slot);
    return s->len == k.len && EqualBytes(s->str, k.str, static_cast<uintptr_t>(k.len));
  }
};

struct KeyShortString : KeyString {
  static constexpr intptr_t kMaxLen = 16;
  static uintptr_t Hash(Arg k, uintptr_t seed) {
    return HashShort(k.str, static_cast<uintptr_t>(k.len), seed);
  }
  static GORT_ALWAYS_INLINE bool Equal(const abi::maptype*, Arg k, const void* slot) {
    auto* s = static_cast<const abi::String*>(slot);
    return s->len == k.len &&
           (s->str == k.str || EqualShort(s->str, k.str, static_cast<uintptr_t>(k.len)));
  }
};

}  // namespace gort::lang

#endif  // GORT_RUNTIME_LANG_MAP_KEY_H_
