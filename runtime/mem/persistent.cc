// SPDX-License-Identifier: BSD-3-Clause
//
// Off-heap memory: a bump pointer through chunks of 256 KB, whole mappings for what is large, and
// the free lists of FixedAlloc on top.
//
// Before: runtime/mem/fixed_alloc.h   After: runtime/mem/central.h
#include <cstring>

#include "runtime/base/check.h"
#include "runtime/base/debug_vars.h"
#include "runtime/base/lock.h"
#include "runtime/mem/fixed_alloc.h"
#include "runtime/mem/malloc.h"
#include "runtime/mem/stats.h"
#include "runtime/os/memory.h"

namespace gort::mem {
namespace {

constexpr uintptr_t kChunk = 256 << 10;
constexpr uintptr_t kMaxBumped = 64 << 10;  // larger requests are mapped by themselves
constexpr uintptr_t kFixedChunk = 16 << 10;

Lock bump_lock(LockRank::kGlobalAlloc);
char* bump;  // guarded by bump_lock
char* bump_end;

void* MapOrThrow(uintptr_t size) {
  void* p = os::Map(size);
  if (p == nullptr) Throw("runtime: cannot allocate memory");
  off_heap_bytes.FetchAddRelaxed(size);  // a statistic
  return p;
}

}  // namespace

Atomic<uintptr_t> off_heap_bytes;

void* SysAlloc(uintptr_t size) { return MapOrThrow(size); }

void SysFree(void* p, uintptr_t size) {
  os::Unmap(p, size);
  off_heap_bytes.FetchAddRelaxed(0 - size);  // a statistic
}

void* PersistentAlloc(uintptr_t size, uintptr_t align) {
  if (size == 0) Throw("persistentalloc: size == 0");
  if (align == 0) align = 8;
  GORT_CHECK((align & (align - 1)) == 0 && align <= 8192,
             "persistentalloc: align is not a power of 2");
  if (size >= kMaxBumped) return MapOrThrow(size);
  LockGuard guard(&bump_lock);
  auto aligned = [&] {
    return reinterpret_cast<char*>((reinterpret_cast<uintptr_t>(bump) + align - 1) & ~(align - 1));
  };
  char* p = aligned();
  if (bump == nullptr || p + size > bump_end) {
    bump = static_cast<char*>(MapOrThrow(kChunk));
    bump_end = bump + kChunk;
    p = aligned();
  }
  bump = p + size;
  return p;
}

void* FixedAllocBase::AllocRaw() {
  LockGuard guard(&lock_);
  in_use_ += size_;
  if (free_ != nullptr) {
    FreeObject* object = free_;
    free_ = object->next;
    memset(static_cast<void*>(object), 0, size_);
    return object;
  }
  if (chunk_left_ < size_) {
    uintptr_t chunk = size_ * 4 > kFixedChunk ? size_ * 4 : kFixedChunk;
    chunk_ = static_cast<char*>(mem::PersistentAlloc(chunk, align_));
    chunk_left_ = chunk;
    reserved_ += chunk;
  }
  char* p = chunk_;
  chunk_ += size_;
  chunk_left_ -= size_;
  return p;
}

void FixedAllocBase::FreeRaw(void* p) {
  if (debug_vars.gortpoison != 0) memset(p, 0xfc, size_);
  LockGuard guard(&lock_);
  in_use_ -= size_;
  auto* object = static_cast<FreeObject*>(p);
  object->next = free_;
  free_ = object;
}

}  // namespace gort::mem
