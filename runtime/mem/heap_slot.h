// SPDX-License-Identifier: BSD-3-Clause
//
// HeapSlot<T>: a word in the Go heap (or in another place that the collector reads concurrently)
// that holds a T*.
//
// Compiled code tests runtime.writeBarrier before it stores a pointer, and so must C++. The type
// makes it a matter of compilation: a HeapSlot has no assignment from a pointer, only Store, which
// runs the barrier while the collector marks, and Init for memory that no one else has seen and
// that was allocated in this very piece of code.
//
//   struct Node { HeapSlot<Node> next; };
//   node->next = other;        does not compile
//   node->next.Store(other);
//
// A structure whose layout is gc's has plain pointers; StoreHeapPointer(&h->buckets, p) is the same
// barrier for those.
//
// Before: runtime/mem/slice_leaf.cc   After: runtime/gc/barrier.cc
#ifndef GORT_RUNTIME_MEM_HEAP_SLOT_H_
#define GORT_RUNTIME_MEM_HEAP_SLOT_H_

#include "runtime/abi/roots.h"
#include "runtime/base/stack_rules.h"
#include "runtime/base/upcalls.h"

namespace gort::mem {

template <typename T, typename U>
GORT_SYSTEM_STACK inline void StoreHeapPointer(T** slot, U* value) {
  T* converted = value;
  if (GORT_UNLIKELY(roots->writeBarrier->enabled)) {
    gc::BulkBarrierPreWrite(slot, &converted, sizeof(converted));
  }
  // One store: a mark worker reads the old pointer or the new one.
  __atomic_store_n(slot, converted, __ATOMIC_RELAXED);
}

template <typename T>
class HeapSlot {
 public:
  HeapSlot(const HeapSlot&) = delete;
  HeapSlot& operator=(const HeapSlot&) = delete;
  HeapSlot& operator=(T*) = delete;

  T* Load() const { return __atomic_load_n(&value_, __ATOMIC_RELAXED); }
  GORT_SYSTEM_STACK void Store(T* value) { StoreHeapPointer(&value_, value); }
  // The object that holds the slot is not reachable yet.
  void Init(T* value) { value_ = value; }

 private:
  T* value_;
};

}  // namespace gort::mem

#endif  // GORT_RUNTIME_MEM_HEAP_SLOT_H_
