// SPDX-License-Identifier: BSD-3-Clause
//
// System calls, what the leaves do not do: wake sysmon, stop for whoever stops the world, find a P
// for a goroutine that comes back; and what a fork needs.
//
// Before: runtime/sched/syscall_leaf.cc   After: runtime/sched/sysmon.cc
#include <sched.h>
#include <signal.h>

#include "asm/gen/entries.h"
#include "runtime/base/check.h"
#include "runtime/base/upcalls.h"
#include "runtime/os/clock.h"
#include "runtime/os/signal.h"
#include "runtime/sched/event_trace.h"
#include "runtime/sched/preempt.h"
#include "runtime/sched/scheduler.h"
#include "runtime/stack/stack.h"

namespace gort::sched {

namespace {

// From here on g->sched is where the goroutine goes on. Its status has changed: a scanner that
// found it in the system call is done.
void LeaveSyscall(G* g) {
  __atomic_store_n(&g->syscallsp, 0, __ATOMIC_RELAXED);
  g->throwsplit = false;
}

// No P was to be had: the goroutine waits in the global queue, the M sleeps.
[[noreturn]] void QueueAfterSyscall(M* m, G* g) {
  CasStatus(g, abi::kGSyscall, abi::kGRunnable);
  LeaveSyscall(g);
  bool locked = m->lockedg != nullptr;
  m->curg = nullptr;
  g->m = nullptr;
  P* p;
  {
    LockGuard guard(&scheduler.lock);
    p = IdleGet();
    if (p == nullptr) {
      GlobalRunQueuePut(g);
    } else {
      WakeSysmonLocked();
    }
  }
  if (p != nullptr) {
    AcquireP(p);
    Execute(g, false);
  }
  if (locked) {
    StopLockedM();
    Execute(g, false);
  }
  StopM();
  Schedule();
}

// What the leaf entersyscall does.
void EnterTraced(M* m) {
  G* g = m->curg;
  event_trace::GoSysCall();
  m->locks.StoreRelaxed(m->locks.LoadRelaxed() + 1);  // owner only
  g->stackguard0 = abi::kStackPreempt;
  g->throwsplit = true;
  const arch::GoCaller caller = arch::CallerOf(g->sched);
  g->syscallpc = caller.pc;
  g->syscallsp = caller.sp;
  CasStatus(g, abi::kGRunning, abi::kGSyscall);
  m->oldp = m->p;
  m->syscalltick = m->p->syscalltick;
  LetGoForSyscall(m, m->p);  // whoever waits is looked for by the caller
}

// Whoever took the P writes the event of it and then counts; what g writes comes later.
void WaitForSysBlock(const M* m) {
  if (m->oldp == nullptr) return;
  while (__atomic_load_n(&m->oldp->syscalltick, __ATOMIC_ACQUIRE) == m->syscalltick) sched_yield();
}

// g has P p again.
[[noreturn]] void GoOnAfterSyscall(G* g, P* p) {
  ++p->syscalltick;
  CasStatus(g, abi::kGSyscall, abi::kGRunning);
  LeaveSyscall(g);
  stack::ResetGuard(g);
  if (g->preempt) g->stackguard0 = abi::kStackPreempt;
  if (event_trace::Enabled()) event_trace::GoStart(g);
  Continue(g);
}

// p, in a system call, may be wanted: somebody waits for a function to be run for it or for the
// world to stop, or sysmon has to be awake to take it.
void OfferP(P* p) {
  // The function is this M's to run unless somebody has taken the P, who then runs it.
  if (__atomic_load_n(&p->runSafePointFn, __ATOMIC_ACQUIRE) != 0 &&
      p->status.CasSeqCst(abi::kPSyscall, abi::kPRunning)) {
    RunSafePointFn(p);
    p->status.StoreSeqCst(abi::kPSyscall);
  }
  LockGuard guard(&scheduler.lock);
  WakeSysmonLocked();
  if (scheduler.stop_wait > 0 && scheduler.gc_waiting.LoadRelaxed() != 0 &&  // under lock
      p->status.CasAcqRel(abi::kPSyscall, abi::kPGCStop)) {
    if (event_trace::Enabled()) {
      event_trace::GoSysBlock(p);
      event_trace::ProcStop(p);
    }
    ++p->syscalltick;
    if (--scheduler.stop_wait == 0) scheduler.stop_note.Wake();
  }
}

}  // namespace

void RunAsSyscall(void (*work)(void*), void* arg) {
  M* m = CurrentM();
  // A trace would show a system call that is none.
  if (event_trace::Enabled() || !CanPreempt(m)) return work(arg);
  G* g = m->curg;
  P* p = m->p;
  g->syscallsp = g->sched.sp;
  g->syscallpc = g->sched.pc;
  CasStatus(g, abi::kGRunning, abi::kGSyscall);
  if (LetGoForSyscall(m, p)) OfferP(p);
  work(arg);
  const bool kept = p->status.CasAcqRel(abi::kPSyscall, abi::kPRunning);
  // A trace that began meanwhile has found g in a system call.
  const bool traced = event_trace::Enabled();
  if (traced) g->sysblocktraced = true;
  if (!kept) return ReturnWithAnyP(g);
  m->p = p;
  p->m = m;
  // To begin it somebody stopped the world: another goroutine has had the P since.
  if (traced) event_trace::GoSysBlock(p);
  ++p->syscalltick;
  CasStatus(g, abi::kGSyscall, abi::kGRunning);
  g->syscallsp = 0;
  if (traced) event_trace::GoStart(g);
}

// ---- Entered from Go ----

// g and P are marked; somebody waits for that. Or nothing is done yet, as there is an event to
// write while the P is still here.
extern "C" void gort_entersyscall_slow(entry::entersyscall_slow*) {
  M* m = CurrentM();
  if (m->p != nullptr) EnterTraced(m);
  OfferP(m->oldp);
  m->locks.StoreRelaxed(m->locks.LoadRelaxed() - 1);  // the leaf raised it
}

extern "C" void gort_exitsyscall_slow(entry::exitsyscall_slow*) {
  M* m = CurrentM();
  G* g = m->curg;
  if (event_trace::Enabled()) {
    WaitForSysBlock(m);
    // The P was lost, or the trace began in the call: either way a reader thinks that g is blocked.
    g->sysblocktraced = true;
  }
  m->oldp = nullptr;
  if (m->p != nullptr) {
    // The leaf has taken it from another goroutine, which is in a system call.
    event_trace::GoSysBlock(m->p);
    GoOnAfterSyscall(g, m->p);
  }
  if (scheduler.idle_p_count.LoadAcquire() != 0) {
    P* p;
    {
      LockGuard guard(&scheduler.lock);
      p = IdleGet();
      if (p != nullptr) WakeSysmonLocked();
    }
    if (p != nullptr) {
      AcquireP(p);
      GoOnAfterSyscall(g, p);
    }
  }
  QueueAfterSyscall(m, g);
}

// A call that is known to block: the P goes at once.
extern "C" void gort_entersyscallblock(entry::entersyscallblock*) {
  M* m = CurrentM();
  G* g = m->curg;
  g->throwsplit = true;
  g->stackguard0 = abi::kStackPreempt;
  // The goroutine goes on in the call, so this entry's frame is not there any more.
  const arch::GoCaller caller = arch::ParkCallerOf(g->sched);
  g->syscallsp = caller.sp;
  g->syscallpc = caller.pc;
  ++m->p->syscalltick;
  m->oldp = nullptr;
  if (event_trace::Enabled()) {
    event_trace::GoSysCall();
    event_trace::GoSysBlock(m->p);
  }
  CasStatus(g, abi::kGRunning, abi::kGSyscall);
  HandOffP(ReleaseP());
  Continue(g);
}

// Between BeforeFork and AfterFork no signal may reach this thread: the child of vfork shares our
// memory, and its handlers would run on it. A stack that wants to grow is an error of the same
// kind.
extern "C" void gort_syscall_runtime_BeforeFork(entry::syscall_runtime_BeforeFork*) {
  M* m = CurrentM();
  m->locks.StoreRelaxed(m->locks.LoadRelaxed() + 1);  // owner only
  os::SaveAndBlockSignals(m);
  m->curg->stackguard0 = abi::kStackFork;
}

extern "C" void gort_syscall_runtime_AfterFork(entry::syscall_runtime_AfterFork*) {
  M* m = CurrentM();
  stack::ResetGuard(m->curg);
  os::RestoreSignals(m);
  m->locks.StoreRelaxed(m->locks.LoadRelaxed() - 1);
}

// In the child: it may change its own signal handlers, not our memory.
extern "C" void gort_syscall_runtime_AfterForkInChild(entry::syscall_runtime_AfterForkInChild*) {
  os::ResetHandlersInChild();
  os::RestoreSignals(CurrentM());
}

// exec replaces the process: a thread that is being made at that moment would make it fail.
extern "C" void gort_syscall_runtime_BeforeExec(entry::syscall_runtime_BeforeExec*) {
  while (!exec_lock.TryAcquireWrite()) os::SleepMicroseconds(20);
}
extern "C" void gort_syscall_runtime_AfterExec(entry::syscall_runtime_AfterExec*) {
  exec_lock.ReleaseWrite();
}

}  // namespace gort::sched
