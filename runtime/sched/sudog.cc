// SPDX-License-Identifier: BSD-3-Clause
//
// The sudogs of a P and the central list.
//
// Before: runtime/sched/sudog.h   After: runtime/sched/wait_profile.h
#include "runtime/sched/sudog.h"

#include "runtime/base/check.h"
#include "runtime/mem/malloc.h"
#include "runtime/sched/scheduler.h"

namespace gort::sched {

namespace {

constexpr int32_t kHalf = abi::kSudogCacheSize / 2;
Lock central_lock(LockRank::kSudog);
Sudog* central = nullptr;  // linked by next

// lock held
Sudog* CentralPop() {
  Sudog* s = central;
  if (s != nullptr) {
    central = s->next;
    s->next = nullptr;
  }
  return s;
}

void CentralPush(Sudog* s) {
  s->next = central;
  central = s;
}

}  // namespace

Sudog* AcquireSudog() {
  P* p = CurrentM()->p;
  if (p->sudogcache_count == 0) {
    {
      LockGuard guard(&central_lock);
      while (p->sudogcache_count < kHalf) {
        Sudog* s = CentralPop();
        if (s == nullptr) break;
        p->sudogcache[p->sudogcache_count++] = s;
      }
    }
    if (p->sudogcache_count == 0)
      return static_cast<Sudog*>(mem::PersistentAlloc(sizeof(Sudog), 8));
  }
  return p->sudogcache[--p->sudogcache_count];
}

void ReleaseSudog(Sudog* s) {
  GORT_CHECK(
      s->elem == nullptr && s->next == nullptr && s->prev == nullptr && s->waitlink == nullptr,
      "runtime: sudog still in use");
  *s = {};
  P* p = CurrentM()->p;
  if (p->sudogcache_count == abi::kSudogCacheSize) {
    LockGuard guard(&central_lock);
    while (p->sudogcache_count > kHalf) CentralPush(p->sudogcache[--p->sudogcache_count]);
  }
  p->sudogcache[p->sudogcache_count++] = s;
}

void FlushSudogs(P* p) {
  LockGuard guard(&central_lock);
  while (p->sudogcache_count > 0) CentralPush(p->sudogcache[--p->sudogcache_count]);
}

}  // namespace gort::sched
