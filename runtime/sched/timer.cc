// SPDX-License-Identifier: BSD-3-Clause
//
// Timers: time.Sleep, time.Timer, time.Ticker, deadlines of the network poller.
//
// A timer is put into the heap of the P that sets it, and stays in that heap, whoever stops or
// moves it: t->pp says which. pp changes only under that P's timersLock, so: read pp, lock, look
// again. Due timers are run by the scheduler: each Schedule looks at its own P's heap (one load
// when there is nothing due), an M without work at all heaps, and sleeps in the network poller no
// longer than until the first one.
//
// The function of a timer is a Go closure func(arg interface{}, seq uintptr), run on the system
// stack: it may send on a channel without blocking or start a goroutine. Timers of the runtime
// itself have no closure; arg then holds a C++ function and its argument.
//
// Before: runtime/sched/timer.h   After: runtime/sched/netpoll.cc
#include "runtime/sched/timer.h"

#include "asm/gen/entries.h"
#include "runtime/base/check.h"
#include "runtime/base/upcalls.h"
#include "runtime/mem/heap_slot.h"
#include "runtime/mem/malloc.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sched/timer_heap.h"

namespace gort::sched {

namespace {

constexpr int64_t kMaxWhen = INT64_MAX;

abi::timerEntry* AllocArray(int32_t n) {
  return static_cast<abi::timerEntry*>(
      mem::SysAlloc(static_cast<uintptr_t>(n) * sizeof(abi::timerEntry)));
}
void FreeArray(abi::timerEntry* array, int32_t n) {
  mem::SysFree(array, static_cast<uintptr_t>(n) * sizeof(abi::timerEntry));
}

// Locks the heap that t is in; nullptr if it is in none.
P* LockOwner(abi::timer* t) {
  for (;;) {
    auto* p = reinterpret_cast<P*>(__atomic_load_n(&t->pp, __ATOMIC_ACQUIRE));
    if (p == nullptr) return nullptr;
    LockWord(&p->timersLock, LockRank::kTimers);
    if (reinterpret_cast<P*>(__atomic_load_n(&t->pp, __ATOMIC_ACQUIRE)) == p) return p;
    UnlockWord(&p->timersLock, LockRank::kTimers);
  }
}

// Puts t, which is in no heap, into the heap of this M's P. False: another goroutine was faster.
bool AddToOwnP(abi::timer* t, int64_t when) {
  NetpollInit();
  P* p = CurrentM()->p;
  LockWord(&p->timersLock, LockRank::kTimers);
  TimerHeap heap(p);
  heap.Clean();  // while it is in hand
  uintptr_t nobody = 0;
  bool ours = __atomic_compare_exchange_n(&t->pp, &nobody, reinterpret_cast<uintptr_t>(p), false,
                                          __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
  if (ours) {
    t->nextwhen = when;
    gc::Shade(t);  // the heap of this P may have been looked at
    heap.Add(t, AllocArray, FreeArray);
  }
  UnlockWord(&p->timersLock, LockRank::kTimers);
  return ours;
}

// The one change of a timer: due at `when`. True if it was pending before.
bool Reset(abi::timer* t, int64_t when) {
  if (when < 0) when = kMaxWhen;
  bool pending = false;
  for (;;) {
    P* p = LockOwner(t);
    if (p == nullptr) {
      if (AddToOwnP(t, when)) break;
      continue;
    }
    pending = StateOf(t) != kTimerDeleted;
    t->nextwhen = when;
    const bool earlier = TimerHeap(p).Moved(t);
    UnlockWord(&p->timersLock, LockRank::kTimers);
    if (!earlier) return pending;
    break;
  }
  WakePollerBefore(when);
  return pending;
}

struct ClosureArgs {
  abi::eface arg;
  uintptr_t seq;
};

// The first timer of p is due; lock held, released while it runs.
void RunFirst(P* p, abi::timer* t, int64_t now) {
  abi::funcval* f = t->f;
  ClosureArgs args{t->arg, t->seq};
  TimerHeap heap(p);
  if (t->period > 0) {
    int64_t late = now - t->when;
    t->nextwhen = t->when + t->period * (1 + late / t->period);
    if (t->nextwhen < 0) t->nextwhen = kMaxWhen;
    heap.Moved(t);
  } else {
    heap.RemoveFirst();
  }
  UnlockWord(&p->timersLock, LockRank::kTimers);
  if (f != nullptr) {
    arch::CallGo(f, &args, sizeof(args));
  } else {
    reinterpret_cast<TimerFn>(args.arg.type)(args.arg.data, args.seq);
  }
  LockWord(&p->timersLock, LockRank::kTimers);
}

void WakeSleeper(void* g, uintptr_t /*seq*/) { Ready(static_cast<G*>(g)); }

// The timer is set only when the goroutine is off its M, or it could be woken before it sleeps.
bool StartSleepTimer(G* g, void* timer) {
  auto* t = static_cast<abi::timer*>(timer);
  SetTimer(t, t->nextwhen, WakeSleeper, g, 0);
  return true;
}

}  // namespace

TimerCheck CheckTimers(P* p, int64_t now) {
  int64_t first = p->timer0When.LoadAcquire();
  if (first == 0) return {now, 0, false};
  if (now == 0) now = Nanotime();
  if (now < first) return {now, first, false};
  bool ran = false;
  LockWord(&p->timersLock, LockRank::kTimers);
  for (;;) {
    TimerHeap heap(p);
    abi::timer* t = heap.First();
    if (t == nullptr || t->nextwhen > now) break;
    RunFirst(p, t, now);
    ran = true;
  }
  first = p->timer0When.LoadRelaxed();  // under lock
  UnlockWord(&p->timersLock, LockRank::kTimers);
  return {now, first, ran};
}

int64_t NextTimerOfAll() {
  int64_t next = 0;
  for (int32_t i = 0; i < all_ps_count; ++i) {
    int64_t when = all_ps[i]->timer0When.LoadAcquire();
    if (when != 0 && (next == 0 || when < next)) next = when;
  }
  return next;
}

void MoveTimers(P* from, P* to) {
  if (from->timers_len == 0) return;
  TimerHeap heap(from);
  TimerHeap target(to);
  while (abi::timer* t = heap.First()) {
    heap.RemoveFirst();
    gc::Shade(t);
    t->pp = reinterpret_cast<uintptr_t>(to);
    target.Add(t, AllocArray, FreeArray);
  }
}

void WakePollerBefore(int64_t when) {
  if (scheduler.last_poll.LoadSeqCst() == 0) {
    // An M waits in the poller; is that until later than `when`?
    int64_t until = scheduler.poll_until.LoadAcquire();
    if (until == 0 || until > when) NetpollBreak();
  } else {
    WakeP();
  }
}

void SetTimer(abi::timer* t, int64_t when, TimerFn fn, void* arg, uintptr_t seq) {
  P* p = LockOwner(t);
  t->f = nullptr;
  t->period = 0;
  t->arg = {reinterpret_cast<abi::_type*>(fn), arg};
  t->seq = seq;
  if (p != nullptr) UnlockWord(&p->timersLock, LockRank::kTimers);
  Reset(t, when);
}

bool StopTimer(abi::timer* t) {
  P* p = LockOwner(t);
  if (p == nullptr) return false;
  bool pending = TimerHeap(p).Delete(t);
  UnlockWord(&p->timersLock, LockRank::kTimers);
  return pending;
}

// ---- Entered from Go ----

extern "C" void gort_timeSleep(entry::timeSleep* a) {
  G* g = CurrentM()->curg;
  if (a->ns <= 0) Continue(g);
  if (g->timer_ == nullptr) {
    g->timer_ = static_cast<abi::timer*>(mem::PersistentAlloc(sizeof(abi::timer), 8));
  }
  int64_t when = Nanotime() + a->ns;
  g->timer_->nextwhen = when < 0 ? kMaxWhen : when;
  Park(StartSleepTimer, g->timer_, abi::kWaitSleep);
}

extern "C" void gort_startTimer(entry::startTimer* a) {
  if (a->t->pp != 0) ThrowMisuse("startTimer called with initialized timer");
  Reset(a->t, a->t->when);
}

extern "C" void gort_stopTimer(entry::stopTimer* a) { a->ret = StopTimer(a->t); }

extern "C" void gort_resetTimer(entry::resetTimer* a) { a->ret = Reset(a->t, a->when); }

extern "C" void gort_modTimer(entry::modTimer* a) {
  abi::timer* t = a->t;
  P* p = LockOwner(t);
  t->period = a->period;
  mem::StoreHeapPointer(&t->f, a->f);
  mem::StoreHeapPointer(&t->arg.type, a->arg.type);
  mem::StoreHeapPointer(&t->arg.data, a->arg.data);
  t->seq = a->seq;
  if (p != nullptr) UnlockWord(&p->timersLock, LockRank::kTimers);
  Reset(t, a->when);
}

}  // namespace gort::sched
