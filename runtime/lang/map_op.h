// SPDX-License-Identifier: BSD-3-Clause
//
// The operations of a map as far as they need neither memory nor growth, as templates over the kind
// of key; the leaf entries are made of them, one line each. Each says in its result when the whole
// operation has to be done on the system stack; then it has changed nothing.
//
// kWriting is set for the time of an assignment or deletion, with plain stores: it is not a lock
// but an alarm, which rings when two goroutines use a map at the same time often enough.
//
// Before: runtime/lang/map_find.h   After: runtime/lang/map_fast_leaf.cc
#ifndef GORT_RUNTIME_LANG_MAP_OP_H_
#define GORT_RUNTIME_LANG_MAP_OP_H_

#include "runtime/base/check.h"
#include "runtime/lang/map_find.h"

namespace gort::lang {

GORT_ALWAYS_INLINE void BeginWrite(abi::hmap* h) {
  __atomic_store_n(&h->flags, static_cast<uint8_t>(h->flags | kWriting), __ATOMIC_RELAXED);
}
GORT_ALWAYS_INLINE void EndWrite(abi::hmap* h) {
  const uint8_t flags = __atomic_load_n(&h->flags, __ATOMIC_RELAXED);
  if (GORT_UNLIKELY((flags & kWriting) == 0)) ThrowMisuse("concurrent map writes");
  __atomic_store_n(&h->flags, static_cast<uint8_t>(flags & ~kWriting), __ATOMIC_RELAXED);
}

// The whole search, where a lookup has not found its key at the first glance. A string comes in
// parts: as a whole it would be passed through a vector register, for which the caller would have
// to align its frame.
template <typename Key, typename... KeyParts>
static GORT_NOINLINE uint8_t* LookUpFrom(const abi::maptype* t, abi::bmap* b, uintptr_t hash,
                                         KeyParts... key) {
  const Place place = Find<Key>(t, b, {key...}, hash);
  return place.bucket == nullptr ? nullptr : ElemSlot<Key>(t, place.bucket, place.slot);
}

// The element of key, or nullptr. h is not empty. Nearly all lookups end at the first slot whose
// tophash matches or at a first bucket without one; what is here needs no register saved.
template <typename Key>
GORT_ALWAYS_INLINE uint8_t* LookUp(const abi::maptype* t, const abi::hmap* h, typename Key::Arg key,
                                   uintptr_t hash) {
  if (GORT_UNLIKELY((h->flags & kWriting) != 0)) ThrowMisuse("concurrent map read and map write");
  abi::bmap* b = SearchBucket(t, h, hash);
  Prefetch<Key>(t, b);
  const uint64_t tops = TopWord(b);
  const uint64_t match = MatchTop(tops, TopHash(hash));
  if (GORT_LIKELY(match != 0)) {
    const uint32_t i = SlotOf(match);
    if (GORT_LIKELY(Key::Equal(t, key, KeySlot<Key>(t, b, i)))) return ElemSlot<Key>(t, b, i);
  } else if (EndsSearch(tops) || Overflow(t, b) == nullptr) {
    return nullptr;
  }
  if constexpr (std::is_same_v<typename Key::Arg, abi::String>) {
    return LookUpFrom<Key>(t, b, hash, key.str, key.len);
  } else {
    return LookUpFrom<Key>(t, b, hash, key);
  }
}

template <typename Key>
GORT_ALWAYS_INLINE uint8_t* LookUp(const abi::maptype* t, const abi::hmap* h,
                                   typename Key::Arg key) {
  if (h == nullptr || h->count == 0) return nullptr;
  return LookUp<Key>(t, h, key, Key::Hash(key, h->hash0));
}

template <typename T>
GORT_ALWAYS_INLINE void PutKey(void* slot, T key) {
  Store(slot, key);
}
// By words: a 16-byte store would need a vector register and an aligned frame.
GORT_ALWAYS_INLINE void PutKey(void* slot, abi::String key) {
  Store(slot, key.str);
  Store(Add(slot, sizeof(void*)), key.len);
}

// Assignment to slot i of b, which has the key.
template <typename Key>
GORT_ALWAYS_INLINE uint8_t* AssignOld(const abi::maptype* t, abi::bmap* b, uint32_t i,
                                      typename Key::Arg key) {
  if (Key::kUpdate) {
    if (NeedsBarrier(t->key)) return nullptr;
    PutKey(KeySlot<Key>(t, b, i), key);
  }
  return ElemSlot<Key>(t, b, i);
}

// Assignment to the free slot i of b.
template <typename Key>
GORT_ALWAYS_INLINE uint8_t* AssignNew(const abi::maptype* t, abi::hmap* h, abi::bmap* b, uint32_t i,
                                      typename Key::Arg key, uintptr_t hash) {
  if (OverLoad(h->count + 1, h->B) || TooManyOverflow(h->noverflow, h->B) || NeedsBarrier(t->key))
    return nullptr;
  PutKey(KeySlot<Key>(t, b, i), key);
  b->tophash[i] = TopHash(hash);
  h->count++;
  return ElemSlot<Key>(t, b, i);
}

// The whole search, where an assignment is not done at the first glance.
template <typename Key, typename... KeyParts>
static GORT_NOINLINE uint8_t* AssignFrom(const abi::maptype* t, abi::hmap* h, abi::bmap* b,
                                         uintptr_t hash, KeyParts... key_parts) {
  const typename Key::Arg key = {key_parts...};
  const Target target = FindForAssign<Key>(t, b, key, hash);
  if (target.bucket == nullptr) return nullptr;
  return target.found ? AssignOld<Key>(t, target.bucket, target.slot, key)
                      : AssignNew<Key>(t, h, target.bucket, target.slot, key, hash);
}

template <typename Key>
GORT_ALWAYS_INLINE uint8_t* AssignInBucket(const abi::maptype* t, abi::hmap* h, abi::bmap* b,
                                           typename Key::Arg key, uintptr_t hash) {
  Prefetch<Key>(t, b);
  const uint64_t tops = TopWord(b);
  const uint64_t match = MatchTop(tops, TopHash(hash));
  if (GORT_LIKELY(match != 0)) {
    const uint32_t i = SlotOf(match);
    if (GORT_LIKELY(Key::Equal(t, key, KeySlot<Key>(t, b, i)))) return AssignOld<Key>(t, b, i, key);
  } else if (EndsSearch(tops)) {
    return AssignNew<Key>(t, h, b, SlotOf(MatchFree(tops)), key, hash);
  }
  if constexpr (std::is_same_v<typename Key::Arg, abi::String>) {
    return AssignFrom<Key>(t, h, b, hash, key.str, key.len);
  } else {
    return AssignFrom<Key>(t, h, b, hash, key);
  }
}

// The element slot of key, made if there is none. nullptr: the map is nil or has no buckets yet, is
// growing or has to, an overflow bucket is missing, or the store of the key needs the write
// barrier.
template <typename Key>
GORT_ALWAYS_INLINE uint8_t* AssignInPlace(const abi::maptype* t, abi::hmap* h,
                                          typename Key::Arg key) {
  if (GORT_UNLIKELY(h == nullptr || h->buckets == nullptr || h->oldbuckets != nullptr))
    return nullptr;
  if (GORT_UNLIKELY((h->flags & kWriting) != 0)) ThrowMisuse("concurrent map writes");
  const uintptr_t hash = Key::Hash(key, h->hash0);
  BeginWrite(h);
  uint8_t* elem =
      AssignInBucket<Key>(t, h, BucketAt(t, h->buckets, hash & BucketMask(h->B)), key, hash);
  EndWrite(h);
  return elem;
}

// False: the map is growing, or clearing the entry needs the write barrier.
template <typename Key>
GORT_ALWAYS_INLINE bool DeleteInPlace(const abi::maptype* t, abi::hmap* h, typename Key::Arg key) {
  if (h == nullptr || h->count == 0) return true;
  if (GORT_UNLIKELY((h->flags & kWriting) != 0)) ThrowMisuse("concurrent map writes");
  if (GORT_UNLIKELY(h->oldbuckets != nullptr) || NeedsBarrier(t->bucket)) return false;
  const uintptr_t hash = Key::Hash(key, h->hash0);
  BeginWrite(h);
  abi::bmap* first = BucketAt(t, h->buckets, hash & BucketMask(h->B));
  const Place place = Find<Key>(t, first, key, hash);
  if (place.bucket != nullptr) {
    if (t->key->has_pointers()) ClearBytes(KeySlot<Key>(t, place.bucket, place.slot), Key::Size(t));
    ClearBytes(ElemSlot<Key>(t, place.bucket, place.slot), t->elemsize);
    FreeSlot(t, first, place.bucket, place.slot);
    h->count--;
  }
  EndWrite(h);
  return true;
}

}  // namespace gort::lang

#endif  // GORT_RUNTIME_LANG_MAP_OP_H_
