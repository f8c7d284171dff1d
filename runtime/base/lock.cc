// SPDX-License-Identifier: BSD-3-Clause
//
// Locks: a word, a little spinning, then the kernel.
//
//   word   0 free | 1 held | 2 held, and a thread may sleep on it
//
// Acquire on a free word is one compare and swap; Release of a word that nobody sleeps on is one
// exchange. A thread that has slept takes the word with 2, not 1: it cannot know whether others
// still sleep, and a wake-up too many is cheaper than one that is lost.
//
// Spinning pays when the holder runs on another cpu and is about to leave: critical sections here
// are well under a microsecond. On a machine with one cpu it is only delay, so it is left out
// there.
//
// Debug builds keep the ranks of the locks that a thread holds in its m and refuse an acquisition
// out of order at once, on the first run in which it is possible, not on the one in which two
// threads meet.
//
// Before: runtime/base/lock_rank.h   After: runtime/base/note.cc
#include "runtime/base/lock.h"

#include "arch/arch.h"
#include "runtime/base/check.h"
#include "runtime/base/debug_vars.h"
#include "runtime/base/futex.h"
#include "runtime/base/print.h"

namespace gort {
namespace {

enum : uint32_t { kFree = 0, kHeld = 1, kHeldWithSleeper = 2 };

constexpr int kActiveRounds = 4;  // rounds of pauses, while another cpu may be about to release
constexpr int kPauses = 30;       // pauses in a round
constexpr int kYieldRounds = 1;   // then the cpu is offered to others before sleeping

// abi::mutex has room for a uintptr; the kernel wants the 32-bit word at its address, which on
// little-endian cpus is its low half.
uint32_t* WordOf(abi::mutex* word) { return reinterpret_cast<uint32_t*>(&word->key.value); }

bool ManyCpus() {
  static int cpus = 0;  // benign race: every thread computes the same number
  if (cpus == 0) cpus = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  return cpus > 1;
}

M* CurrentM() {
  G* g = arch::GetG();
  return g == nullptr ? nullptr : g->m;
}

void EnterLocked(M* m) {
  // Only the owning thread writes m->locks; others read it to see whether it may be preempted.
  if (m != nullptr) m->locks.StoreRelaxed(m->locks.LoadRelaxed() + 1);
}

void LeaveLocked(M* m) {
  if (m == nullptr) return;
  int32_t locks = m->locks.LoadRelaxed() - 1;
  m->locks.StoreRelaxed(locks);
  GORT_CHECK(locks >= 0, "runtime: unlock: lock count");
  // A preemption that came while locks were held was ignored; the next prologue must see it.
  G* g = m->curg;
  if (locks == 0 && g != nullptr && g->preempt) g->stackguard0 = abi::kStackPreempt;
}

#ifdef GORT_DEBUG
constexpr bool kCheckRanks = true;
#else
constexpr bool kCheckRanks = false;
#endif

const char* const kRankNames[] = {"unranked",
#define GORT_LOCK_RANK(name, guards) #name,
                                  GORT_LOCK_RANKS(GORT_LOCK_RANK)
#undef GORT_LOCK_RANK
};
constexpr size_t kRanks = static_cast<size_t>(LockRank::kCount);
// [held][taken]: it happened. Bytes that go from 0 to 1.
bool taken_under[kCheckRanks ? kRanks : 1][kCheckRanks ? kRanks : 1];

void PushRank(M* m, LockRank rank) {
  if (!kCheckRanks || m == nullptr || rank == LockRank::kUnranked) return;
  constexpr int32_t kMax = sizeof(m->lock_ranks) / sizeof(m->lock_ranks[0]);
  for (int32_t i = 0; i < m->lock_rank_count; i++) {
    // Equal ranks are two objects of one kind; their order is the caller's concern only where it is
    // by address.
    if (m->lock_ranks[i] >= static_cast<uintptr_t>(rank)) {
      Print("runtime: lock ", kRankNames[static_cast<size_t>(rank)], " wanted under ",
            kRankNames[m->lock_ranks[i]], "\n");
      Throw("lock taken out of order");
    }
    __atomic_store_n(&taken_under[m->lock_ranks[i]][static_cast<size_t>(rank)], true,
                     __ATOMIC_RELAXED);  // a note that it happened, nothing hangs on it
  }
  GORT_CHECK(m->lock_rank_count < kMax, "too many locks held");
  m->lock_ranks[m->lock_rank_count++] = static_cast<uintptr_t>(rank);
}

void PopRank(M* m, LockRank rank) {
  if (!kCheckRanks || m == nullptr || rank == LockRank::kUnranked) return;
  for (int32_t i = m->lock_rank_count - 1; i >= 0; i--) {
    if (m->lock_ranks[i] != static_cast<uintptr_t>(rank)) continue;
    for (; i + 1 < m->lock_rank_count; i++) m->lock_ranks[i] = m->lock_ranks[i + 1];
    m->lock_rank_count--;
    return;
  }
  Print("runtime: lock ", kRankNames[static_cast<size_t>(rank)], "\n");
  Throw("lock released that is not held");
}

GORT_NOINLINE void LockContended(uint32_t* word) {
  uint32_t wanted = kHeld;
  int active = ManyCpus() ? kActiveRounds : 0;
  while (true) {
    for (int round = 0; round < active + kYieldRounds; round++) {
      uint32_t expected = kFree;
      if (__atomic_load_n(word, __ATOMIC_RELAXED) == kFree &&
          __atomic_compare_exchange_n(word, &expected, wanted, false, __ATOMIC_ACQUIRE,
                                      __ATOMIC_RELAXED)) {
        return;
      }
      if (round < active) {
        for (int i = 0; i < kPauses; i++) arch::CpuRelax();
      } else {
        ThreadYield();
      }
    }
    if (__atomic_exchange_n(word, kHeldWithSleeper, __ATOMIC_ACQUIRE) == kFree) return;
    wanted = kHeldWithSleeper;
    FutexSleep(word, kHeldWithSleeper, -1);
  }
}

}  // namespace

void LockWord(abi::mutex* word, LockRank rank) {
  M* m = CurrentM();
  EnterLocked(m);
  PushRank(m, rank);
  uint32_t expected = kFree;
  if (GORT_LIKELY(__atomic_compare_exchange_n(WordOf(word), &expected, kHeld, false,
                                              __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))) {
    return;
  }
  LockContended(WordOf(word));
}

bool TryLockWord(abi::mutex* word, LockRank rank) {
  uint32_t expected = kFree;
  if (!__atomic_compare_exchange_n(WordOf(word), &expected, kHeld, false, __ATOMIC_ACQUIRE,
                                   __ATOMIC_RELAXED)) {
    return false;
  }
  M* m = CurrentM();
  EnterLocked(m);
  PushRank(m, rank);
  return true;
}

void UnlockWord(abi::mutex* word, LockRank rank) {
  uint32_t before = __atomic_exchange_n(WordOf(word), kFree, __ATOMIC_RELEASE);
  GORT_CHECK(before != kFree, "unlock of unlocked lock");
  if (before == kHeldWithSleeper) FutexWake(WordOf(word), 1);
  M* m = CurrentM();
  PopRank(m, rank);
  LeaveLocked(m);
}

void PrintLockOrder() {
  if (!kCheckRanks || debug_vars.gortlocks == 0) return;
  for (size_t held = 1; held < kRanks; ++held) {
    for (size_t taken = 1; taken < kRanks; ++taken) {
      if (!taken_under[held][taken]) continue;
      Print("lock order: ", kRankNames[held], " > ", kRankNames[taken], "\n");
    }
  }
}

}  // namespace gort
