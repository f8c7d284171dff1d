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
  if (GORT_UNLIKELY((flags & kWriting) == 0)) Throw("concurrent map writes");
  __atomic_store_n(&h->flags, static_cast<uint8_t>(flags & ~kWriting), __ATOMIC_RELAXED);
}

// The element of key, or nullptr. h is not empty.
template <typename Key>
GORT_ALWAYS_INLINE uint8_t* LookUp(const abi::maptype* t, const abi::hmap* h, typename Key::Arg key,
                                   uintptr_t hash) {
  if (GORT_UNLIKELY((h->flags & kWriting) != 0)) Throw("concurrent map read and map write");
  const Place place = Find<Key>(t, SearchBucket(t, h, hash), key, hash);
  return place.bucket == nullptr ? nullptr : ElemSlot<Key>(t, place.bucket, place.slot);
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

// The element slot of key, made if there is none. nullptr: the map is nil or has no buckets yet, is
// growing or has to, an overflow bucket is missing, or the store of the key needs the write
// barrier.
template <typename Key>
GORT_ALWAYS_INLINE uint8_t* AssignInPlace(const abi::maptype* t, abi::hmap* h,
                                          typename Key::Arg key) {
  if (GORT_UNLIKELY(h == nullptr || h->buckets == nullptr || h->oldbuckets != nullptr))
    return nullptr;
  if (GORT_UNLIKELY((h->flags & kWriting) != 0)) Throw("concurrent map writes");
  const uintptr_t hash = Key::Hash(key, h->hash0);
  BeginWrite(h);
  const Target target =
      FindForAssign<Key>(t, BucketAt(t, h->buckets, hash & BucketMask(h->B)), key, hash);
  uint8_t* elem = nullptr;
  if (GORT_LIKELY(target.bucket != nullptr)) {
    if (target.found) {
      if (!Key::kUpdate || !NeedsBarrier(t->key)) {
        if (Key::kUpdate) PutKey(KeySlot<Key>(t, target.bucket, target.slot), key);
        elem = ElemSlot<Key>(t, target.bucket, target.slot);
      }
    } else if (GORT_LIKELY(!OverLoad(h->count + 1, h->B) && !TooManyOverflow(h->noverflow, h->B) &&
                           !NeedsBarrier(t->key))) {
      PutKey(KeySlot<Key>(t, target.bucket, target.slot), key);
      target.bucket->tophash[target.slot] = TopHash(hash);
      h->count++;
      elem = ElemSlot<Key>(t, target.bucket, target.slot);
    }
  }
  EndWrite(h);
  return elem;
}

// False: the map is growing, or clearing the entry needs the write barrier.
template <typename Key>
GORT_ALWAYS_INLINE bool DeleteInPlace(const abi::maptype* t, abi::hmap* h, typename Key::Arg key) {
  if (h == nullptr || h->count == 0) return true;
  if (GORT_UNLIKELY((h->flags & kWriting) != 0)) Throw("concurrent map writes");
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
