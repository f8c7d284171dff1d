// SPDX-License-Identifier: BSD-3-Clause
//
// Lock: mutual exclusion between threads, inside the runtime.
//
// A word and a futex: 0 free, 1 held, 2 held and somebody sleeps. A contended locker spins a
// little, then sleeps. Holding one raises m->locks: the thread is not preempted and does not stop
// the world on itself. Ranks forbid deadlocks by order (lock_rank.h). A Lock also stands in Go
// objects as abi::mutex; LockWord/UnlockWord serve those.
//
// Not for goroutines: those wait in sched/sema.cc. Not for signal handlers.
//
// Before: runtime/base/check.h   After: runtime/base/lock_rank.h
#ifndef GORT_RUNTIME_BASE_LOCK_H_
#define GORT_RUNTIME_BASE_LOCK_H_

#include "runtime/abi/chan.h"
#include "runtime/base/lock_rank.h"

namespace gort {

void LockWord(abi::mutex* word, LockRank rank);
void UnlockWord(abi::mutex* word, LockRank rank);
bool TryLockWord(abi::mutex* word, LockRank rank);
// Debug builds with GODEBUG=gortlocks=1: every pair of ranks that a thread has held at once.
void PrintLockOrder();

class Lock {
 public:
  explicit constexpr Lock(LockRank rank) : word_{}, rank_(rank) {}
  void Acquire() { LockWord(&word_, rank_); }
  void Release() { UnlockWord(&word_, rank_); }
  bool TryAcquire() { return TryLockWord(&word_, rank_); }
  bool held() const { return word_.key.LoadRelaxed() != 0; }  // by anyone; for assertions

 private:
  abi::mutex word_;
  LockRank rank_;
};

class LockGuard {
 public:
  explicit LockGuard(Lock* lock) : lock_(lock) { lock_->Acquire(); }
  ~LockGuard() { lock_->Release(); }
  LockGuard(const LockGuard&) = delete;
  LockGuard& operator=(const LockGuard&) = delete;

 private:
  Lock* lock_;
};

}  // namespace gort

#endif  // GORT_RUNTIME_BASE_LOCK_H_
