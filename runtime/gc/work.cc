// SPDX-License-Identifier: BSD-3-Clause
//
// The common lists of full and empty buffers.
//
// Before: runtime/gc/work.h   After: runtime/gc/mark.h
#include "runtime/gc/work.h"

#include <cstring>

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
Work* works;

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

// SeqCst: who hands work in looks at who is idle afterwards, and the other way round.
void PutFullLocked(WorkBuffer* buffer) {
  buffer->next = full;
  __atomic_store_n(&full, buffer, __ATOMIC_SEQ_CST);
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
    PutFullLocked(buffer);
    published = true;
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
    PutFullLocked(buffer);
    published = true;
  } else {
    PutEmptyLocked(buffer);
  }
  buffer = nullptr;
}

void Work::Share() {
  constexpr int64_t kWorthIt = 32;
  if (buffer == nullptr || buffer->count < kWorthIt || !NoCommonWork()) return;
  // The older half: it leads to more, as a rule.
  WorkBuffer* rest = TakeEmpty();
  int64_t half = buffer->count / 2;
  rest->count = buffer->count - half;
  memcpy(rest->objects, buffer->objects + half,
         static_cast<size_t>(rest->count) * sizeof(uintptr_t));
  buffer->count = half;
  LockGuard guard(&work_lock);
  PutFullLocked(buffer);
  buffer = rest;
  published = true;
}

Work* WorkOf(P* p) {
  if (GORT_UNLIKELY(p->gcw == nullptr)) {
    p->gcw = static_cast<Work*>(mem::PersistentAlloc(sizeof(Work), 64));
    LockGuard guard(&work_lock);
    p->gcw->next_work = works;
    works = p->gcw;
  }
  return p->gcw;
}

void ForEachWork(void (*visit)(Work*, void*), void* arg) {
  for (Work* work = works; work != nullptr; work = work->next_work) visit(work, arg);
}

bool NoCommonWork() { return __atomic_load_n(&full, __ATOMIC_SEQ_CST) == nullptr; }

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
