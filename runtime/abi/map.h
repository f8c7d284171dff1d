// SPDX-License-Identifier: BSD-3-Clause
//
// Maps in memory. gc knows these layouts: it reads hmap.count for len(), allocates hmap and the
// first bucket of small maps in frames, keeps hiter in the frame of a range loop and steps it
// through mapiternext.
//
//   bucket (bmap):  tophash[8] | key[8] | elem[8] | overflow*        hmap.buckets -> array of 1<<B
//                   buckets
//
// Before: runtime/abi/type.h   After: runtime/abi/chan.h; the algorithms are in
//                              runtime/lang/map*.cc
#ifndef GORT_RUNTIME_ABI_MAP_H_
#define GORT_RUNTIME_ABI_MAP_H_

#include "runtime/abi/type.h"

namespace gort::abi {

constexpr int kBucketCount = 8;
constexpr uintptr_t kMaxInlineKey = 128;
constexpr uintptr_t kMaxInlineElem = 128;

struct bmap {
  uint8_t tophash[kBucketCount];
};

struct mapextra {
  Slice* overflow;     // *[]*bmap: keeps overflow buckets of pointer-free maps alive
  Slice* oldoverflow;  // the same for oldbuckets
  bmap* nextOverflow;
};

struct hmap {
  intptr_t count;
  uint8_t flags;
  uint8_t B;
  uint16_t noverflow;
  uint32_t hash0;
  bmap* buckets;
  bmap* oldbuckets;
  uintptr_t nevacuate;
  mapextra* extra;
};

struct hiter {
  void* key;  // nil ends the loop
  void* elem;
  maptype* t;
  hmap* h;
  bmap* buckets;
  bmap* bptr;
  Slice* overflow;
  Slice* oldoverflow;
  uintptr_t startBucket;
  uint8_t offset;
  bool wrapped;
  uint8_t B;
  uint8_t i;
  uintptr_t bucket;
  uintptr_t checkBucket;
};

}  // namespace gort::abi

#endif  // GORT_RUNTIME_ABI_MAP_H_
