// SPDX-License-Identifier: BSD-3-Clause
//
// The whole operations of maps, on the system stack: the slow twins of the leaf entries, makemap,
// mapclear, and the forms that reflect calls.
//
// A key whose hash panics (an interface that holds a slice) raises before anything is changed, also
// when the map is empty or nil.
//
// Before: runtime/lang/map_any.h   After: runtime/lang/map_grow.cc
#include <cstring>

#include "asm/gen/entries.h"
#include "runtime/abi/roots.h"
#include "runtime/lang/map_any.h"
#include "runtime/lang/random.h"
#include "runtime/mem/entry.h"
#include "runtime/mem/malloc.h"
#include "runtime/panic/panic.h"

namespace gort::lang {
namespace {

constexpr uintptr_t kMaxAlloc = uintptr_t{1} << 48;

// Stores a new key into its slot.
template <typename Key>
void PutNewKey(const abi::maptype* t, uint8_t* slot, typename Key::Arg key) {
  if constexpr (!std::is_same_v<Key, KeyAny>) {
    TypedMove(t->key, slot, &key);
  } else {
    if (IndirectKey(t)) {
      auto* box = static_cast<uint8_t*>(mem::NewObject(t->key));
      StoreHeapPointer(reinterpret_cast<uint8_t**>(slot), box);
      slot = box;
    }
    TypedMove(t->key, slot, key);
  }
}

// An equal key is there: its bytes are replaced where they may differ.
template <typename Key>
void UpdateKey(const abi::maptype* t, uint8_t* slot, typename Key::Arg key) {
  if constexpr (!std::is_same_v<Key, KeyAny>) {
    if (Key::kUpdate) TypedMove(t->key, slot, &key);
  } else if ((t->flags & abi::kMapNeedKeyUpdate) != 0) {
    TypedMove(t->key, KeyIn(t, slot), key);
  }
}

template <typename Key>
uint8_t* Assign(const abi::maptype* t, abi::hmap* h, typename Key::Arg key, uintptr_t hash) {
  if ((h->flags & kWriting) != 0) ThrowMisuse("concurrent map writes");
  BeginWrite(h);
  if (h->buckets == nullptr) StoreHeapPointer(&h->buckets, NewBuckets(t, 0).buckets);
  Target target;
  for (;;) {
    const uintptr_t bucket = hash & BucketMask(h->B);
    if (Growing(h)) GrowWork(t, h, bucket);
    target = FindForAssign<Key>(t, BucketAt(t, h->buckets, bucket), key, hash);
    if (target.found || Growing(h) ||
        (!OverLoad(h->count + 1, h->B) && !TooManyOverflow(h->noverflow, h->B))) {
      break;
    }
    StartGrow(t, h);
  }
  if (target.found) {
    UpdateKey<Key>(t, KeySlot<Key>(t, target.bucket, target.slot), key);
  } else {
    if (target.bucket == nullptr) {
      target.bucket = NewOverflow(t, h, target.last);
      target.slot = 0;
    }
    PutNewKey<Key>(t, KeySlot<Key>(t, target.bucket, target.slot), key);
    if (IndirectElem(t)) {
      StoreHeapPointer(reinterpret_cast<void**>(ElemSlot<Key>(t, target.bucket, target.slot)),
                       mem::NewObject(t->elem));
    }
    target.bucket->tophash[target.slot] = TopHash(hash);
    h->count++;
  }
  EndWrite(h);
  return ElemIn(t, ElemSlot<Key>(t, target.bucket, target.slot));
}

template <typename Key>
void Delete(const abi::maptype* t, abi::hmap* h, typename Key::Arg key, uintptr_t hash) {
  if ((h->flags & kWriting) != 0) ThrowMisuse("concurrent map writes");
  BeginWrite(h);
  const uintptr_t bucket = hash & BucketMask(h->B);
  if (Growing(h)) GrowWork(t, h, bucket);
  abi::bmap* first = BucketAt(t, h->buckets, bucket);
  const Place place = Find<Key>(t, first, key, hash);
  if (place.bucket != nullptr) {
    uint8_t* key_slot = KeySlot<Key>(t, place.bucket, place.slot);
    uint8_t* elem_slot = ElemSlot<Key>(t, place.bucket, place.slot);
    if (IndirectKey(t)) {
      ClearHeapPointer(reinterpret_cast<void**>(key_slot));
    } else if (t->key->has_pointers()) {
      TypedClear(t->key, key_slot);
    }
    if (IndirectElem(t)) {
      ClearHeapPointer(reinterpret_cast<void**>(elem_slot));
    } else {
      TypedClear(t->elem, elem_slot);
    }
    FreeSlot(t, first, place.bucket, place.slot);
    h->count--;
  }
  EndWrite(h);
}

// False: the key has no hash; the panic is raised.
bool HashOf(const abi::maptype* t, const abi::hmap* h, const void* key, uintptr_t* hash) {
  const HashResult result = Hash(t->key, key, h == nullptr ? 0 : h->hash0);
  if (result.unhashable != nullptr) {
    RaiseWithType("hash of unhashable type ", result.unhashable);
    return false;
  }
  *hash = result.hash;
  return true;
}

// The element, or nullptr. False: a panic is raised.
bool AccessAny(const abi::maptype* t, abi::hmap* h, const void* key, uint8_t** elem) {
  *elem = nullptr;
  uintptr_t hash;
  if (h == nullptr || h->count == 0) {
    return (t->flags & abi::kMapHashMightPanic) == 0 || HashOf(t, h, key, &hash);
  }
  if (!HashOf(t, h, key, &hash)) return false;
  uint8_t* slot = LookUp<KeyAny>(t, h, key, hash);
  if (slot != nullptr) *elem = ElemIn(t, slot);
  return true;
}

constexpr char kNilMap[] = "assignment to entry in nil map";

template <typename Key, typename Args>
void AssignFast(Args* a, typename Key::Arg key) {
  if (a->h == nullptr) return panic::RaisePlain(kNilMap);
  a->ret = Assign<Key>(a->t, a->h, key, Key::Hash(key, a->h->hash0));
}

// The element slot; nullptr: a panic is raised.
uint8_t* AssignAny(const abi::maptype* t, abi::hmap* h, const void* key) {
  uintptr_t hash;
  if (h == nullptr) {
    panic::RaisePlain(kNilMap);
    return nullptr;
  }
  if ((h->flags & kWriting) != 0) ThrowMisuse("concurrent map writes");
  if (!HashOf(t, h, key, &hash)) return nullptr;
  return Assign<KeyAny>(t, h, key, hash);
}

void DeleteAny(const abi::maptype* t, abi::hmap* h, const void* key) {
  uintptr_t hash;
  if (h == nullptr || h->count == 0) {
    if ((t->flags & abi::kMapHashMightPanic) != 0) HashOf(t, h, key, &hash);
    return;
  }
  if ((h->flags & kWriting) != 0) ThrowMisuse("concurrent map writes");
  if (HashOf(t, h, key, &hash)) Delete<KeyAny>(t, h, key, hash);
}

void Clear(const abi::maptype* t, abi::hmap* h) {
  if (h == nullptr || h->count == 0) return;
  if ((h->flags & kWriting) != 0) ThrowMisuse("concurrent map writes");
  BeginWrite(h);
  h->flags &= static_cast<uint8_t>(~kSameSizeGrow);
  ClearHeapPointer(&h->oldbuckets);
  h->nevacuate = 0;
  h->noverflow = 0;
  h->count = 0;
  if (h->extra != nullptr) TypedClear(abi::TypeOf(roots->mapextraPtr), h->extra);
  const BucketArray array = ResetBuckets(t, h->B, h->buckets);
  if (array.next_overflow != nullptr) {
    MakeExtra(h);
    StoreHeapPointer(&h->extra->nextOverflow, array.next_overflow);
  }
  EndWrite(h);
}

abi::hmap* NewHeader() {
  return static_cast<abi::hmap*>(mem::NewObject(abi::TypeOf(roots->hmapPtr)));
}

}  // namespace

abi::hmap* MakeMap(const abi::maptype* t, intptr_t hint, abi::hmap* h) {
  uintptr_t bytes;
  if (__builtin_mul_overflow(static_cast<uintptr_t>(hint), t->bucket->size, &bytes) ||
      bytes > kMaxAlloc) {
    hint = 0;
  }
  if (h == nullptr) h = NewHeader();
  h->hash0 = NextRandom();
  uint8_t B = 0;
  while (OverLoad(hint, B)) B++;
  h->B = B;
  if (B != 0) {  // A single bucket is made by the first assignment, or lies in the frame already.
    const BucketArray array = NewBuckets(t, B);
    StoreHeapPointer(&h->buckets, array.buckets);
    if (array.next_overflow != nullptr) {
      MakeExtra(h);
      StoreHeapPointer(&h->extra->nextOverflow, array.next_overflow);
    }
  }
  return h;
}

// ---- Entered from Go ----

extern "C" {

void gort_makemap_small_slow(entry::makemap_small_slow* a) {
  a = mem::AfterCollection(a);
  abi::hmap* h = NewHeader();
  h->hash0 = NextRandom();
  a->ret = h;
}
void gort_makemap(entry::makemap* a) {
  a = mem::AfterCollection(a);
  a->ret = MakeMap(a->t, a->hint, a->h);
}
void gort_makemap64(entry::makemap64* a) {
  a = mem::AfterCollection(a);
  a->ret = MakeMap(a->t, a->hint, a->h);
}
void gort_mapclear(entry::mapclear* a) { Clear(a->t, a->h); }

void gort_mapaccess1_slow(entry::mapaccess1_slow* a) {
  uint8_t* elem;
  if (AccessAny(a->t, a->h, a->key, &elem)) a->ret = elem != nullptr ? elem : ZeroValue();
}
void gort_mapaccess2_slow(entry::mapaccess2_slow* a) {
  uint8_t* elem;
  if (!AccessAny(a->t, a->h, a->key, &elem)) return;
  a->ret = elem != nullptr ? elem : ZeroValue();
  a->ret1 = elem != nullptr;
}
void gort_mapaccess1_fat_slow(entry::mapaccess1_fat_slow* a) {
  uint8_t* elem;
  if (AccessAny(a->t, a->h, a->key, &elem)) a->ret = elem != nullptr ? elem : a->zero;
}
void gort_mapaccess2_fat_slow(entry::mapaccess2_fat_slow* a) {
  uint8_t* elem;
  if (!AccessAny(a->t, a->h, a->key, &elem)) return;
  a->ret = elem != nullptr ? elem : a->zero;
  a->ret1 = elem != nullptr;
}

void gort_mapassign_slow(entry::mapassign_slow* a) {
  a = mem::AfterCollection(a);
  if (uint8_t* elem = AssignAny(a->t, a->h, a->key)) a->ret = elem;
}
void gort_mapdelete_slow(entry::mapdelete_slow* a) { DeleteAny(a->t, a->h, a->key); }

void gort_mapassign_fast32_slow(entry::mapassign_fast32_slow* a) {
  a = mem::AfterCollection(a);
  AssignFast<Key32>(a, a->key);
}
void gort_mapassign_fast32ptr_slow(entry::mapassign_fast32ptr_slow* a) {
  a = mem::AfterCollection(a);
  AssignFast<Key32>(a, static_cast<uint32_t>(reinterpret_cast<uintptr_t>(a->key)));
}
void gort_mapassign_fast64_slow(entry::mapassign_fast64_slow* a) {
  a = mem::AfterCollection(a);
  AssignFast<Key64>(a, a->key);
}
void gort_mapassign_fast64ptr_slow(entry::mapassign_fast64ptr_slow* a) {
  a = mem::AfterCollection(a);
  AssignFast<Key64>(a, reinterpret_cast<uintptr_t>(a->key));
}
void gort_mapassign_faststr_slow(entry::mapassign_faststr_slow* a) {
  a = mem::AfterCollection(a);
  AssignFast<KeyString>(a, a->key);
}

void gort_mapdelete_fast32_slow(entry::mapdelete_fast32_slow* a) {
  Delete<Key32>(a->t, a->h, a->key, Key32::Hash(a->key, a->h->hash0));
}
void gort_mapdelete_fast64_slow(entry::mapdelete_fast64_slow* a) {
  Delete<Key64>(a->t, a->h, a->key, Key64::Hash(a->key, a->h->hash0));
}
void gort_mapdelete_faststr_slow(entry::mapdelete_faststr_slow* a) {
  Delete<KeyString>(a->t, a->h, a->key, KeyString::Hash(a->key, a->h->hash0));
}

void gort_reflect_makemap(entry::reflect_makemap* a) {
  a = mem::AfterCollection(a);
  GORT_CHECK(a->t->key->equal != nullptr, "runtime.reflect_makemap: unsupported map key type");
  a->ret = MakeMap(a->t, a->cap, nullptr);
}
void gort_reflect_mapaccess(entry::reflect_mapaccess* a) {
  uint8_t* elem;
  if (AccessAny(a->t, a->h, a->key, &elem)) a->ret = elem;
}
void gort_reflect_mapassign(entry::reflect_mapassign* a) {
  a = mem::AfterCollection(a);
  if (uint8_t* elem = AssignAny(a->t, a->h, a->key)) TypedMove(a->t->elem, elem, a->elem);
}
void gort_reflect_mapdelete(entry::reflect_mapdelete* a) { DeleteAny(a->t, a->h, a->key); }

}  // extern "C"

}  // namespace gort::lang
