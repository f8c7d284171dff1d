// SPDX-License-Identifier: BSD-3-Clause
//
// An M looks for a goroutine and runs it.
//
// Schedule tries, in this order: a goroutine this M is locked to; every 61st time the global queue,
// so that two local goroutines that keep each other busy do not starve it; the P's own queue; then
// FindRunnable:
//
//   own timers and queue -> global queue -> network (no wait) -> the queues and timers of other Ps,
//   in random order -> give the P up, look at everything once more, wait in the network poller
//   until the next timer -> sleep
//
// The second look closes the race with a goroutine made ready in between: its maker saw a spinning
// M and woke nobody. At most half of the busy Ps' number of Ms spin, or a program with little to do
// would burn every processor.
//
// Nothing here survives a switch: Execute leaves the system stack for good, and the next entry
// starts Schedule anew.
//
// Before: runtime/sched/park.cc   After: runtime/sched/m.cc
#include "runtime/base/check.h"
#include "runtime/base/debug_vars.h"
#include "runtime/gc/cycle.h"  // upward: a wanted collection starts here
#include "runtime/os/clock.h"
#include "runtime/sched/event_trace.h"
#include "runtime/sched/scheduler.h"
#include "runtime/stack/stack.h"

namespace gort::sched {

Scheduler scheduler;

namespace {

void SpillToGlobal(GQueue* spilled, int32_t count) {
  LockGuard guard(&scheduler.lock);
  scheduler.runq.Append(spilled);
  scheduler.runq_size.StoreRelease(scheduler.runq_size.LoadRelaxed() + count);
}

void StartSpinning(M* m) {
  m->spinning = true;
  scheduler.spinning_ms.FetchAddSeqCst(1);
}

void PauseBeforeStealingNext() { os::SleepMicroseconds(3); }

// Visits 0 <= i < n once each, from a random start with a random step coprime to n.
class RandomOrder {
 public:
  explicit RandomOrder(uint32_t n) : n_(n) {
    uint32_t r = FastRand();
    at_ = r % n;
    step_ = 1;
    for (uint32_t candidate = (r >> 10) % n + 1;; candidate = candidate % n + 1) {
      if (Gcd(candidate, n) == 1) {
        step_ = candidate;
        break;
      }
    }
  }
  bool done() const { return visited_ == n_; }
  uint32_t at() const { return at_; }
  void Next() {
    ++visited_;
    at_ = (at_ + step_) % n_;
  }

 private:
  static uint32_t Gcd(uint32_t a, uint32_t b) {
    while (b != 0) {
      uint32_t rest = a % b;
      a = b;
      b = rest;
    }
    return a;
  }
  uint32_t n_;
  uint32_t at_;
  uint32_t step_;
  uint32_t visited_ = 0;
};

// One search for work. The P may be another one after it.
class Search {
 public:
  explicit Search(M* m) : m_(m) {}

  G* Run(bool* inherit_time) {
    for (;;) {
      G* g = WithP(inherit_time);
      if (g != nullptr) return g;
      if (again_) continue;
      g = WithoutP();
      if (g != nullptr) return g;
      if (again_) continue;
      StopM();
    }
  }

 private:
  // Everything that needs a P to be held.
  G* WithP(bool* inherit_time) {
    again_ = false;
    *inherit_time = false;
    P* p = m_->p;
    if (scheduler.gc_waiting.LoadAcquire() != 0) {
      StopForWorld();
      again_ = true;
      return nullptr;
    }
    RunSafePointFn(p);
    TimerCheck timers = CheckTimers(p, 0);
    now_ = timers.now;
    poll_until_ = timers.poll_until;
    if (G* g = RunQueueGet(p, inherit_time)) return g;
    if (scheduler.runq_size.LoadAcquire() != 0) {
      LockGuard guard(&scheduler.lock);
      if (G* g = GlobalRunQueueGet(p, 0)) return g;
    }
    if (NetpollInitialised() && NetpollHasWaiters() && scheduler.last_poll.LoadAcquire() != 0) {
      GList ready = Netpoll(0);
      if (G* g = TakeFromPoll(&ready)) return g;
    }
    // As many spinners as half of the busy Ps, no more.
    int32_t busy = gomaxprocs - scheduler.idle_p_count.LoadRelaxed();  // a hint
    if (m_->spinning || 2 * scheduler.spinning_ms.LoadRelaxed() < busy) {
      if (!m_->spinning) StartSpinning(m_);
      if (G* g = Steal(p, inherit_time)) return g;
      if (again_) return nullptr;
    }
    // Nothing to run: the collector's work, if there is some.
    if (gc::WantsScheduler() && gc::IdleWorkAvailable()) {
      if (m_->spinning) ResetSpinning();
      bool ran = gc::RunIdle();
      p = m_->p;
      // What waited for the collector may go on now.
      if (ran || !RunQueueEmpty(p)) {
        again_ = true;
        return nullptr;
      }
    }
    return GiveUpP(p);
  }

  G* Steal(P* p, bool* inherit_time) {
    constexpr int kRounds = 4;
    for (int round = 0; round < kRounds; ++round) {
      bool last_round = round == kRounds - 1;
      for (RandomOrder order(static_cast<uint32_t>(gomaxprocs)); !order.done(); order.Next()) {
        if (scheduler.gc_waiting.LoadAcquire() != 0) {
          again_ = true;
          return nullptr;
        }
        P* victim = all_ps[order.at()];
        if (victim == p) continue;
        // Timers of a P whose goroutine has run for long: looked at only when there is nothing
        // better.
        if (last_round && victim->numTimers.LoadAcquire() != 0) {
          TimerCheck timers = CheckTimers(victim, now_);
          now_ = timers.now;
          if (timers.poll_until != 0 && (poll_until_ == 0 || timers.poll_until < poll_until_)) {
            poll_until_ = timers.poll_until;
          }
          if (timers.ran) {
            if (G* g = RunQueueGet(p, inherit_time)) return g;
          }
        }
        if (G* g = RunQueueSteal(p, victim, last_round, PauseBeforeStealingNext)) return g;
      }
    }
    return nullptr;
  }

  // The P becomes idle, unless something arrived for it.
  G* GiveUpP(P* p) {
    LockGuard guard(&scheduler.lock);
    if (scheduler.gc_waiting.LoadRelaxed() != 0 || p->runSafePointFn != 0) {  // under lock
      again_ = true;
      return nullptr;
    }
    if (scheduler.runq_size.LoadRelaxed() != 0) return GlobalRunQueueGet(p, 0);
    GORT_CHECK(ReleaseP() == p, "findrunnable: wrong p");
    IdlePut(p);
    return nullptr;
  }

  // The M holds no P. Whoever readied a goroutine while it spun relied on it to find it.
  G* WithoutP() {
    bool was_spinning = m_->spinning;
    if (was_spinning) {
      m_->spinning = false;
      // SeqCst: the looks below must not be done before this store (see scheduler.h).
      GORT_CHECK(scheduler.spinning_ms.FetchAddSeqCst(-1) > 0, "findrunnable: negative nmspinning");
    }
    for (int32_t i = 0; i < all_ps_count; ++i) {
      if (RunQueueEmpty(all_ps[i])) continue;
      if (TakeIdleP(was_spinning)) {
        again_ = true;
        return nullptr;
      }
      break;
    }
    if (gc::IdleWorkAvailable() && TakeIdleP(was_spinning)) {
      again_ = true;
      return nullptr;
    }
    // Timers that were set since the look, and those of Ps that were not asked because this M did
    // not steal.
    int64_t next = NextTimerOfAll();
    if (next != 0 && (poll_until_ == 0 || next < poll_until_)) poll_until_ = next;

    if (!NetpollInitialised()) return nullptr;
    if ((NetpollHasWaiters() || poll_until_ != 0) && scheduler.last_poll.ExchangeSeqCst(0) != 0) {
      return WaitInPoller(was_spinning);
    }
    if (poll_until_ != 0) {
      // Another M waits in the poller: too long, perhaps.
      int64_t theirs = scheduler.poll_until.LoadAcquire();
      if (theirs == 0 || theirs > poll_until_) NetpollBreak();
    }
    return nullptr;
  }

  G* WaitInPoller(bool was_spinning) {
    scheduler.poll_until.StoreRelease(poll_until_);
    GORT_CHECK(m_->p == nullptr, "findrunnable: netpoll with p");
    int64_t delay = -1;
    if (poll_until_ != 0) {
      delay = poll_until_ - Nanotime();
      if (delay < 0) delay = 0;
    }
    GList ready = Netpoll(delay);
    scheduler.poll_until.StoreRelease(0);
    scheduler.last_poll.StoreRelease(Nanotime());
    if (!TakeIdleP(false)) {
      InjectList(&ready);
      return nullptr;
    }
    if (G* g = TakeFromPoll(&ready)) return g;
    if (was_spinning) StartSpinning(m_);
    again_ = true;
    return nullptr;
  }

  G* TakeFromPoll(GList* ready) {
    G* g = ready->Pop();
    if (g == nullptr) return nullptr;
    InjectList(ready);
    if (event_trace::Enabled()) event_trace::GoUnblock(g);
    CasStatus(g, abi::kGWaiting, abi::kGRunnable);
    return g;
  }

  bool TakeIdleP(bool spin) {
    scheduler.lock.Acquire();
    P* p = IdleGet();
    scheduler.lock.Release();
    if (p == nullptr) return false;
    AcquireP(p);
    if (spin) StartSpinning(m_);
    return true;
  }

  M* m_;
  int64_t now_ = 0;
  int64_t poll_until_ = 0;
  bool again_ = false;
};

}  // namespace

namespace {

// GODEBUG=gortsched=SEED: no goroutine runs next, half of them go through the global queue, some to
// its head.
void PutAtRandom(P* p, G* g) {
  uint32_t r = FastRand();
  if ((r & 1) == 0) return RunQueuePut(p, g, false, SpillToGlobal);
  LockGuard guard(&scheduler.lock);
  if ((r & 2) != 0) {
    GlobalRunQueuePut(g);
  } else {
    GlobalRunQueuePutHead(g);
  }
}

}  // namespace

void PutRunnable(P* p, G* g, bool next) {
  if (GORT_UNLIKELY(debug_vars.gortsched != 0)) return PutAtRandom(p, g);
  RunQueuePut(p, g, next, SpillToGlobal);
}

void Continue(G* g) {
  M* m = CurrentM();
  if (GORT_UNLIKELY(debug_vars.gortsched != 0) && m->locks.LoadRelaxed() == 0 &&  // owner only
      m->pending_panic.type == nullptr && m->lockedg == nullptr && FastRandN(8) == 0) {
    YieldToLocalQueue(g);
  }
  arch::GoGo(&g->sched);
}

void RunSafePointFn(P* p) {
  if (GORT_LIKELY(p->runSafePointFn == 0)) return;
  // The one who takes the mark away runs the function; stop_world.cc may do it for a P without an
  // M.
  if (__atomic_exchange_n(&p->runSafePointFn, 0u, __ATOMIC_ACQ_REL) == 0) return;
  scheduler.safe_point_fn(p);
  LockGuard guard(&scheduler.lock);
  if (--scheduler.safe_point_wait == 0) scheduler.safe_point_note.Wake();
}

void SpillRunQueue(P* p) {
  GQueue queue;
  int32_t count = 0;
  bool inherit;
  while (G* g = RunQueueGet(p, &inherit)) {
    queue.PushBack(g);
    ++count;
  }
  if (count == 0) return;
  SpillToGlobal(&queue, count);
  WakeP();
}

void GlobalRunQueuePut(G* g) {
  scheduler.runq.PushBack(g);
  scheduler.runq_size.StoreRelease(scheduler.runq_size.LoadRelaxed() + 1);  // under lock
}

void GlobalRunQueuePutHead(G* g) {
  scheduler.runq.PushFront(g);
  scheduler.runq_size.StoreRelease(scheduler.runq_size.LoadRelaxed() + 1);  // under lock
}

G* GlobalRunQueueGet(P* p, int32_t max) {
  int32_t size = scheduler.runq_size.LoadRelaxed();  // under lock
  if (size == 0) return nullptr;
  int32_t count = size / gomaxprocs + 1;
  if (count > size) count = size;
  if (max > 0 && count > max) count = max;
  if (count > abi::kRunQueueSize / 2) count = abi::kRunQueueSize / 2;
  scheduler.runq_size.StoreRelease(size - count);
  G* g = scheduler.runq.PopFront();
  // The ring has room: callers come here when it is empty, or ask for one.
  for (--count; count > 0; --count) RunQueuePut(p, scheduler.runq.PopFront(), false, SpillToGlobal);
  return g;
}

void InjectList(GList* list) {
  if (list->empty()) return;
  GQueue queue;
  int32_t count = 0;
  {
    event_trace::Outsider outsider(CurrentM());
    while (G* g = list->Pop()) {
      if (event_trace::Enabled()) event_trace::GoUnblock(g);
      CasStatus(g, abi::kGWaiting, abi::kGRunnable);
      queue.PushBack(g);
      ++count;
    }
  }
  P* p = CurrentM()->p;
  int32_t idle = scheduler.idle_p_count.LoadAcquire();
  int32_t shared = p == nullptr || idle > count ? count : idle;
  if (shared > 0) {
    {
      LockGuard guard(&scheduler.lock);
      for (int32_t i = 0; i < shared; ++i) GlobalRunQueuePut(queue.PopFront());
    }
    for (int32_t i = 0; i < shared && scheduler.idle_p_count.LoadAcquire() != 0; ++i) {
      StartM(nullptr, false);
    }
  }
  while (G* g = queue.PopFront()) PutRunnable(p, g, false);
}

void WakeP() {
  if (scheduler.idle_p_count.LoadSeqCst() == 0) return;
  // SeqCst pairs with the spinner that stops: the work was published before, it will look after
  // (scheduler.h).
  if (scheduler.spinning_ms.LoadSeqCst() != 0 || !scheduler.spinning_ms.CasSeqCst(0, 1)) return;
  StartM(nullptr, true);
}

void ResetSpinning() {
  M* m = CurrentM();
  m->spinning = false;
  int32_t before = scheduler.spinning_ms.FetchAddSeqCst(-1);
  GORT_CHECK(before > 0, "findrunnable: negative nmspinning");
  // It found work, so there may be more: the next one looks for it.
  if (before == 1) WakeP();
}

void YieldToGlobalQueue(G* g, bool preempted) {
  M* m = CurrentM();
  if (event_trace::Enabled()) event_trace::GoYield(preempted);
  CasStatus(g, abi::kGRunning, abi::kGRunnable);
  m->curg = nullptr;
  g->m = nullptr;
  {
    LockGuard guard(&scheduler.lock);
    GlobalRunQueuePut(g);
  }
  Schedule();
}

void YieldToLocalQueue(G* g) {
  M* m = CurrentM();
  if (event_trace::Enabled()) event_trace::GoYield(false);
  CasStatus(g, abi::kGRunning, abi::kGRunnable);
  m->curg = nullptr;
  g->m = nullptr;
  PutRunnable(m->p, g, false);
  Schedule();
}

static void RunResume(void* goroutine) {
  G* g = static_cast<G*>(goroutine);
  auto resume = g->resume;
  void* arg = g->resume_arg;
  g->resume = nullptr;
  g->resume_arg = nullptr;
  resume(g, arg);
  arch::GoGo(&g->sched);
}

void Execute(G* g, bool inherit_time) {
  M* m = CurrentM();
  m->curg = g;
  g->m = m;
  CasStatus(g, abi::kGRunnable, abi::kGRunning);
  g->waitsince = 0;
  g->preempt = false;
  stack::ResetGuard(g);
  if (!inherit_time) ++m->p->schedtick;
  if (event_trace::Enabled()) event_trace::GoStart(g);
  // From the top of the system stack: a resume function may park again, and its next one begins
  // here too, so their frames must not pile up.
  if (g->resume != nullptr) arch::CallOnStack(RunResume, g, m->g0->sched.sp);
  arch::GoGo(&g->sched);
}

void Schedule() {
  M* m = CurrentM();
  GORT_CHECK(m->locks.LoadRelaxed() == 0, "schedule: holding locks");  // owner only
  if (m->lockedg != nullptr) {
    StopLockedM();
    Execute(m->lockedg, false);
  }
  for (;;) {
    P* p = m->p;
    p->preempt = false;
    if (GORT_UNLIKELY(event_trace::reader_is_due.LoadRelaxed() != 0)) {
      if (m->spinning) ResetSpinning();
      event_trace::WakeReader();
    }
    if (scheduler.gc_waiting.LoadAcquire() != 0) {
      StopForWorld();
      continue;
    }
    RunSafePointFn(p);
    // An M that looks for work finds the collector's, too.
    if (GORT_UNLIKELY(gc::WantsScheduler()) && !m->spinning) {
      if (gc::RunFromScheduler()) continue;
      p = m->p;
    }
    GORT_CHECK(!m->spinning || RunQueueEmpty(p), "schedule: spinning with local work");
    CheckTimers(p, 0);
    G* g = nullptr;
    bool inherit_time = false;
    bool look = p->schedtick % 61 == 0 || (debug_vars.gortsched != 0 && FastRandN(2) == 0);
    if (look && scheduler.runq_size.LoadAcquire() != 0) {
      LockGuard guard(&scheduler.lock);
      g = GlobalRunQueueGet(p, 1);
    }
    if (g == nullptr) g = RunQueueGet(p, &inherit_time);
    if (g == nullptr) g = Search(m).Run(&inherit_time);
    if (m->spinning) ResetSpinning();
    if (g->lockedm != nullptr) {
      StartLockedM(g);
      continue;
    }
    Execute(g, inherit_time);
  }
}

}  // namespace gort::sched
