// SPDX-License-Identifier: BSD-3-Clause
//
// The common lists of full and empty buffers.
//
// Before: runtime/gc/work.h   After: runtime/gc/mark.h
#include "runtime/gc/work.h"

#include "runtime/base/lock.h"
#include "runtime/mem/malloc.h"

namespace gort::gc {
namespace {

constexpr int kKeptBuffers = 16;

Lock work_lock(LockRank::kLeaf);
// Guarded by work_lock; `full` is also tested without it, as a hint.
WorkBuffer* full;
WorkBuffer* empty;
int empty_count;

WorkBuffer* TakeEmpty() {
  {
    LockGuard guard(&work_lock);
    if (empty != nullptr) {
      WorkBuffer* buffer = empty;
      empty = buffer->next;
      empty_count--;
      return buffer;
    }
  }
  return static_cast<WorkBuffer*>(mem::SysAlloc(sizeof(WorkBuffer)));
}

void PutEmptyLocked(WorkBuffer* buffer) {
  buffer->count = 0;
  buffer->next = empty;
  empty = buffer;
  empty_count++;
}

}  // namespace

void Work::Exchange() {
  WorkBuffer* fresh = TakeEmpty();
  if (buffer != nullptr) {
    LockGuard guard(&work_lock);
    buffer->next = full;
    __atomic_store_n(&full, buffer, __ATOMIC_RELEASE);
  }
  buffer = fresh;
}

bool Work::TakeFull() {
  if (NoCommonWork()) return false;
  LockGuard guard(&work_lock);
  if (full == nullptr) return false;
  if (buffer != nullptr) PutEmptyLocked(buffer);
  buffer = full;
  __atomic_store_n(&full, buffer->next, __ATOMIC_RELEASE);
  return true;
}

void Work::Flush() {
  if (buffer == nullptr) return;
  LockGuard guard(&work_lock);
  if (buffer->count > 0) {
    buffer->next = full;
    __atomic_store_n(&full, buffer, __ATOMIC_RELEASE);
  } else {
    PutEmptyLocked(buffer);
  }
  buffer = nullptr;
}

bool NoCommonWork() { return __atomic_load_n(&full, __ATOMIC_ACQUIRE) == nullptr; }

void FreeWorkBuffers() {
  while (true) {
    WorkBuffer* buffer;
    {
      LockGuard guard(&work_lock);
      if (empty_count <= kKeptBuffers) return;
      buffer = empty;
      empty = buffer->next;
      empty_count--;
    }
    mem::SysFree(buffer, sizeof(WorkBuffer));
  }
}

}  // namespace gort::gc
