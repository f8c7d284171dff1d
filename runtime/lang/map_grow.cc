// SPDX-License-Identifier: BSD-3-Clause
//
// Bucket arrays: making, extending and moving them.
//
//   buckets -> | 2^B buckets | spare buckets, used as overflow buckets first |
//
// From 16 buckets on an array comes with spares, about one for 16 buckets, and with what the size
// class leaves. Among the spares a nil overflow word means "more follow"; the last one holds a
// pointer to tell the end.
//
// Moving goes in small steps, paid by assignments and deletions. Old bucket i splits into new
// bucket i and i + old count; its tophash bytes then say where each entry went (kMovedLow,
// kMovedHigh), which loops that still walk the old array read. Keys that differ from themselves
// (NaN) have no hash that could be computed again: while a loop is on, the lowest bit of the
// tophash decides, so that the loop can tell as well.
//
//   old i      | k1 k2 k3 k4 |          new i        | k1 k3 |     bit B-1 of the hash is 0
//                                       new i + 2^.. | k2 k4 |     ... is 1
//
// A map whose entries hold no pointers has buckets that the collector does not look into:
// hmap.extra then lists the overflow buckets to keep them alive.
//
// Before: runtime/lang/map.cc   After: runtime/lang/map_iter.h
#include <cstring>

#include "runtime/abi/roots.h"
#include "runtime/lang/map_any.h"
#include "runtime/lang/random.h"
#include "runtime/mem/malloc.h"

namespace gort::lang {
namespace {

// Buckets of the array for 2^B, spares included.
uintptr_t ArrayBuckets(const abi::maptype* t, uint8_t B) {
  const uintptr_t base = BucketCount(B);
  if (B < 4) return base;
  return mem::RoundUpSize((base + BucketCount(B - 4)) * t->bucketsize) / t->bucketsize;
}

BucketArray WithSpares(const abi::maptype* t, uint8_t B, abi::bmap* buckets, uintptr_t n) {
  const uintptr_t base = BucketCount(B);
  if (n == base) return {buckets, nullptr};
  StoreHeapPointer(OverflowSlot(t, BucketAt(t, buckets, n - 1)), buckets);
  return {buckets, BucketAt(t, buckets, base)};
}

// A bucket of the new array (or its overflow bucket) that takes entries in.
struct Destination {
  abi::bmap* bucket;
  int slot;
};

// NaN and what contains one.
template <typename Key>
bool DiffersFromItself(const abi::maptype* t, uint8_t* slot) {
  if constexpr (std::is_same_v<Key, KeyAny>) {
    return !ReflexiveKey(t) && !KeyAny::Equal(t, KeyIn(t, slot), slot);
  }
  return false;
}

template <typename Key>
uintptr_t HashOfSlot(const abi::maptype* t, uint8_t* slot, uintptr_t seed) {
  if constexpr (std::is_same_v<Key, KeyAny>) {
    return Hash(t->key, KeyIn(t, slot), seed).hash;
  } else {
    return Key::Hash(Load<typename Key::Arg>(slot), seed);
  }
}

template <typename Key>
void MoveBucket(const abi::maptype* t, abi::hmap* h, uintptr_t old_index) {
  abi::bmap* const first = BucketAt(t, h->oldbuckets, old_index);
  if (IsMoved(first)) return;
  const uintptr_t split = OldBucketCount(h);
  const bool doubling = (h->flags & kSameSizeGrow) == 0;
  const bool barrier = NeedsBarrier(t->bucket);
  Destination destination[2] = {
      {BucketAt(t, h->buckets, old_index), 0},
      {doubling ? BucketAt(t, h->buckets, old_index + split) : nullptr, 0},
  };
  for (abi::bmap* b = first; b != nullptr; b = Overflow(t, b)) {
    for (int i = 0; i < abi::kBucketCount; i++) {
      uint8_t top = b->tophash[i];
      if (IsFree(top)) {
        b->tophash[i] = kMovedEmpty;
        continue;
      }
      GORT_CHECK(top >= kMinTopHash, "bad map state");
      uint8_t* key = KeySlot<Key>(t, b, i);
      int high = 0;
      if (doubling) {
        const uintptr_t hash = HashOfSlot<Key>(t, key, h->hash0);
        if ((h->flags & kIterator) != 0 && DiffersFromItself<Key>(t, key)) {
          high = top & 1;
          top = TopHash(hash);
        } else {
          high = (hash & split) != 0;
        }
      }
      b->tophash[i] = static_cast<uint8_t>(kMovedLow + high);
      Destination* to = &destination[high];
      if (to->slot == abi::kBucketCount) *to = {NewOverflow(t, h, to->bucket), 0};
      uint8_t* new_key = KeySlot<Key>(t, to->bucket, to->slot);
      uint8_t* new_elem = ElemSlot<Key>(t, to->bucket, to->slot);
      uint8_t* elem = ElemSlot<Key>(t, b, i);
      to->bucket->tophash[to->slot++] = top;
      if (GORT_UNLIKELY(barrier)) {
        gc::BulkBarrierPreWrite(new_key, key, Key::Size(t) & ~(abi::kWord - 1));
        gc::BulkBarrierPreWrite(new_elem, elem, t->elemsize & ~(abi::kWord - 1));
      }
      CopyValue(new_key, key, Key::Size(t));
      CopyValue(new_elem, elem, t->elemsize);
    }
  }
  // What the old bucket held must not be kept alive by it.
  if ((h->flags & kOldIterator) == 0 && t->bucket->has_pointers()) {
    uint8_t* p = Add(first, kKeysOffset);
    const uintptr_t n = t->bucketsize - kKeysOffset;
    if (barrier) gc::BulkBarrierPreWrite(p, nullptr, n);
    arch::ClearMemory(p, n);
  }
}

// The moved buckets at the beginning of the old array have no gap: when they are all, growing is
// over.
void AdvanceMark(const abi::maptype* t, abi::hmap* h) {
  const uintptr_t count = OldBucketCount(h);
  uintptr_t mark = h->nevacuate + 1;
  const uintptr_t stop = mark + 1024 < count ? mark + 1024 : count;  // bounds the time of one step
  while (mark != stop && IsMoved(BucketAt(t, h->oldbuckets, mark))) mark++;
  h->nevacuate = mark;
  if (mark != count) return;
  ClearHeapPointer(&h->oldbuckets);
  if (h->extra != nullptr) ClearHeapPointer(&h->extra->oldoverflow);
  h->flags &= static_cast<uint8_t>(~kSameSizeGrow);
}

template <typename Key>
void Step(const abi::maptype* t, abi::hmap* h, uintptr_t old_index) {
  MoveBucket<Key>(t, h, old_index);
  if (old_index == h->nevacuate) AdvanceMark(t, h);
}

// list = append(list, b), in the heap.
void Append(abi::Slice* list, abi::bmap* b) {
  if (list->len == list->cap) {
    const intptr_t cap = list->cap == 0 ? 1 : list->cap * 2;
    void* array = mem::Malloc(static_cast<uintptr_t>(cap) * sizeof(void*),
                              abi::TypeOf(roots->pointerPtr), true);
    const uintptr_t used = static_cast<uintptr_t>(list->len) * sizeof(void*);
    if (BarrierOn() && used != 0) gc::BulkBarrierPreWrite(array, list->array, used);
    arch::MoveMemory(array, list->array, used);
    StoreHeapPointer(&list->array, array);
    list->cap = cap;
  }
  StoreHeapPointer(static_cast<abi::bmap**>(list->array) + list->len, b);
  list->len++;
}

// noverflow is exact in small maps; in large ones it is an estimate that fits into 16 bits.
void CountOverflow(abi::hmap* h) {
  if (h->B < 16 || (NextRandom() & ((1u << (h->B - 15)) - 1)) == 0) h->noverflow++;
}

}  // namespace

BucketArray NewBuckets(const abi::maptype* t, uint8_t B) {
  const uintptr_t n = ArrayBuckets(t, B);
  return WithSpares(t, B, static_cast<abi::bmap*>(mem::Malloc(n * t->bucketsize, t->bucket, true)),
                    n);
}

BucketArray ResetBuckets(const abi::maptype* t, uint8_t B, abi::bmap* buckets) {
  const uintptr_t n = ArrayBuckets(t, B);
  if (NeedsBarrier(t->bucket)) gc::BulkBarrierPreWrite(buckets, nullptr, n * t->bucketsize);
  arch::ClearMemory(buckets, n * t->bucketsize);
  return WithSpares(t, B, buckets, n);
}

void MakeExtra(abi::hmap* h) {
  if (h->extra != nullptr) return;
  StoreHeapPointer(&h->extra,
                   static_cast<abi::mapextra*>(mem::NewObject(abi::TypeOf(roots->mapextraPtr))));
}

void MakeOverflowList(abi::hmap* h) {
  MakeExtra(h);
  if (h->extra->overflow != nullptr) return;
  StoreHeapPointer(&h->extra->overflow,
                   static_cast<abi::Slice*>(mem::NewObject(abi::TypeOf(roots->bmapPtrSlicePtr))));
}

abi::bmap* NewOverflow(const abi::maptype* t, abi::hmap* h, abi::bmap* b) {
  abi::bmap* spare = h->extra == nullptr ? nullptr : h->extra->nextOverflow;
  if (spare == nullptr) {
    spare = static_cast<abi::bmap*>(mem::NewObject(t->bucket));
  } else if (Overflow(t, spare) == nullptr) {
    StoreHeapPointer(&h->extra->nextOverflow, BucketAt(t, spare, 1));
  } else {
    ClearHeapPointer(OverflowSlot(t, spare));
    ClearHeapPointer(&h->extra->nextOverflow);
  }
  CountOverflow(h);
  if (!t->bucket->has_pointers()) {
    MakeOverflowList(h);
    Append(h->extra->overflow, spare);
  }
  StoreHeapPointer(OverflowSlot(t, b), spare);
  return spare;
}

void StartGrow(const abi::maptype* t, abi::hmap* h) {
  const bool doubling = OverLoad(h->count + 1, h->B);
  const uint8_t B = static_cast<uint8_t>(h->B + (doubling ? 1 : 0));
  const BucketArray array = NewBuckets(t, B);
  uint8_t flags = static_cast<uint8_t>(h->flags & ~(kIterator | kOldIterator));
  if ((h->flags & kIterator) != 0) flags |= kOldIterator;
  if (!doubling) flags |= kSameSizeGrow;
  h->B = B;
  h->flags = flags;
  StoreHeapPointer(&h->oldbuckets, h->buckets);
  StoreHeapPointer(&h->buckets, array.buckets);
  h->nevacuate = 0;
  h->noverflow = 0;
  if (h->extra != nullptr && h->extra->overflow != nullptr) {
    GORT_CHECK(h->extra->oldoverflow == nullptr, "oldoverflow is not nil");
    StoreHeapPointer(&h->extra->oldoverflow, h->extra->overflow);
    ClearHeapPointer(&h->extra->overflow);
  }
  if (array.next_overflow != nullptr) {
    MakeExtra(h);
    StoreHeapPointer(&h->extra->nextOverflow, array.next_overflow);
  }
}

void GrowWork(const abi::maptype* t, abi::hmap* h, uintptr_t bucket) {
  WithKeyOf(t, [&]<typename Key>() {
    Step<Key>(t, h, bucket & (OldBucketCount(h) - 1));
    if (Growing(h)) Step<Key>(t, h, h->nevacuate);
  });
}

}  // namespace gort::lang
