// SPDX-License-Identifier: BSD-3-Clause
//
// Equality and hash of values whose type needs no walk: plain memory, strings, floats, what
// interfaces hold of these, and structs whose fields are such. Leaf code takes this path and leaves
// everything else to the system stack (equal.cc, hash.cc), which computes the same.
//
//   plain memory   kTflagRegularMemory: integers, pointers, channels, and structs or arrays of them
//                  without padding
//   a value in an interface is the data word itself (direct_iface) or what the data word points to
//
// Before: runtime/lang/hash_leaf.cc   After: runtime/lang/equal_leaf.cc
#ifndef GORT_RUNTIME_LANG_VALUE_INL_H_
#define GORT_RUNTIME_LANG_VALUE_INL_H_

#include "runtime/abi/type.h"
#include "runtime/lang/hash.h"
#include "runtime/lang/random.h"

namespace gort::lang {

enum class Answer : uint8_t {
  kNo,
  kYes,
  kWalk
};  // kWalk: the type has to be walked, or the operation panics

inline Answer AnswerOf(bool b) { return b ? Answer::kYes : Answer::kNo; }

GORT_ALWAYS_INLINE bool EqualString(const void* p, const void* q) {
  const auto* s = static_cast<const abi::String*>(p);
  const auto* t = static_cast<const abi::String*>(q);
  return s->len == t->len && EqualBytes(s->str, t->str, static_cast<uintptr_t>(s->len));
}

// A float or complex number; kWalk if it is none.
Answer EqualFloat(abi::Kind kind, const void* p, const void* q);
// A struct, field by field.
Answer EqualFields(const abi::structtype* t, const uint8_t* p, const uint8_t* q);

GORT_ALWAYS_INLINE bool EqualPlain(const void* p, const void* q, uintptr_t n) {
  return n == sizeof(uint64_t) ? Load<uint64_t>(p) == Load<uint64_t>(q) : EqualBytes(p, q, n);
}

// t is comparable.
GORT_ALWAYS_INLINE Answer EqualScalar(const abi::_type* t, const void* p, const void* q) {
  if ((t->tflag & abi::kTflagRegularMemory) != 0) return AnswerOf(EqualPlain(p, q, t->size));
  if (GORT_LIKELY(t->kind_() == abi::kString)) return AnswerOf(EqualString(p, q));
  return EqualFloat(t->kind_(), p, q);
}

GORT_ALWAYS_INLINE Answer EqualSimple(const abi::_type* t, const void* p, const void* q) {
  if ((t->tflag & abi::kTflagRegularMemory) != 0) return AnswerOf(EqualPlain(p, q, t->size));
  if (GORT_LIKELY(t->kind_() == abi::kString)) return AnswerOf(EqualString(p, q));
  if (t->kind_() == abi::kStruct) {
    return EqualFields(reinterpret_cast<const abi::structtype*>(t), static_cast<const uint8_t*>(p),
                       static_cast<const uint8_t*>(q));
  }
  return EqualFloat(t->kind_(), p, q);
}

// The data words of two interfaces that have the same dynamic type t; t may be nullptr.
GORT_ALWAYS_INLINE Answer EqualData(const abi::_type* t, const void* x, const void* y) {
  if (t == nullptr) return Answer::kYes;
  if (t->equal == nullptr) return Answer::kWalk;
  if (t->direct_iface()) return AnswerOf(x == y);
  return EqualSimple(t, x, y);
}

template <typename Float, typename Bits>
GORT_ALWAYS_INLINE uintptr_t HashComplex(const void* p, uintptr_t seed) {
  const uintptr_t h = HashFloat<Float, Bits>(p, seed, NextRandom());
  return HashFloat<Float, Bits>(Add(p, sizeof(Float)), h, NextRandom());
}

// Interfaces mix the dynamic type in, so that 1 and "\1" in a map[interface{}]T do not meet.
inline uintptr_t DynamicSeed(const abi::_type* t, uintptr_t seed) {
  return seed ^ static_cast<uintptr_t>(t->hash) << 16;
}

// False: the type has to be walked, or has no hash; *hash is as before.
GORT_ALWAYS_INLINE bool HashScalar(const abi::_type* t, const void* p, uintptr_t seed,
                                   uintptr_t* hash) {
  if ((t->tflag & abi::kTflagRegularMemory) != 0) {
    *hash = HashMemory(p, t->size, seed);
    return true;
  }
  switch (t->kind_()) {
    case abi::kString:
      *hash = HashString(*static_cast<const abi::String*>(p), seed);
      return true;
    case abi::kFloat32:
      *hash = HashFloat<float, uint32_t>(p, seed, NextRandom());
      return true;
    case abi::kFloat64:
      *hash = HashFloat<double, uint64_t>(p, seed, NextRandom());
      return true;
    case abi::kComplex64:
      *hash = HashComplex<float, uint32_t>(p, seed);
      return true;
    case abi::kComplex128:
      *hash = HashComplex<double, uint64_t>(p, seed);
      return true;
    default:
      return false;
  }
}

// A struct, field by field; neighbouring fields of plain memory as one piece.
bool HashFields(const abi::structtype* t, const uint8_t* p, uintptr_t seed, uintptr_t* hash);

GORT_ALWAYS_INLINE bool HashSimple(const abi::_type* t, const void* p, uintptr_t seed,
                                   uintptr_t* hash) {
  if (HashScalar(t, p, seed, hash)) return true;
  if (t->kind_() != abi::kStruct) return false;
  return HashFields(reinterpret_cast<const abi::structtype*>(t), static_cast<const uint8_t*>(p),
                    seed, hash);
}

// The value in an interface: t its dynamic type, *word its data word.
GORT_ALWAYS_INLINE bool HashData(const abi::_type* t, void* const* word, uintptr_t seed,
                                 uintptr_t* hash) {
  if (t == nullptr) {
    *hash = seed;
    return true;
  }
  if (t->equal == nullptr) return false;
  return HashSimple(t, t->direct_iface() ? static_cast<const void*>(word) : *word,
                    DynamicSeed(t, seed), hash);
}

inline abi::_type* DynamicType(abi::iface i) { return i.tab == nullptr ? nullptr : i.tab->type; }

// The name "_": flags, length in two bytes with the high one first, text.
inline bool IsBlank(abi::name n) { return Load<uint32_t>(n.bytes) >> 8 == ('_' << 16 | 1 << 8); }

// The dynamic type of the interface value at p, of static type t. An eface and an iface differ only
// in what the first word points to.
GORT_ALWAYS_INLINE const abi::_type* DynamicTypeAt(const abi::_type* t, const void* p) {
  if (reinterpret_cast<const abi::interfacetype*>(t)->method_count() == 0) {
    return static_cast<const abi::eface*>(p)->type;
  }
  return DynamicType(*static_cast<const abi::iface*>(p));
}

}  // namespace gort::lang

#endif  // GORT_RUNTIME_LANG_VALUE_INL_H_
