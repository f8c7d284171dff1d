// SPDX-License-Identifier: BSD-3-Clause
//
// FixedAlloc<T>: off-heap objects of one type, reused. For what the runtime itself is made of:
// spans, gs, ms, sudogs, timers.
//
// An object is zero when Alloc returns it. Objects come from chunks of PersistentAlloc and go to a
// free list, never back to the system, so a stale pointer to one still points at a T.
//
// Before: runtime/mem/page_heap.cc   After: runtime/mem/persistent.cc
#ifndef GORT_RUNTIME_MEM_FIXED_ALLOC_H_
#define GORT_RUNTIME_MEM_FIXED_ALLOC_H_

#include <cstdint>

#include "runtime/base/lock.h"

namespace gort::mem {

// The same without the type; all sizes share the code.
class FixedAllocBase {
 public:
  constexpr FixedAllocBase(uintptr_t size, uintptr_t align)
      : lock_(LockRank::kFixedAlloc), size_(size), align_(align) {}

  uintptr_t in_use() const { return in_use_; }      // bytes in objects
  uintptr_t reserved() const { return reserved_; }  // bytes in chunks

 protected:
  void* AllocRaw();
  void FreeRaw(void* p);

 private:
  struct FreeObject {
    FreeObject* next;
  };

  Lock lock_;  // guards all below
  uintptr_t size_;
  uintptr_t align_;
  FreeObject* free_ = nullptr;
  char* chunk_ = nullptr;
  uintptr_t chunk_left_ = 0;
  uintptr_t in_use_ = 0;
  uintptr_t reserved_ = 0;
};

template <typename T>
class FixedAlloc : public FixedAllocBase {
 public:
  static_assert(sizeof(T) >= sizeof(void*));
  constexpr FixedAlloc() : FixedAllocBase(sizeof(T), alignof(T)) {}
  T* Alloc() { return static_cast<T*>(AllocRaw()); }
  void Free(T* p) { FreeRaw(p); }
};

}  // namespace gort::mem

#endif  // GORT_RUNTIME_MEM_FIXED_ALLOC_H_
