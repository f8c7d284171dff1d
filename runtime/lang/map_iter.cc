// SPDX-License-Identifier: BSD-3-Clause
//
// Loops over maps that grow, and reflect's loops, whose iterator lies in the heap.
//
// Before: runtime/lang/map_iter_leaf.cc   After: runtime/lang/type.h
#include "runtime/lang/map_iter.h"

#include "asm/gen/entries.h"
#include "runtime/abi/roots.h"
#include "runtime/lang/map_any.h"
#include "runtime/mem/malloc.h"

namespace gort::lang {
namespace {

struct GrowLookup {
  // An entry of an old bucket goes to new bucket `bucket` or to its sibling; keys unequal to
  // themselves have no hash to tell by, the lowest bit of the tophash decides (MoveBucket).
  static bool BelongsTo(const abi::hiter* it, const uint8_t* key, uint8_t top, uintptr_t bucket) {
    const abi::maptype* t = it->t;
    if (Comparable(t, key)) {
      return (Hash(t->key, key, it->h->hash0).hash & BucketMask(it->B)) == bucket;
    }
    return bucket >> (it->B - 1) == (top & 1u);
  }

  // The entry was moved: where it is now. An entry whose key differs from itself cannot have been
  // changed or deleted, so the old copy is right.
  static bool Found(const abi::hiter* it, uint8_t** key, uint8_t** elem) {
    const abi::maptype* t = it->t;
    const abi::hmap* h = it->h;
    if (!Comparable(t, *key)) return true;
    if (h->count == 0) return false;
    const uintptr_t hash = Hash(t->key, *key, h->hash0).hash;
    const Place place = Find<KeyAny>(t, SearchBucket(t, h, hash), *key, hash);
    if (place.bucket == nullptr) return false;
    *key = KeyIn(t, KeySlot<KeyAny>(t, place.bucket, place.slot));
    *elem = ElemIn(t, ElemSlot<KeyAny>(t, place.bucket, place.slot));
    return true;
  }

 private:
  static bool Comparable(const abi::maptype* t, const uint8_t* key) {
    return ReflexiveKey(t) || Equal(t->key, key, key).equal;
  }
};

void Next(abi::hiter* it) { NextEntry<GrowLookup, false>(it); }

void Init(abi::maptype* t, abi::hmap* h, abi::hiter* it) {
  it->t = t;
  if (h == nullptr || h->count == 0) return;
  if (!t->bucket->has_pointers()) {
    MakeOverflowList(h);
    it->overflow = h->extra->overflow;
    it->oldoverflow = h->extra->oldoverflow;
  }
  StartIteration(t, h, it);
  Next(it);
}

}  // namespace

// ---- Entered from Go ----

extern "C" {

void gort_mapiterinit_slow(entry::mapiterinit_slow* a) { Init(a->t, a->h, a->it); }
void gort_mapiternext_slow(entry::mapiternext_slow* a) { Next(a->it); }

// reflect's iterators lie in the heap, so what is stored there passes the write barrier: the step
// is made on a copy.
void gort_reflect_mapiterinit(entry::reflect_mapiterinit* a) {
  abi::_type* type = abi::TypeOf(roots->hiterPtr);
  abi::hiter copy = {};
  Init(a->t, a->h, &copy);
  auto* it = static_cast<abi::hiter*>(mem::NewObject(type));
  TypedMove(type, it, &copy);
  a->ret = it;
}
void gort_reflect_mapiternext(entry::reflect_mapiternext* a) {
  abi::hiter copy = *a->it;
  Next(&copy);
  TypedMove(abi::TypeOf(roots->hiterPtr), a->it, &copy);
}

}  // extern "C"

}  // namespace gort::lang
