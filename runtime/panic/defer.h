// SPDX-License-Identifier: BSD-3-Clause
//
// Records of deferred calls: where they come from and where they go.
//
// A heap record is taken from the P's pool of its class when the defer statement runs and goes back
// when the call is about to run (normal exit) or has run (panic, Goexit). Pools balance through one
// lock-free list per class, so a goroutine that defers on one P and returns on another does not
// allocate for ever.
//
//   class c:  [ _defer, 72 bytes | argument block, at most 8 + 16*c bytes ]  = 80 + 16*c bytes, a
//             size class each
//
//   records allocated == on g._defer lists + in P pools + in central lists + dropped to the
//   collector
//
// While the collector marks, free records are dropped instead of kept: a record in a pool would be
// white memory that a goroutine already scanned could link in.
//
// Before: runtime/panic/panic.h   After: runtime/panic/defer_leaf.cc
#ifndef GORT_RUNTIME_PANIC_DEFER_H_
#define GORT_RUNTIME_PANIC_DEFER_H_

#include "runtime/abi/p.h"
#include "runtime/abi/roots.h"
#include "runtime/base/stack_rules.h"

namespace gort::panic {

constexpr int32_t kSmallestArgs = 8;
constexpr int32_t kArgsStep = 16;

// Class of an argument block of siz bytes; kDeferClasses or more: not pooled.
constexpr int32_t DeferClass(int32_t siz) {
  return siz <= kSmallestArgs ? 0 : (siz - kSmallestArgs + kArgsStep - 1) / kArgsStep;
}
constexpr uintptr_t DeferClassSize(int32_t cls) {
  return sizeof(abi::_defer) + kSmallestArgs + static_cast<uintptr_t>(cls) * kArgsStep;
}
static_assert(DeferClassSize(0) == 80 && DeferClassSize(DeferClass(9)) == 96);
static_assert(DeferClass(8) == 0 && DeferClass(24) == 1 && DeferClass(25) == 2);

// The central list of a class: batches of half a pool, each a chain through _defer.link, the first
// record of a batch pointing to the next batch by fd. Pushed from any thread by compare-and-swap;
// taken under a lock, so that no batch can go and come back between a taker's load and its swap.
extern Atomic<abi::_defer*> central_defers[abi::kDeferClasses];

// Start of a collection: the central lists are dropped. World stopped.
GORT_SYSTEM_STACK void FlushCentralDefers();

// Record with room for siz bytes of arguments, from pool, central list or heap. Header is zero but
// for siz and heap.
GORT_SYSTEM_STACK abi::_defer* NewDefer(P* p, int32_t siz);

GORT_ALWAYS_INLINE void PushCentral(int32_t cls, abi::_defer* batch) {
  abi::_defer* head = central_defers[cls].LoadAcquire();
  do {
    batch->fd = head;
  } while (!central_defers[cls].CasAcqRel(&head, batch));
}

// Clears the record and gives it back, if it is a heap record. The caller has unlinked it.
GORT_ALWAYS_INLINE void FreeDefer(P* p, abi::_defer* d) {
  if (!d->heap) return;
  int32_t cls = DeferClass(d->siz);
  int32_t siz = d->siz;
  *d = {};
  if (cls >= abi::kDeferClasses || roots->writeBarrier->enabled) return;
  d->siz = siz;
  d->heap = true;
  abi::DeferPool* pool = &p->deferpool[cls];
  if (GORT_UNLIKELY(pool->count >= abi::kDeferPoolSize)) {
    abi::_defer* first = pool->head;
    abi::_defer* last = first;
    for (int32_t i = 1; i < abi::kDeferPoolSize / 2; i++) last = last->link;
    pool->head = last->link;
    pool->count -= abi::kDeferPoolSize / 2;
    last->link = nullptr;
    PushCentral(cls, first);
  }
  d->link = pool->head;
  pool->head = d;
  pool->count++;
}

// Word copy without a library call: leaf code uses it, and argument blocks are words almost always.
GORT_ALWAYS_INLINE void CopyArgs(void* to, const void* from, int32_t siz) {
  uint8_t* t = static_cast<uint8_t*>(to);
  const uint8_t* f = static_cast<const uint8_t*>(from);
  while (siz >= 8) {
    *reinterpret_cast<uint64_t*>(t) = *reinterpret_cast<const uint64_t*>(f);
    t += 8;
    f += 8;
    siz -= 8;
  }
  while (siz-- > 0) *t++ = *f++;
}

// Stands for a nil func value in a call that the runtime makes: calling it faults at pc 0, in the
// deferring frame's name.
extern abi::funcval nil_function;

}  // namespace gort::panic

#endif  // GORT_RUNTIME_PANIC_DEFER_H_
