// SPDX-License-Identifier: BSD-3-Clause
//
// Semaphores: what sync.Mutex, RWMutex, WaitGroup and internal/poll wait on when their fast paths
// fail.
//
// A semaphore is a counter in the user's memory. Acquire takes one down or queues; Release adds one
// and, if anybody waits in the address's bucket, wakes the first waiter of the address. Who was
// woken has to take the count like everybody else (and may find it gone and queue again), except at
// a hand-over, where the releaser takes it for him (ticket 1) and yields to him at once: that is
// how a starving sync.Mutex gets through.
//
// No wake-up is lost: a waiter raises `waiters` before it looks at the counter a last time, a
// releaser adds to the counter before it looks at `waiters`; both orders are sequentially
// consistent.
//
// sync.Cond's list needs no counter: tickets are numbered, and notify says up to which one
// everybody has been woken.
//
// Before: runtime/sched/wait_tree.h   After: runtime/api/os.cc
#include "arch/arch.h"
#include "asm/gen/entries.h"
#include "runtime/base/check.h"
#include "runtime/base/print.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sched/sudog.h"
#include "runtime/sched/wait_profile.h"
#include "runtime/sched/wait_tree.h"

namespace gort::sched {

namespace {

constexpr uint32_t kBuckets = 251;  // prime, so that no stride of addresses meets a few only

struct alignas(64) Bucket {
  Lock lock{LockRank::kSemaphores};
  WaitTree tree;
  Atomic<uint32_t> waiters{0};
};
Bucket buckets[kBuckets];

Bucket* BucketOf(const void* addr) {
  return &buckets[(reinterpret_cast<uintptr_t>(addr) >> 3) % kBuckets];
}

bool TryAcquire(uint32_t* addr) {
  auto* counter = reinterpret_cast<Atomic<uint32_t>*>(addr);
  uint32_t value = counter->LoadSeqCst();
  while (value != 0) {
    if (counter->CasSeqCst(&value, value - 1)) return true;
  }
  return false;
}

bool UnlockBucket(G* /*g*/, void* bucket) {
  static_cast<Bucket*>(bucket)->lock.Release();
  return true;
}

// What an entry that acquires knows: the address, and for sync.Mutex and RWMutex more.
struct Request {
  uint32_t* addr;
  bool of_mutex;  // of the mutex profile
  bool lifo;
  int hidden_frames;  // in profiles, those of package sync that nobody wants to see
};

Request RequestOf(const entry::sync_runtime_Semacquire* a) {
  return {reinterpret_cast<uint32_t*>(a->addr), false, false, 0};
}
Request RequestOf(const entry::poll_runtime_Semacquire* a) {
  return {reinterpret_cast<uint32_t*>(a->addr), false, false, 0};
}
Request RequestOf(const entry::sync_runtime_SemacquireMutex* a) {
  return {reinterpret_cast<uint32_t*>(a->addr), true, a->lifo, static_cast<int>(a->skipframes)};
}

// A wait, or a release, without its entry's frame.
int SkipOf(int hidden_frames) { return 1 + hidden_frames; }

Sudog* NewWaiter(G* g, bool of_mutex) {
  Sudog* s = AcquireSudog();
  s->g = g;
  BeginWait(s);
  if (of_mutex && GORT_UNLIKELY(MutexProfileFraction() != 0))
    s->acquiretime = s->blocktime != 0 ? s->blocktime : arch::CpuTicks();
  return s;
}

// Queues s, unless the count is there now; in that case returns with it taken.
void Wait(G* g, const Request& request, Sudog* s, void (*resume)(G*, void*)) {
  Bucket* bucket = BucketOf(request.addr);
  bucket->lock.Acquire();
  bucket->waiters.FetchAddSeqCst(1);
  if (TryAcquire(request.addr)) {
    bucket->waiters.FetchAddSeqCst(static_cast<uint32_t>(-1));
    bucket->lock.Release();
    return;
  }
  bucket->tree.Add(s, request.addr, request.lifo, FastRand() | 1);
  SetResume(g, resume, s);
  Park(UnlockBucket, bucket, abi::kWaitSemacquire);
}

void FinishAcquire(G* g, const Request& request, Sudog* s) {
  EndWait(g, s, SkipOf(request.hidden_frames));
  ReleaseSudog(s);
}

template <typename Entry>
void ResumeAcquire(G* g, void* sudog) {
  auto* s = static_cast<Sudog*>(sudog);
  const Request request = RequestOf(arch::ParkArgsOf<Entry>(g));
  const bool handed_over = s->ticket != 0;
  s->ticket = 0;
  if (!handed_over && !TryAcquire(request.addr)) Wait(g, request, s, ResumeAcquire<Entry>);
  FinishAcquire(g, request, s);
}

template <typename Entry>
[[noreturn]] void Acquire(const Entry* a) {
  G* g = CurrentM()->curg;
  const Request request = RequestOf(a);
  if (!TryAcquire(request.addr)) {
    Sudog* s = NewWaiter(g, request.of_mutex);
    Wait(g, request, s, ResumeAcquire<Entry>);
    FinishAcquire(g, request, s);
  }
  Continue(g);
}

// True if the count went to a waiter, who should run now. hidden_frames: as in Request.
bool Release(G* g, uint32_t* addr, bool hand_over, int hidden_frames) {
  Bucket* bucket = BucketOf(addr);
  reinterpret_cast<Atomic<uint32_t>*>(addr)->FetchAddSeqCst(1);
  if (bucket->waiters.LoadSeqCst() == 0) return false;
  Sudog* s = nullptr;
  {
    LockGuard guard(&bucket->lock);
    if (bucket->waiters.LoadSeqCst() == 0) return false;  // somebody else took the count
    s = bucket->tree.Take(addr);
    if (s != nullptr) bucket->waiters.FetchAddSeqCst(static_cast<uint32_t>(-1));
  }
  if (s == nullptr) return false;
  if (GORT_UNLIKELY(s->acquiretime != 0))
    MutexEvent(g, s->releasetime - s->acquiretime, SkipOf(hidden_frames));
  GORT_CHECK(s->ticket == 0, "corrupted semaphore ticket");
  bool handed_over = hand_over && TryAcquire(addr);
  if (handed_over) s->ticket = 1;
  Ready(s->g);  // as runnext of this P
  return handed_over;
}

[[noreturn]] void ReleaseAndContinue(uint32_t* addr, bool hand_over, int hidden_frames) {
  M* m = CurrentM();
  G* g = m->curg;
  if (Release(g, addr, hand_over, hidden_frames) && m->locks.LoadRelaxed() == 0)
    YieldToLocalQueue(g);  // owner only
  Continue(g);
}

// Tickets run over; both are near each other.
bool Before(uint32_t a, uint32_t b) { return static_cast<int32_t>(a - b) < 0; }

bool UnlockList(G* /*g*/, void* list) {
  UnlockWord(&static_cast<abi::notifyList*>(list)->lock, LockRank::kNotifyList);
  return true;
}

void ResumeNotified(G* g, void* sudog) {
  auto* s = static_cast<Sudog*>(sudog);
  EndWait(g, s, SkipOf(0));
  ReleaseSudog(s);
}

void WakeNotified(Sudog* s) {
  s->next = nullptr;
  MarkWoken(s);
  Ready(s->g);
}

uint32_t LoadNotify(const abi::notifyList* l) {
  return __atomic_load_n(&l->notify, __ATOMIC_SEQ_CST);
}
void StoreNotify(abi::notifyList* l, uint32_t v) {
  __atomic_store_n(&l->notify, v, __ATOMIC_SEQ_CST);
}

}  // namespace

// ---- Entered from Go ----

extern "C" void gort_sync_runtime_Semacquire(entry::sync_runtime_Semacquire* a) { Acquire(a); }
extern "C" void gort_poll_runtime_Semacquire(entry::poll_runtime_Semacquire* a) { Acquire(a); }
extern "C" void gort_sync_runtime_SemacquireMutex(entry::sync_runtime_SemacquireMutex* a) {
  Acquire(a);
}

extern "C" void gort_sync_runtime_Semrelease(entry::sync_runtime_Semrelease* a) {
  ReleaseAndContinue(reinterpret_cast<uint32_t*>(a->addr), a->handoff,
                     static_cast<int>(a->skipframes));
}

extern "C" void gort_poll_runtime_Semrelease(entry::poll_runtime_Semrelease* a) {
  ReleaseAndContinue(reinterpret_cast<uint32_t*>(a->addr), false, 0);
}

extern "C" void gort_notifyListWait(entry::notifyListWait* a) {
  G* g = CurrentM()->curg;
  auto* l = reinterpret_cast<abi::notifyList*>(a->l);
  LockWord(&l->lock, LockRank::kNotifyList);
  if (Before(a->t, LoadNotify(l))) {
    UnlockWord(&l->lock, LockRank::kNotifyList);
    Continue(g);
  }
  Sudog* s = AcquireSudog();
  s->g = g;
  s->ticket = a->t;
  BeginWait(s);
  (l->tail == nullptr ? l->head : l->tail->next) = s;
  l->tail = s;
  SetResume(g, ResumeNotified, s);
  Park(UnlockList, l, abi::kWaitSyncCondWait);
}

extern "C" void gort_notifyListNotifyAll(entry::notifyListNotifyAll* a) {
  auto* l = reinterpret_cast<abi::notifyList*>(a->l);
  if (l->wait.LoadSeqCst() == LoadNotify(l)) return;
  LockWord(&l->lock, LockRank::kNotifyList);
  Sudog* s = l->head;
  l->head = nullptr;
  l->tail = nullptr;
  StoreNotify(l, l->wait.LoadSeqCst());
  UnlockWord(&l->lock, LockRank::kNotifyList);
  while (s != nullptr) {
    Sudog* next = s->next;
    WakeNotified(s);
    s = next;
  }
}

extern "C" void gort_notifyListNotifyOne(entry::notifyListNotifyOne* a) {
  auto* l = reinterpret_cast<abi::notifyList*>(a->l);
  if (l->wait.LoadSeqCst() == LoadNotify(l)) return;
  LockWord(&l->lock, LockRank::kNotifyList);
  uint32_t ticket = LoadNotify(l);
  Sudog* found = nullptr;
  if (ticket != l->wait.LoadSeqCst()) {
    StoreNotify(l, ticket + 1);
    // Tickets are drawn before the list's lock is taken, so the one may be anywhere near the head,
    // or on its way here: then it will see that notify has passed it.
    Sudog* previous = nullptr;
    for (Sudog* s = l->head; s != nullptr; previous = s, s = s->next) {
      if (s->ticket != ticket) continue;
      (previous == nullptr ? l->head : previous->next) = s->next;
      if (l->tail == s) l->tail = previous;
      found = s;
      break;
    }
  }
  UnlockWord(&l->lock, LockRank::kNotifyList);
  if (found != nullptr) WakeNotified(found);
}

extern "C" void gort_notifyListCheck(entry::notifyListCheck* a) {
  if (a->sz == sizeof(abi::notifyList)) return;
  Print("runtime: bad notifyList size - sync=", static_cast<uint64_t>(a->sz),
        " runtime=", static_cast<uint64_t>(sizeof(abi::notifyList)), "\n");
  ThrowMisuse("bad notifyList size");
}

}  // namespace gort::sched
