// SPDX-License-Identifier: BSD-3-Clause
//
// Maps with keys of other kinds, as far as they end on the goroutine stack: keys whose hash and
// equality need no walk (value_inl.h), interfaces that hold such values, and entries of any size,
// in the bucket or outside.
//
// Whether a key can be handled here is known when its hash is: an interface key with a simple
// dynamic type is equal to nothing but another value of that type.
//
// Before: runtime/lang/map_fast_leaf.cc   After: runtime/lang/map_any.h
#include "arch/leaf.h"
#include "runtime/lang/map_op.h"
#include "runtime/lang/map_slot.h"
#include "runtime/lang/value_inl.h"
#include "runtime/mem/malloc_inl.h"

namespace gort::lang {
namespace {

struct KeySimple {
  using Arg = const void*;
  static constexpr int kLines = 1;
  static uintptr_t Size(const abi::maptype* t) { return t->keysize; }
  static GORT_ALWAYS_INLINE bool Equal(const abi::maptype* t, Arg k, const void* slot) {
    const void* key = IndirectKey(t) ? Load<const void*>(slot) : slot;
    if (t->key->kind_() != abi::kInterface) return EqualSimple(t->key, k, key) == Answer::kYes;
    if (Load<uintptr_t>(k) != Load<uintptr_t>(key)) return false;
    return EqualData(DynamicTypeAt(t->key, k), static_cast<const abi::eface*>(k)->data,
                     static_cast<const abi::eface*>(key)->data) == Answer::kYes;
  }
};

// False: the hash needs a walk, or panics.
GORT_ALWAYS_INLINE bool HashKey(const abi::maptype* t, const void* key, uintptr_t seed,
                                uintptr_t* hash) {
  if (t->key->kind_() != abi::kInterface) return HashSimple(t->key, key, seed, hash);
  return HashData(DynamicTypeAt(t->key, key), &static_cast<const abi::eface*>(key)->data, seed,
                  hash);
}

enum class Outcome : uint8_t { kAbsent, kPresent, kSlow };

GORT_ALWAYS_INLINE Outcome Access(const abi::maptype* t, const abi::hmap* h, const void* key,
                                  uint8_t** elem) {
  if (h == nullptr || h->count == 0) {
    return (t->flags & abi::kMapHashMightPanic) != 0 ? Outcome::kSlow : Outcome::kAbsent;
  }
  uintptr_t hash;
  if (!HashKey(t, key, h->hash0, &hash)) return Outcome::kSlow;
  uint8_t* slot = LookUp<KeySimple>(t, h, key, hash);
  if (slot == nullptr) return Outcome::kAbsent;
  *elem = ElemIn(t, slot);
  return Outcome::kPresent;
}

// Only an existing entry, or a new one whose key and element lie in the bucket.
GORT_ALWAYS_INLINE uint8_t* Assign(const abi::maptype* t, abi::hmap* h, const void* key) {
  if (h == nullptr || h->buckets == nullptr || h->oldbuckets != nullptr) return nullptr;
  uintptr_t hash;
  if (!HashKey(t, key, h->hash0, &hash)) return nullptr;
  if (GORT_UNLIKELY((h->flags & kWriting) != 0)) ThrowMisuse("concurrent map writes");
  const Target target =
      FindForAssign<KeySimple>(t, BucketAt(t, h->buckets, hash & BucketMask(h->B)), key, hash);
  if (target.bucket == nullptr || NeedsBarrier(t->key)) return nullptr;
  uint8_t* slot = KeySlot<KeySimple>(t, target.bucket, target.slot);
  if (target.found) {
    if ((t->flags & abi::kMapNeedKeyUpdate) != 0) CopyBytes(KeyIn(t, slot), key, t->key->size);
  } else {
    if (IndirectKey(t) || IndirectElem(t) || OverLoad(h->count + 1, h->B) ||
        TooManyOverflow(h->noverflow, h->B)) {
      return nullptr;
    }
    BeginWrite(h);
    CopyBytes(slot, key, t->keysize);
    target.bucket->tophash[target.slot] = TopHash(hash);
    h->count++;
    EndWrite(h);
  }
  return ElemIn(t, ElemSlot<KeySimple>(t, target.bucket, target.slot));
}

}  // namespace

// ---- Entered from Go ----

GORT_LEAF(mapaccess1) {
  uint8_t* elem = static_cast<uint8_t*>(ZeroValue());
  if (Access(a.t, a.h, a.key, &elem) == Outcome::kSlow) GORT_TAIL(mapaccess1_slow);
  a.ret = elem;
}
GORT_LEAF(mapaccess2) {
  uint8_t* elem = static_cast<uint8_t*>(ZeroValue());
  const Outcome outcome = Access(a.t, a.h, a.key, &elem);
  if (outcome == Outcome::kSlow) GORT_TAIL(mapaccess2_slow);
  a.ret = elem;
  a.ret1 = outcome == Outcome::kPresent;
}
GORT_LEAF(mapaccess1_fat) {
  uint8_t* elem = static_cast<uint8_t*>(a.zero);
  if (Access(a.t, a.h, a.key, &elem) == Outcome::kSlow) GORT_TAIL(mapaccess1_fat_slow);
  a.ret = elem;
}
GORT_LEAF(mapaccess2_fat) {
  uint8_t* elem = static_cast<uint8_t*>(a.zero);
  const Outcome outcome = Access(a.t, a.h, a.key, &elem);
  if (outcome == Outcome::kSlow) GORT_TAIL(mapaccess2_fat_slow);
  a.ret = elem;
  a.ret1 = outcome == Outcome::kPresent;
}

GORT_LEAF(mapassign) {
  uint8_t* elem = Assign(a.t, a.h, a.key);
  if (elem == nullptr) GORT_TAIL(mapassign_slow);
  a.ret = elem;
}

GORT_LEAF(mapdelete) {
  if ((a.h == nullptr || a.h->count == 0) && (a.t->flags & abi::kMapHashMightPanic) == 0) return;
  GORT_TAIL(mapdelete_slow);
}

GORT_LEAF(makemap_small) {
  auto* h = reinterpret_cast<abi::hmap*>(
      mem::FastMalloc(sizeof(abi::hmap), abi::TypeOf(roots->hmapPtr), true));
  if (h == nullptr) GORT_TAIL(makemap_small_slow);
  h->hash0 = NextRandom();
  a.ret = h;
}

GORT_LEAF(reflect_maplen) { a.ret = a.h == nullptr ? 0 : a.h->count; }
GORT_LEAF(reflectlite_maplen) { a.ret = a.h == nullptr ? 0 : a.h->count; }
GORT_LEAF(reflect_mapiterkey) { a.ret = a.it->key; }
GORT_LEAF(reflect_mapiterelem) { a.ret = a.it->elem; }

}  // namespace gort::lang
