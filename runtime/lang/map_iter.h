// SPDX-License-Identifier: BSD-3-Clause
//
// Loops over maps: the part of mapiterinit and mapiternext that leaf and system code share.
//
// A loop begins at a random bucket and a random slot, the same for every bucket, and goes round
// once. It keeps the array it began with: when the map grows meanwhile, entries of that array that
// were moved are looked up again by key, so a deleted entry does not come and a changed one comes
// with its new value.
//
// A loop that begins while the map is growing runs over the new array. As long as the old bucket
// behind a new one is not moved, it takes from the old bucket those entries that will go to the new
// one (checkBucket).
//
//   order   startBucket ... last, 0 ... startBucket-1; in each bucket slots offset ... 7, 0 ...
//           offset-1
//
// Before: runtime/lang/map_grow.cc   After: runtime/lang/map_iter_leaf.cc
#ifndef GORT_RUNTIME_LANG_MAP_ITER_H_
#define GORT_RUNTIME_LANG_MAP_ITER_H_

#include "runtime/base/check.h"
#include "runtime/lang/map.h"
#include "runtime/lang/map_slot.h"
#include "runtime/lang/random.h"

namespace gort::lang {

constexpr uintptr_t kNoCheck = ~uintptr_t{0};

// Where the loop starts; h is not empty. Overflow lists of pointer-free maps are the caller's
// business.
GORT_ALWAYS_INLINE void StartIteration(const abi::maptype* t, abi::hmap* h, abi::hiter* it) {
  it->t = const_cast<abi::maptype*>(t);
  it->h = h;
  it->B = h->B;
  it->buckets = h->buckets;
  uintptr_t random = NextRandom();
  if (h->B > 28) random += static_cast<uintptr_t>(NextRandom()) << 31;
  it->startBucket = random & BucketMask(h->B);
  it->offset = static_cast<uint8_t>(random >> h->B & (abi::kBucketCount - 1));
  it->bucket = it->startBucket;
  // Loops may begin at the same time in several goroutines.
  constexpr uint8_t both = kIterator | kOldIterator;
  if ((h->flags & both) != both) __atomic_fetch_or(&h->flags, both, __ATOMIC_RELAXED);
}

// Moves the loop to its next entry. Lookup: how to find the present place of an entry that was
// moved, and which new bucket an old entry will go to:
//   bool Lookup::Found(it, key_slot, &key, &elem)      false: the entry was deleted
//   bool Lookup::BelongsTo(it, key_slot, top, bucket)
// With kSimple there is no Lookup: returns false, nothing changed, when one would be needed.
template <typename Lookup, bool kSimple>
GORT_ALWAYS_INLINE bool NextEntry(abi::hiter* it) {
  abi::hmap* h = it->h;
  if (GORT_UNLIKELY((h->flags & kWriting) != 0))
    ThrowMisuse("concurrent map iteration and map write");
  const abi::maptype* t = it->t;
  uintptr_t bucket = it->bucket;
  uintptr_t check = it->checkBucket;
  abi::bmap* b = it->bptr;
  int i = it->i;
  bool wrapped = it->wrapped;
  for (;;) {
    if (b == nullptr) {
      if (bucket == it->startBucket && wrapped) {
        it->key = nullptr;
        it->elem = nullptr;
        return true;
      }
      check = kNoCheck;
      b = BucketAt(t, it->buckets, bucket);
      if (GORT_UNLIKELY(Growing(h)) && it->B == h->B) {
        abi::bmap* old = BucketAt(t, h->oldbuckets, bucket & (OldBucketCount(h) - 1));
        if (!IsMoved(old)) {
          check = bucket;
          b = old;
        }
      }
      bucket++;
      if (bucket == BucketCount(it->B)) {
        bucket = 0;
        wrapped = true;
      }
      i = 0;
    }
    for (; i < abi::kBucketCount; i++) {
      const int slot = (i + it->offset) & (abi::kBucketCount - 1);
      const uint8_t top = b->tophash[slot];
      if (IsFree(top) || top == kMovedEmpty) continue;
      uint8_t* key = Add(b, kKeysOffset + static_cast<uintptr_t>(slot) * t->keysize);
      uint8_t* elem = Add(b, kKeysOffset + abi::kBucketCount * uintptr_t{t->keysize} +
                                 static_cast<uintptr_t>(slot) * t->elemsize);
      key = KeyIn(t, key);
      elem = ElemIn(t, elem);
      if (GORT_UNLIKELY(check != kNoCheck) && (h->flags & kSameSizeGrow) == 0) {
        if constexpr (kSimple) {
          return false;
        } else if (!Lookup::BelongsTo(it, key, top, check)) {
          continue;
        }
      }
      if (GORT_UNLIKELY(top == kMovedLow || top == kMovedHigh)) {
        if constexpr (kSimple) {
          return false;
        } else if (!Lookup::Found(it, &key, &elem)) {
          continue;
        }
      }
      it->key = key;
      it->elem = elem;
      it->bucket = bucket;
      it->bptr = b;
      it->i = static_cast<uint8_t>(i + 1);
      it->checkBucket = check;
      it->wrapped = wrapped;
      return true;
    }
    b = Overflow(t, b);
    i = 0;
  }
}

}  // namespace gort::lang

#endif  // GORT_RUNTIME_LANG_MAP_ITER_H_
