// SPDX-License-Identifier: BSD-3-Clause
//
// Stop the world: no Go code runs but the caller's.
//
// One at a time holds the world (world_word, a lock word on which threads sleep). The stopper takes
// the Ps that nobody runs, idle ones and those whose goroutine is in the kernel, and asks the
// others to come: their goroutines are preempted, their Ms find gc_waiting in Schedule and give the
// P up (StopForWorld). stop_wait counts Ps still to come.
//
//   stop_wait = number of Ps whose status is not kPGCStop;  the stopper waits until it is 0
//
// Everything that the kernel has a part in takes tens of microseconds: a signal, a sleeping thread
// that wakes up. So the stopper asks by the guards first, which is enough for goroutines that call
// functions; takes the Ps of threads that have been started with one and have not woken up; sends
// signals to those who have not come after a moment; and sleeps only when it has looked in vain for
// as long as a sleep would cost.
//
// The callers are entries of kind system: their C++ frames stay on the system stack while they wait
// for their turn. Only an M without a P may sleep that long, or the one who stops the world would
// wait for it: BlockInPlace.
//
// Before: runtime/sched/netpoll.cc   After: runtime/sched/preempt.cc
#include "asm/gen/entries.h"
#include "runtime/abi/roots.h"
#include "runtime/base/check.h"
#include "runtime/base/futex.h"
#include "runtime/gc/cycle.h"  // upward: the collector may wait for the world
#include "runtime/os/clock.h"
#include "runtime/sched/event_trace.h"
#include "runtime/sched/scheduler.h"

namespace gort::sched {

namespace {

enum WorldWord : uint32_t { kFree, kHeld, kHeldAndWanted };
Atomic<uint32_t> world_word{kFree};
// The holder of the world's:
int32_t new_procs = 0;        // wanted by GOMAXPROCS
bool stop_is_traced = false;  // the collector's: a trace has its start, and wants its end

void WaitForWorld(void* /*arg*/) {
  while (world_word.ExchangeAcqRel(kHeldAndWanted) != kFree)
    FutexSleep(&world_word.value, kHeldAndWanted, -1);
}

void HoldWorld() {
  if (world_word.CasAcqRel(kFree, kHeld)) return;
  if (CurrentM()->curg != nullptr) {
    BlockInPlace(WaitForWorld, nullptr, abi::kWaitSemacquire);
  } else {
    WaitForWorld(nullptr);
  }
}

}  // namespace

bool TryHoldWorld() { return world_word.CasAcqRel(kFree, kHeld); }

// SeqCst, as in ReleaseWorld: an M that gave its P up before it looked here is seen there.
bool WorldIsHeld() { return world_word.LoadSeqCst() != kFree; }

void ReleaseWorld() {
  if (world_word.ExchangeSeqCst(kFree) == kHeldAndWanted) FutexWake(&world_word.value, 1);
  // Who wanted the world for the collector and did not get it has left a note.
  if (gc::WantsScheduler()) WakeP();
}

void BlockInPlace(void (*wait)(void*), void* arg, abi::WaitReason reason) {
  M* m = CurrentM();
  G* g = m->curg;
  // Without a reason it is a system call, to a reader of tracebacks and to a scanner.
  abi::GStatus status = reason == abi::kWaitZero ? abi::kGSyscall : abi::kGWaiting;
  if (status == abi::kGSyscall) {
    g->syscallsp = g->sched.sp;
    g->syscallpc = g->sched.pc;
  }
  g->waitreason = reason;
  if (event_trace::Enabled()) {
    if (status == abi::kGSyscall) {
      event_trace::GoSysCall();
      event_trace::GoSysBlock(m->p);
      g->sysblocktraced = true;
    } else {
      event_trace::GoBlock(reason);
    }
  }
  CasStatus(g, abi::kGRunning, status);
  HandOffP(ReleaseP());
  wait(arg);
  ReturnWithAnyP(g);
}

void ReturnWithAnyP(G* g) {
  M* m = CurrentM();
  auto status = static_cast<abi::GStatus>(StatusOf(g));
  bool was_locked = m->lockedg != nullptr;
  m->lockedg = g;
  g->lockedm = m;
  scheduler.lock.Acquire();
  P* p = IdleGet();
  scheduler.lock.Release();
  if (p != nullptr) AcquireP(p);
  {
    event_trace::Outsider outsider(m);
    if (event_trace::Enabled() && status == abi::kGWaiting) event_trace::GoUnblock(g);
    CasStatus(g, status, abi::kGRunnable);
  }
  if (p == nullptr) {
    // As a locked goroutine it is found in the queue by some M, which hands its P over.
    {
      LockGuard guard(&scheduler.lock);
      GlobalRunQueuePut(g);
    }
    StartM(nullptr, false);
    StopLockedM();
  }
  CasStatus(g, abi::kGRunnable, abi::kGRunning);
  g->syscallsp = 0;
  if (event_trace::Enabled()) event_trace::GoStart(g);
  if (!was_locked) {
    m->lockedg = nullptr;
    g->lockedm = nullptr;
  }
}

namespace {

constexpr int64_t kWaitBeforeSignals = 10 * 1000;  // ns
constexpr int64_t kWaitAwake = 100 * 1000;
constexpr int64_t kAskAgain = 100 * 1000;

// False: not before the deadline. With one processor nobody comes while somebody looks.
bool LookUntil(const Note& note, int64_t deadline) {
  if (*abi::roots->ncpu > 1) {
    while (!note.IsWoken() && os::Nanotime() < deadline) {
      for (int i = 0; i < 20; ++i) arch::CpuRelax();
    }
  }
  return note.IsWoken();
}

void WaitForOthers() {
  int64_t began = os::Nanotime();
  Note* note = &scheduler.stop_note;
  if (!LookUntil(*note, began + kWaitBeforeSignals)) {
    PreemptAll();
    if (!LookUntil(*note, began + kWaitAwake)) {
      // A request can be lost in a race with a goroutine switch, so it is repeated.
      while (!note->SleepFor(kAskAgain)) PreemptAll();
    }
  }
  note->Clear();
}

void TakeForStop(P* p) {
  p->status.StoreRelease(abi::kPGCStop);
  --scheduler.stop_wait;
}

// The caller holds the world.
void StopOthers(const char* reason) {
  M* m = CurrentM();
  m->preemptoff = reason;
  // A mark worker that waits for this goroutine to stop would not stop itself: so its stack may be
  // scanned from here on. It is not moved while it has an M.
  G* g = m->curg;
  bool runs = g != nullptr && StatusOf(g) == abi::kGRunning;
  if (runs) {
    g->waitreason = abi::kWaitGarbageCollection;
    CasStatus(g, abi::kGRunning, abi::kGWaiting);
  }
  scheduler.lock.Acquire();
  scheduler.stop_wait = gomaxprocs;
  scheduler.gc_waiting.StoreSeqCst(1);  // SeqCst: before the statuses below are read
  PreemptAllByGuard();
  TakeForStop(m->p);
  for (int32_t i = 0; i < gomaxprocs; ++i) {
    P* p = all_ps[i];
    if (p->status.CasSeqCst(abi::kPSyscall, abi::kPGCStop)) {
      if (event_trace::Enabled()) {
        event_trace::GoSysBlock(p);
        event_trace::ProcStop(p);
      }
      ++p->syscalltick;
      --scheduler.stop_wait;
    }
  }
  while (P* p = IdleGet()) TakeForStop(p);
  TakeNextPs(TakeForStop);
  bool wait = scheduler.stop_wait > 0;
  scheduler.lock.Release();
  if (wait) WaitForOthers();
  GORT_CHECK(scheduler.stop_wait == 0, "stopTheWorld: not stopped (stopwait != 0)");
  for (int32_t i = 0; i < gomaxprocs; ++i) {
    GORT_CHECK(all_ps[i]->status.LoadAcquire() == abi::kPGCStop,
               "stopTheWorld: not stopped (status != _Pgcstop)");
  }
  if (runs) CasStatus(g, abi::kGWaiting, abi::kGRunning);
}

}  // namespace

void StopTheWorld(const char* reason) {
  HoldWorld();
  StopOthers(reason);
}

bool TryStopTheWorld(const char* reason) {
  if (!TryHoldWorld()) return false;
  StopOthers(reason);
  return true;
}

void StopHeldWorld(const char* reason, event_trace::Stop stop) {
  stop_is_traced = event_trace::Enabled();
  if (stop_is_traced) event_trace::GCStopStart(stop);
  StopOthers(reason);
}

void ForEachP(void (*fn)(P*)) {
  M* m = CurrentM();
  P* own = m->p;
  scheduler.lock.Acquire();
  GORT_CHECK(scheduler.safe_point_wait == 0, "forEachP: sched.safePointWait != 0");
  scheduler.safe_point_fn = fn;
  scheduler.safe_point_wait = gomaxprocs - 1;
  for (int32_t i = 0; i < gomaxprocs; ++i) {
    if (all_ps[i] != own) __atomic_store_n(&all_ps[i]->runSafePointFn, 1u, __ATOMIC_SEQ_CST);
  }
  PreemptAll();
  // Idle Ps stay idle while the lock is held; from here on a P that becomes idle has run fn.
  for (P* p = scheduler.idle_ps; p != nullptr; p = p->link) {
    if (__atomic_exchange_n(&p->runSafePointFn, 0u, __ATOMIC_ACQ_REL) == 0) continue;
    fn(p);
    --scheduler.safe_point_wait;
  }
  bool wait = scheduler.safe_point_wait > 0;
  scheduler.lock.Release();
  fn(own);
  while (wait) {
    // A P in a system call runs fn when it is handed over.
    for (int32_t i = 0; i < gomaxprocs; ++i) {
      P* p = all_ps[i];
      if (__atomic_load_n(&p->runSafePointFn, __ATOMIC_ACQUIRE) == 0) continue;
      if (p->status.CasSeqCst(abi::kPSyscall, abi::kPIdle)) {
        if (event_trace::Enabled()) {
          event_trace::GoSysBlock(p);
          event_trace::ProcStop(p);
        }
        ++p->syscalltick;
        HandOffP(p);
      }
    }
    if (scheduler.safe_point_note.SleepFor(100 * 1000)) {
      scheduler.safe_point_note.Clear();
      break;
    }
    PreemptAll();
  }
  GORT_CHECK(scheduler.safe_point_wait == 0, "forEachP: not done");
}

void StartTheWorld() {
  M* m = CurrentM();
  m->locks.StoreRelaxed(m->locks.LoadRelaxed() + 1);  // owner only; keeps this M's P
  GList ready;
  if (NetpollInitialised()) ready = Netpoll(0);
  scheduler.lock.Acquire();
  int32_t count = gomaxprocs;
  if (new_procs != 0) {
    count = new_procs;
    new_procs = 0;
  }
  P* with_work = ResizeProcs(count);
  scheduler.gc_waiting.StoreSeqCst(0);
  WakeSysmonLocked();
  scheduler.lock.Release();
  m->preemptoff = nullptr;
  InjectList(&ready);
  while (with_work != nullptr) {
    P* p = with_work;
    with_work = p->link;
    StartM(p, false);
  }
  // There may be more work than Ps that have some.
  WakeP();
  m->locks.StoreRelaxed(m->locks.LoadRelaxed() - 1);
  // This M has a P, so the trace is the same; the next stop has not begun.
  if (stop_is_traced) event_trace::GCStopDone();
  stop_is_traced = false;
  ReleaseWorld();
}

void StopForWorld() {
  M* m = CurrentM();
  GORT_CHECK(scheduler.gc_waiting.LoadAcquire() != 0, "gcstopm: not waiting for gc");
  if (m->spinning) {
    m->spinning = false;
    // Whoever starts the world wakes Ms for work that is there.
    GORT_CHECK(scheduler.spinning_ms.FetchAddSeqCst(-1) > 0, "gcstopm: negative nmspinning");
  }
  P* p = ReleaseP();
  {
    LockGuard guard(&scheduler.lock);
    p->status.StoreRelease(abi::kPGCStop);
    if (--scheduler.stop_wait == 0) scheduler.stop_note.Wake();
  }
  StopM();
}

void WakeSysmonLocked() {
  if (scheduler.sysmon_wait.LoadRelaxed() == 0) return;  // written under lock
  scheduler.sysmon_wait.StoreRelaxed(0);
  scheduler.sysmon_note.Wake();
}

void FreezeTheWorld() {
  // More than Ps can come, so that nobody is told that all have.
  constexpr int32_t kNeverAll = INT32_MAX;
  constexpr uint32_t kWait = 1000;
  for (int i = 0; i < 5; ++i) {
    scheduler.stop_wait = kNeverAll;
    scheduler.gc_waiting.StoreSeqCst(1);
    if (!PreemptAll()) break;
    os::SleepMicroseconds(kWait);
  }
  // One that was about to run goroutines may not have been seen.
  os::SleepMicroseconds(kWait);
  PreemptAll();
  os::SleepMicroseconds(kWait);
}

// ---- Entered from Go ----

extern "C" void gort_GOMAXPROCS(entry::GOMAXPROCS* a) {
  int32_t old = gomaxprocs;
  a->ret = old;
  if (a->n <= 0 || a->n == old) return;
  StopTheWorld("GOMAXPROCS");
  G* g = CurrentM()->curg;
  intptr_t n = arch::ArgsOf<entry::GOMAXPROCS>(g)->n;
  new_procs = static_cast<int32_t>(n > kMaxProcs ? kMaxProcs : n);
  StartTheWorld();
}

}  // namespace gort::sched
