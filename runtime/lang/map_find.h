// SPDX-License-Identifier: BSD-3-Clause
//
// Searching a bucket chain, as templates over the kind of key (map_key.h); used by leaf and system
// code.
//
// Before: runtime/lang/map_key.h   After: runtime/lang/map_fast_leaf.cc
#ifndef GORT_RUNTIME_LANG_MAP_FIND_H_
#define GORT_RUNTIME_LANG_MAP_FIND_H_

#include "runtime/lang/map_key.h"

namespace gort::lang {

template <typename Key>
GORT_ALWAYS_INLINE uint8_t* KeySlot(const abi::maptype* t, abi::bmap* b, uint32_t i) {
  return Add(b, kKeysOffset + uintptr_t{i} * Key::Size(t));
}
template <typename Key>
GORT_ALWAYS_INLINE uint8_t* ElemSlot(const abi::maptype* t, abi::bmap* b, uint32_t i) {
  return Add(b, kKeysOffset + abi::kBucketCount * Key::Size(t) + uintptr_t{i} * t->elemsize);
}

// Asks for the cache lines of a bucket that a search needs, before it has seen the first: in a
// large map each of them is a miss, and this way they are one.
template <typename Key>
GORT_ALWAYS_INLINE void Prefetch(const abi::maptype* t, const abi::bmap* b) {
  for (int line = 1; line <= Key::kLines; line++) {
    __builtin_prefetch(Add(b, static_cast<uintptr_t>(line) * 64));
  }
  __builtin_prefetch(Add(b, t->bucketsize - sizeof(void*)));
}

// Where a key is.
struct Place {
  abi::bmap* bucket;  // nullptr: the map does not have it
  uint32_t slot;
};

// The search of lookups and deletions.
template <typename Key>
GORT_ALWAYS_INLINE Place Find(const abi::maptype* t, abi::bmap* b, typename Key::Arg key,
                              uintptr_t hash) {
  Prefetch<Key>(t, b);
  const uint8_t top = TopHash(hash);
  do {
    const uint64_t tops = TopWord(b);
    for (uint64_t match = MatchTop(tops, top); match != 0; match &= match - 1) {
      const uint32_t i = SlotOf(match);
      if (GORT_LIKELY(Key::Equal(t, key, KeySlot<Key>(t, b, i)))) return {b, i};
    }
    if (EndsSearch(tops)) break;
    b = Overflow(t, b);
  } while (b != nullptr);
  return {nullptr, 0};
}

// The search of assignments: where the key is, or the first free slot of the chain.
struct Target {
  abi::bmap* bucket;  // nullptr: not found, and every slot is used
  uint32_t slot;
  bool found;
  abi::bmap* last;  // of the chain, when bucket is nullptr
};

template <typename Key>
GORT_ALWAYS_INLINE Target FindForAssign(const abi::maptype* t, abi::bmap* b, typename Key::Arg key,
                                        uintptr_t hash) {
  Prefetch<Key>(t, b);
  const uint8_t top = TopHash(hash);
  Target target = {nullptr, 0, false, nullptr};
  for (;;) {
    const uint64_t tops = TopWord(b);
    for (uint64_t match = MatchTop(tops, top); match != 0; match &= match - 1) {
      const uint32_t i = SlotOf(match);
      if (GORT_LIKELY(Key::Equal(t, key, KeySlot<Key>(t, b, i)))) return {b, i, true, nullptr};
    }
    if (target.bucket == nullptr) {
      const uint64_t free = MatchFree(tops);
      if (free != 0) {
        target.bucket = b;
        target.slot = SlotOf(free);
      }
    }
    if (EndsSearch(tops)) return target;
    abi::bmap* next = Overflow(t, b);
    if (next == nullptr) {
      target.last = b;
      return target;
    }
    b = next;
  }
}

// Marks slot i of b free after its entry is gone. Free slots at the end of a chain become
// kEmptyRest, as far back as they reach, so that searches end early. first: of the chain.
inline void FreeSlot(const abi::maptype* t, abi::bmap* first, abi::bmap* b, uint32_t i) {
  b->tophash[i] = kEmptyOne;
  if (i == abi::kBucketCount - 1) {
    abi::bmap* next = Overflow(t, b);
    if (next != nullptr && next->tophash[0] != kEmptyRest) return;
  } else if (b->tophash[i + 1] != kEmptyRest) {
    return;
  }
  for (;;) {
    b->tophash[i] = kEmptyRest;
    if (i == 0) {
      if (b == first) return;
      abi::bmap* before = first;
      while (Overflow(t, before) != b) before = Overflow(t, before);
      b = before;
      i = abi::kBucketCount - 1;
    } else {
      i--;
    }
    if (b->tophash[i] != kEmptyOne) return;
  }
}

}  // namespace gort::lang

#endif  // GORT_RUNTIME_LANG_MAP_FIND_H_
