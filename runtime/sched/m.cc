// SPDX-License-Identifier: BSD-3-Clause
//
// Threads: they are made when a P has work and no M is asleep, sleep when there is none, and end
// only when a goroutine that locked its thread ends.
//
//   StartM(p)     a sleeping M, or a new one, takes p
//   StopM()       this M sleeps until StartM gives it a P
//   HandOffP(p)   p loses its M (system call, locked goroutine): somebody else goes on with it if
//                 there is work
//
// A locked goroutine and its M wait for each other: StopLockedM sleeps until the M that found the
// goroutine in a queue hands over its own P (StartLockedM).
//
// A thread is made by the thread that wants it, except that one with a locked goroutine asks the
// template thread (template_thread.cc).
//
// Before: runtime/sched/schedule.cc   After: runtime/sched/template_thread.cc
#include <errno.h>
#include <unistd.h>

#include "asm/gen/entries.h"
#include "runtime/base/check.h"
#include "runtime/base/debug_vars.h"
#include "runtime/base/print.h"
#include "runtime/gc/cycle.h"  // upward: Ps that have nothing to run mark
#include "runtime/mem/malloc.h"
#include "runtime/os/clock.h"
#include "runtime/os/thread.h"
#include "runtime/panic/panic.h"  // upward: LockOSThread may overflow
#include "runtime/sched/event_trace.h"
#include "runtime/sched/scheduler.h"

namespace gort::sched {

M* all_ms = nullptr;
ReadWriteWord exec_lock;
bool main_started = false;
bool sysmon_started = false;

namespace {

// An M with the goroutines that every thread has. Off-heap, zeroed, never given back: a finished
// thread's M is used again.
struct Thread {
  M m;
  G g0;
  G gsignal;
};

M m0;
G g0_of_m0;
G gsignal_of_m0;
M* free_ms = nullptr;  // linked by freelink; scheduler.lock; usable when freeWait is 0

// Random numbers: two words of xorshift; any non-zero start will do. GODEBUG=gortsched names it.
void SeedRandom(M* m) {
  uint64_t start = debug_vars.gortsched != 0 ? debug_vars.gortsched * 0xd1342543de82ef95u
                                             : static_cast<uint64_t>(Nanotime());
  uint64_t x = start ^ (static_cast<uint64_t>(m->id) * 0x9e3779b97f4a7c15u);
  x ^= x >> 31;
  x *= 0xbf58476d1ce4e5b9u;
  m->fastrand[0] = static_cast<uint32_t>(x) | 1;
  m->fastrand[1] = static_cast<uint32_t>(x >> 32) | 1;
}

// lock held
void Register(M* m) {
  m->id = scheduler.next_m_id++;
  CheckMCountLocked();
  m->alllink = all_ms;
  __atomic_store_n(&all_ms, m, __ATOMIC_RELEASE);
}

void InitMembers(M* m, G* g0, G* gsignal) {
  m->g0 = g0;
  m->gsignal = gsignal;
  g0->m = m;
  g0->is_system = true;
  g0->atomicstatus.StoreRelaxed(abi::kGRunning);  // not seen by anybody yet
  gsignal->m = m;
  gsignal->is_system = true;
}

M* AllocM() {
  M* m = nullptr;
  {
    LockGuard guard(&scheduler.lock);
    for (M** link = &free_ms; *link != nullptr; link = &(*link)->freelink) {
      M* candidate = *link;
      // Acquire: pairs with the end of the thread, which used the structure until then.
      if (__atomic_load_n(&candidate->freeWait, __ATOMIC_ACQUIRE) != 0) continue;
      *link = candidate->freelink;
      m = candidate;
      break;
    }
  }
  if (m != nullptr) {
    G* g0 = m->g0;
    G* gsignal = m->gsignal;
    abi::Stack signal_stack = gsignal->stack;
    void* cache = m->unwind_cache;
    __builtin_memset(static_cast<void*>(m), 0, sizeof(M));
    *g0 = {};
    *gsignal = {};
    gsignal->stack = signal_stack;
    m->unwind_cache = cache;
    InitMembers(m, g0, gsignal);
  } else {
    auto* thread = static_cast<Thread*>(mem::PersistentAlloc(sizeof(Thread), 64));
    m = &thread->m;
    InitMembers(m, &thread->g0, &thread->gsignal);
  }
  LockGuard guard(&scheduler.lock);
  Register(m);
  SeedRandom(m);
  return m;
}

// The P that this M was started with, if it still is the M's. Whoever stops the world takes it back
// from a thread that has not woken up yet (TakeNextPs).
bool AcquireNextP(M* m) {
  P* p = __atomic_exchange_n(&m->nextp, nullptr, __ATOMIC_ACQ_REL);
  if (p == nullptr && m->spinning) {
    // Meanwhile others relied on this M to look for work: it does, or there is no idle P.
    m->spinning = false;
    GORT_CHECK(scheduler.spinning_ms.FetchAddSeqCst(-1) > 0, "stopm: negative nmspinning");
    LockGuard guard(&scheduler.lock);
    p = IdleGet();
    if (p != nullptr) {
      m->spinning = true;
      scheduler.spinning_ms.FetchAddSeqCst(1);
    }
  }
  if (p == nullptr) return false;
  AcquireP(p);
  return true;
}

// First code of an M that is not m0, on its system stack, g = g0.
void RunM(void* arg) {
  auto* m = static_cast<M*>(arg);
  os::InitThread(m);
  if (m->mstartfn != nullptr) {
    auto fn = m->mstartfn;
    m->mstartfn = nullptr;
    fn();
  }
  if (!AcquireNextP(m)) StopM();
  Schedule();
}

// The thread itself; returns when ExitM was called on it.
void ThreadMain(M* m) {
  arch::RunThread(m->g0, RunM, m);
  os::FinishThread(m);
  // Release: AllocM may take the structure now.
  __atomic_store_n(&m->freeWait, 0u, __ATOMIC_RELEASE);
}

void MarkSpinning() { CurrentM()->spinning = true; }

// lock held
void IdleMPut(M* m) {
  m->schedlink = scheduler.idle_ms;
  scheduler.idle_ms = m;
  ++scheduler.idle_m_count;
  CheckDeadlock();
}

M* IdleMGet() {
  M* m = scheduler.idle_ms;
  if (m != nullptr) {
    scheduler.idle_ms = m->schedlink;
    --scheduler.idle_m_count;
  }
  return m;
}

void SleepUntilStarted(M* m) {
  ParkNote(m)->Sleep();
  ParkNote(m)->Clear();
}

}  // namespace

int32_t MCount() { return static_cast<int32_t>(scheduler.next_m_id - scheduler.freed_m_count); }

void CheckMCountLocked() {
  int32_t limit = scheduler.max_m_count;
  if (MCount() <= limit) return;
  scheduler.max_m_count = INT32_MAX;  // said once, while other threads want one more too
  scheduler.lock.Release();
  Print("runtime: program exceeds ", limit, "-thread limit\n");
  ThrowMisuse("thread exhaustion");
}

M* AllMsHead() { return __atomic_load_n(&all_ms, __ATOMIC_ACQUIRE); }

void InitM0() {
  InitMembers(&m0, &g0_of_m0, &gsignal_of_m0);
  os::SetSystemStack(&g0_of_m0);
  arch::SetG(&g0_of_m0);
  arch::SetThreadG0(&g0_of_m0);
}

M* M0() { return &m0; }

void RegisterM0() {
  LockGuard guard(&scheduler.lock);
  Register(&m0);
  SeedRandom(&m0);
}

void AcquireP(P* p) {
  M* m = CurrentM();
  if (m->p != nullptr || p->m != nullptr || p->status.LoadRelaxed() != abi::kPIdle) {  // ours alone
    ThrowHex("wirep: invalid p state ", p->status.LoadRelaxed());
  }
  m->p = p;
  p->m = m;
  p->status.StoreRelease(abi::kPRunning);
  if (event_trace::Enabled()) event_trace::ProcStart();
}

P* ReleaseP() {
  M* m = CurrentM();
  P* p = m->p;
  if (p == nullptr || p->m != m || p->status.LoadRelaxed() != abi::kPRunning)
    Throw("releasep: invalid p state");
  if (event_trace::Enabled()) event_trace::ProcStop(p);
  m->p = nullptr;
  p->m = nullptr;
  p->status.StoreRelease(abi::kPIdle);
  return p;
}

void IdlePut(P* p) {
  GORT_CHECK(RunQueueEmpty(p), "pidleput: P has non-empty run queue");
  p->link = scheduler.idle_ps;
  scheduler.idle_ps = p;
  scheduler.idle_p_count.FetchAddSeqCst(1);
}

P* IdleGet() {
  P* p = scheduler.idle_ps;
  if (p != nullptr) {
    scheduler.idle_ps = p->link;
    scheduler.idle_p_count.FetchAddSeqCst(-1);
  }
  return p;
}

void NewM(void (*fn)(), P* p) {
  M* m = AllocM();
  m->mstartfn = fn;
  m->nextp = p;
  // A thread that a goroutine has for itself is no model for others.
  M* current = CurrentM();
  if (current->lockedExt != 0) return StartFromTemplate(m);
  StartThreadOf(m);
}

void StartThreadOf(M* m) {
  while (!exec_lock.TryAcquireRead()) os::SleepMicroseconds(20);
  int error = os::StartThread(m, ThreadMain);
  exec_lock.ReleaseRead();
  if (error == 0) return;
  int32_t have;
  {
    LockGuard guard(&scheduler.lock);
    have = MCount() - 1;
  }
  Print("runtime: failed to create new OS thread (have ", have, " already; errno=", error, ")\n");
  if (error == EAGAIN) Print("runtime: may need to increase max user processes (ulimit -u)\n");
  Throw("newosproc");
}

void StartM(P* p, bool spinning) {
  scheduler.lock.Acquire();
  if (p == nullptr) {
    p = IdleGet();
    if (p == nullptr) {
      scheduler.lock.Release();
      // The caller took the mark for the M it wanted.
      if (spinning)
        GORT_CHECK(scheduler.spinning_ms.FetchAddSeqCst(-1) > 0, "startm: negative nmspinning");
      return;
    }
  }
  M* m = IdleMGet();
  scheduler.lock.Release();
  GORT_CHECK(!spinning || RunQueueEmpty(p), "startm: p has runnable gs");
  if (m == nullptr) {
    NewM(spinning ? MarkSpinning : nullptr, p);
    return;
  }
  m->spinning = spinning;
  __atomic_store_n(&m->nextp, p, __ATOMIC_RELEASE);
  ParkNote(m)->Wake();
}

void StopM() {
  M* m = CurrentM();
  GORT_CHECK(m->p == nullptr, "stopm holding p");
  GORT_CHECK(!m->spinning, "stopm spinning");
  do {
    {
      LockGuard guard(&scheduler.lock);
      IdleMPut(m);
    }
    SleepUntilStarted(m);
  } while (!AcquireNextP(m));
}

void TakeNextPs(void (*take)(P*)) {
  for (M* m = AllMsHead(); m != nullptr; m = m->alllink) {
    if (m->lockedg != nullptr) continue;  // the P is for that goroutine
    P* p = __atomic_exchange_n(&m->nextp, nullptr, __ATOMIC_ACQ_REL);
    if (p != nullptr) take(p);
  }
}

void HandOffP(P* p) {
  // There is work, so somebody has to do it.
  if (!RunQueueEmpty(p) || scheduler.runq_size.LoadAcquire() != 0) return StartM(p, false);
  if (gc::IdleWorkAvailable()) return StartM(p, false);
  // Nobody looks for work: somebody has to.
  if (scheduler.spinning_ms.LoadSeqCst() + scheduler.idle_p_count.LoadSeqCst() == 0 &&
      scheduler.spinning_ms.CasSeqCst(0, 1)) {
    return StartM(p, true);
  }
  scheduler.lock.Acquire();
  if (scheduler.gc_waiting.LoadRelaxed() != 0) {  // under lock
    p->status.StoreRelease(abi::kPGCStop);
    if (--scheduler.stop_wait == 0) scheduler.stop_note.Wake();
    scheduler.lock.Release();
    return;
  }
  if (p->runSafePointFn != 0 &&
      __atomic_exchange_n(&p->runSafePointFn, 0u, __ATOMIC_ACQ_REL) != 0) {
    scheduler.safe_point_fn(p);
    if (--scheduler.safe_point_wait == 0) scheduler.safe_point_note.Wake();
  }
  if (scheduler.runq_size.LoadRelaxed() != 0) {  // under lock
    scheduler.lock.Release();
    return StartM(p, false);
  }
  // The last running P goes idle while nobody waits in the network.
  if (scheduler.idle_p_count.LoadRelaxed() == gomaxprocs - 1 &&
      scheduler.last_poll.LoadAcquire() != 0) {
    scheduler.lock.Release();
    return StartM(p, false);
  }
  int64_t when = p->numTimers.LoadAcquire() > 0 ? p->timer0When.LoadAcquire() : 0;
  IdlePut(p);
  scheduler.lock.Release();
  if (when != 0) WakePollerBefore(when);
}

void StopLockedM() {
  M* m = CurrentM();
  GORT_CHECK(m->lockedg != nullptr && m->lockedg->lockedm == m,
             "stoplockedm: inconsistent locking");
  if (m->p != nullptr) HandOffP(ReleaseP());
  {
    LockGuard guard(&scheduler.lock);
    ++scheduler.idle_locked_m_count;
    CheckDeadlock();
  }
  SleepUntilStarted(m);
  GORT_CHECK(StatusOf(m->lockedg) == abi::kGRunnable, "stoplockedm: not runnable");
  AcquireP(m->nextp);
  m->nextp = nullptr;
}

void StartLockedM(G* g) {
  M* locked = g->lockedm;
  GORT_CHECK(locked != CurrentM() && locked->nextp == nullptr,
             "startlockedm: inconsistent locking");
  {
    LockGuard guard(&scheduler.lock);
    --scheduler.idle_locked_m_count;
  }
  locked->nextp = ReleaseP();
  ParkNote(locked)->Wake();
  StopM();
}

void ExitM() {
  M* m = CurrentM();
  if (m == &m0) {
    // The kernel takes the main thread's end for strange, so it only sleeps.
    HandOffP(ReleaseP());
    {
      LockGuard guard(&scheduler.lock);
      ++scheduler.freed_m_count;
      CheckDeadlock();
    }
    for (;;) pause();
  }
  os::BlockSignals(m);
  {
    LockGuard guard(&scheduler.lock);
    M** link = &all_ms;
    while (*link != m) link = &(*link)->alllink;
    *link = m->alllink;
    m->freeWait = 1;
    m->freelink = free_ms;
    free_ms = m;
  }
  HandOffP(ReleaseP());
  {
    LockGuard guard(&scheduler.lock);
    ++scheduler.freed_m_count;
    CheckDeadlock();
  }
  arch::GoGo(&m->g0->sched);
}

namespace {

void LockThread(M* m) {
  m->lockedg = m->curg;
  m->curg->lockedm = m;
}

void UnlockThread(M* m) {
  if (m->lockedInt != 0 || m->lockedExt != 0) return;
  m->lockedg = nullptr;
  m->curg->lockedm = nullptr;
}

}  // namespace

void LockOSThreadInternal() {
  M* m = CurrentM();
  ++m->lockedInt;
  LockThread(m);
}

void UnlockOSThreadInternal() {
  M* m = CurrentM();
  GORT_CHECK(m->lockedInt != 0, "runtime: internal error: misuse of lockOSThread/unlockOSThread");
  --m->lockedInt;
  UnlockThread(m);
}

bool EndInitLock(M* m, G* g) {
  if (g->goid != 1 || m->lockedInt == 0) return false;
  m->lockedInt = 0;
  if (m->lockedExt == 0) {
    m->lockedg = nullptr;
    g->lockedm = nullptr;
  }
  return true;
}

// ---- Entered from Go ----

extern "C" void gort_LockOSThread(entry::LockOSThread*) {
  M* m = CurrentM();
  EnsureTemplateThread();
  if (++m->lockedExt == 0) {
    --m->lockedExt;
    return panic::RaisePlain("LockOSThread nesting overflow");
  }
  LockThread(m);
}

extern "C" void gort_UnlockOSThread(entry::UnlockOSThread*) {
  M* m = CurrentM();
  if (m->lockedExt == 0) return;
  --m->lockedExt;
  UnlockThread(m);
}

// Stock's inlined UnlockOSThread has counted already.
extern "C" void gort_dounlockOSThread(entry::dounlockOSThread*) { UnlockThread(CurrentM()); }

}  // namespace gort::sched
