// SPDX-License-Identifier: BSD-3-Clause
//
// Maps: the words every map file shares. A map is an array of 2^B buckets; the low B bits of a
// key's hash choose the bucket, the high 8 bits are kept beside the key so that a search looks at
// few keys.
//
//   bucket   tophash[8] | key[8] | elem[8] | overflow* -> bucket -> ...
//   tophash  0 free, and all slots behind it too    1 free    2,3 moved to the lower/upper half of
//                                                   the new array
//            4 free, bucket is moved                5..255 the slot is used
//
// The eight tophash bytes are one 64-bit word: a search compares all of them at once (MatchTop) and
// then looks only at keys whose byte matches, mostly one. A 0 anywhere ends the search, without a
// look at the overflow pointer.
//
// Growing. Above 6.5 entries per bucket the array doubles; with too many overflow buckets for its
// entries it is made anew in the same size. hmap.oldbuckets is the array being left: every
// assignment and deletion moves its own old bucket and one more (map_grow.cc), lookups ask the old
// bucket as long as it is not moved.
//
//   old bucket i  ->  new i, or new i + 2^(B-1), by one more bit of the hash
//
// The files: map_fast_leaf.cc searches and most assignments of 4-byte, 8-byte and string keys on
// the goroutine stack; map_leaf.cc the same for other keys; map.cc the whole operations on the
// system stack; map_grow.cc, map_iter*.cc.
//
// Before: runtime/lang/map_zero.h   After: runtime/lang/map_key.h
#ifndef GORT_RUNTIME_LANG_MAP_H_
#define GORT_RUNTIME_LANG_MAP_H_

#include "runtime/abi/map.h"
#include "runtime/base/stack_rules.h"
#include "runtime/base/upcalls.h"
#include "runtime/lang/bytes.h"
#include "runtime/lang/map_zero.h"
#include "runtime/lang/typed_memory.h"
#include "runtime/mem/heap_slot.h"

namespace gort::lang {

constexpr uint8_t kEmptyRest = 0;
constexpr uint8_t kEmptyOne = 1;
constexpr uint8_t kMovedLow = 2;
constexpr uint8_t kMovedHigh = 3;
constexpr uint8_t kMovedEmpty = 4;
constexpr uint8_t kMinTopHash = 5;

// hmap.flags
constexpr uint8_t kIterator = 1;      // a loop may walk buckets
constexpr uint8_t kOldIterator = 2;   // a loop may walk oldbuckets
constexpr uint8_t kWriting = 4;       // a goroutine is in an assignment or deletion
constexpr uint8_t kSameSizeGrow = 8;  // oldbuckets has as many buckets as buckets

constexpr uintptr_t kKeysOffset = sizeof(abi::bmap);

// The highest byte of the hash, raised by 5 when it is one of the marks. Without a branch: it would
// be mispredicted once in 51 times, and known to be only after a miss of the key.
inline uint8_t TopHash(uintptr_t hash) {
  const uintptr_t top = hash >> 56;
  const uintptr_t is_mark = (top - kMinTopHash) >> 61;  // 7 if it is negative
  return static_cast<uint8_t>(top + (is_mark & kMinTopHash));
}
inline bool IsFree(uint8_t top) { return top <= kEmptyOne; }
inline bool IsMoved(const abi::bmap* b) {
  const uint8_t top = b->tophash[0];
  return top > kEmptyOne && top < kMinTopHash;
}

inline uintptr_t BucketCount(uint8_t B) { return uintptr_t{1} << (B & 63); }
inline uintptr_t BucketMask(uint8_t B) { return BucketCount(B) - 1; }
inline bool Growing(const abi::hmap* h) { return h->oldbuckets != nullptr; }
inline uintptr_t OldBucketCount(const abi::hmap* h) {
  return (h->flags & kSameSizeGrow) != 0 ? BucketCount(h->B) : BucketCount(h->B) >> 1;
}

inline abi::bmap* BucketAt(const abi::maptype* t, abi::bmap* buckets, uintptr_t i) {
  return reinterpret_cast<abi::bmap*>(Add(buckets, i * t->bucketsize));
}
inline abi::bmap** OverflowSlot(const abi::maptype* t, abi::bmap* b) {
  return reinterpret_cast<abi::bmap**>(Add(b, t->bucketsize - sizeof(void*)));
}
inline abi::bmap* Overflow(const abi::maptype* t, abi::bmap* b) { return *OverflowSlot(t, b); }

// The bucket that a search for this hash begins with.
GORT_ALWAYS_INLINE abi::bmap* SearchBucket(const abi::maptype* t, const abi::hmap* h,
                                           uintptr_t hash) {
  uintptr_t mask = BucketMask(h->B);
  if (GORT_UNLIKELY(h->oldbuckets != nullptr)) {
    abi::bmap* old = BucketAt(t, h->oldbuckets, hash & (OldBucketCount(h) - 1));
    if (!IsMoved(old)) return old;
  }
  return BucketAt(t, h->buckets, hash & mask);
}

// -- Eight tophash bytes as a word. A match is a word with bit 8i+7 set for slot i. --
//
// x - 1 borrows into the top bit of a byte that is 0, and further into a 1 right above it. So above
// a slot that matches, MatchTop may show one whose byte differs from top in the lowest bit; it is
// used, and comparing its key is harmless. MatchFree has no such bytes: their lowest bits are
// cleared.

constexpr uint64_t kEachByte = 0x0101010101010101;

GORT_ALWAYS_INLINE uint64_t TopWord(const abi::bmap* b) { return Load<uint64_t>(b); }
GORT_ALWAYS_INLINE uint64_t MatchTop(uint64_t tops, uint8_t top) {
  const uint64_t x = tops ^ (top * kEachByte);
  return (x - kEachByte) & ~x & (kEachByte << 7);
}
// Slots whose byte is 0 or 1.
GORT_ALWAYS_INLINE uint64_t MatchFree(uint64_t tops) { return MatchTop(tops & ~kEachByte, 0); }
GORT_ALWAYS_INLINE uint32_t SlotOf(uint64_t match) {
  return static_cast<uint32_t>(__builtin_ctzll(match)) >> 3;
}
// The last slot ends the search if any does: a 0 means that all behind it are 0.
GORT_ALWAYS_INLINE bool EndsSearch(uint64_t tops) { return (tops >> 56) == kEmptyRest; }

// -- Load --

// count entries are more than 6.5 per bucket in 2^B buckets (a single bucket may be full).
inline bool OverLoad(intptr_t count, uint8_t B) {
  return count > abi::kBucketCount && static_cast<uintptr_t>(count) > 13 * (BucketCount(B) >> 1);
}
inline bool TooManyOverflow(uint16_t noverflow, uint8_t B) {
  return noverflow >= static_cast<uint16_t>(1 << (B > 15 ? 15 : B));
}

// -- System stack: map_grow.cc --

using mem::StoreHeapPointer;
template <typename T>
inline void ClearHeapPointer(T** slot) {
  StoreHeapPointer(slot, static_cast<T*>(nullptr));
}

struct BucketArray {
  abi::bmap* buckets;
  abi::bmap* next_overflow;  // first of the spare buckets behind the array, or nullptr
};
GORT_SYSTEM_STACK BucketArray NewBuckets(const abi::maptype* t, uint8_t B);
GORT_SYSTEM_STACK BucketArray ResetBuckets(const abi::maptype* t, uint8_t B, abi::bmap* buckets);
// Makes the extra words and the lists that keep overflow buckets of pointer-free maps alive.
GORT_SYSTEM_STACK void MakeExtra(abi::hmap* h);
GORT_SYSTEM_STACK void MakeOverflowList(abi::hmap* h);
GORT_SYSTEM_STACK abi::bmap* NewOverflow(const abi::maptype* t, abi::hmap* h, abi::bmap* b);
// Begins to grow: a larger array, or one of the same size.
GORT_SYSTEM_STACK void StartGrow(const abi::maptype* t, abi::hmap* h);
// Moves the old bucket that `bucket` (of the new array) comes from, and one more.
GORT_SYSTEM_STACK void GrowWork(const abi::maptype* t, abi::hmap* h, uintptr_t bucket);
GORT_SYSTEM_STACK abi::hmap* MakeMap(const abi::maptype* t, intptr_t hint, abi::hmap* h);

}  // namespace gort::lang

#endif  // GORT_RUNTIME_LANG_MAP_H_
