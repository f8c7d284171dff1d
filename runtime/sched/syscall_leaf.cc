// SPDX-License-Identifier: BSD-3-Clause
//
// A goroutine enters the kernel and comes back: two leaves that package syscall calls around every
// system call that may block. Nothing is handed over at entry: the P is only marked, and is this
// M's again at exit if nobody took it meanwhile. Sysmon takes Ps whose goroutine is in the kernel
// for long, a stopper of the world takes them all.
//
//   entersyscall   g running -> syscall, P running -> syscall (its m is gone, the M remembers it in
//                  oldp)
//   exitsyscall    P syscall -> running by CAS: ours, even if others had it meanwhile and it is one
//                  of them that is in a call now (a trace wants to know). Otherwise
//                  exitsyscall_slow, which finds a P or queues g.
//
// From entersyscall to exitsyscall the stack may not grow (throwsplit) and is scanned from
// syscallsp on.
//
// Before: runtime/sched/preempt.cc   After: runtime/sched/syscall.cc
#include "arch/leaf.h"
#include "runtime/sched/event_trace.h"
#include "runtime/sched/scheduler.h"
#include "runtime/stack/stack.h"

namespace gort::sched {

GORT_LEAF(entersyscall) {
  G* g = arch::GetG();
  M* m = g->m;
  if (event_trace::Enabled()) GORT_TAIL(entersyscall_slow);
  m->locks.StoreRelaxed(m->locks.LoadRelaxed() + 1);  // owner only
  g->stackguard0 =
      abi::kStackPreempt;  // any function that wants more stack comes to newstack and is refused
  g->throwsplit = true;
  arch::GoCaller caller = arch::CallerOfLeaf(&a);
  g->sched.pc = caller.pc;
  g->sched.sp = caller.sp;
  g->syscallpc = caller.pc;
  g->syscallsp = caller.sp;
  // A scanner that stopped on this g adds kGScan for a moment.
  while (!g->atomicstatus.CasAcqRel(abi::kGRunning, abi::kGSyscall)) arch::CpuRelax();
  P* p = m->p;
  m->oldp = p;
  m->syscalltick = p->syscalltick;
  if (GORT_UNLIKELY(LetGoForSyscall(m, p))) GORT_TAIL(entersyscall_slow);
  m->locks.StoreRelaxed(m->locks.LoadRelaxed() - 1);
}

GORT_LEAF(exitsyscall) {
  G* g = arch::GetG();
  M* m = g->m;
  P* p = m->oldp;
  g->waitsince = 0;
  if (GORT_LIKELY(p != nullptr && p->status.CasAcqRel(abi::kPSyscall, abi::kPRunning))) {
    m->oldp = nullptr;
    m->p = p;
    p->m = m;
    if (GORT_UNLIKELY(event_trace::Enabled()) && p->syscalltick != m->syscalltick)
      GORT_TAIL(exitsyscall_slow);
    ++p->syscalltick;
    while (!g->atomicstatus.CasAcqRel(abi::kGSyscall, abi::kGRunning)) arch::CpuRelax();
    g->syscallsp = 0;
    g->throwsplit = false;
    // A request for preemption during the call is still a request.
    stack::ResetGuard(g);
    if (g->preempt) g->stackguard0 = abi::kStackPreempt;
    return;
  }
  GORT_TAIL(exitsyscall_slow);
}

}  // namespace gort::sched
