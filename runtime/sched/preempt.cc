// SPDX-License-Identifier: BSD-3-Clause
//
// Preemption: a running goroutine is asked to stop.
//
//   by stack guard   stackguard0 becomes a huge address, so the next function prologue finds too
//                    little stack and comes to newstack, which finds the request (Preempted)
//   by signal        for loops without calls: SIGURG to the thread; if the interrupted instruction
//                    is one where the compiler left a map (or a conservative scan is possible), the
//                    handler injects a call of asyncPreempt
//
// A request is only a wish. The goroutine may have switched by itself meanwhile, may hold runtime
// locks, may be in the kernel. Who needs the stop repeats the request.
//
// Before: runtime/sched/stop_world.cc   After: runtime/sched/syscall.cc
#include "runtime/sched/preempt.h"

#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <initializer_list>

#include "asm/gen/entries.h"
#include "runtime/abi/roots.h"
#include "runtime/base/check.h"
#include "runtime/base/debug_vars.h"
#include "runtime/gc/cycle.h"  // upward: a goroutine in debt waits here
#include "runtime/sched/event_trace.h"
#include "runtime/sched/scheduler.h"
#include "runtime/stack/stack.h"
#include "runtime/unwind/unwinder.h"

namespace gort::sched {

namespace {

bool IsAssembly(const char* file) {
  size_t n = strlen(file);
  return n >= 2 && file[n - 2] == '.' && file[n - 1] == 's';
}

// The M whose goroutine was asked by its guard; null: p runs none.
M* AskByGuard(P* p) {
  // Neither pointer is stable here; they are never freed, and a wrong goroutine that yields does no
  // harm.
  M* m = p->m;
  if (m == nullptr || m == CurrentM()) return nullptr;
  G* g = m->curg;
  if (g == nullptr || g == m->g0) return nullptr;
  g->preempt = true;
  g->stackguard0 = abi::kStackPreempt;
  return m;
}

bool ForEachRunningP(bool (*ask)(P*)) {
  bool any = false;
  for (int32_t i = 0; i < all_ps_count; ++i) {
    if (all_ps[i]->status.LoadAcquire() == abi::kPRunning && ask(all_ps[i])) any = true;
  }
  return any;
}

}  // namespace

bool PreemptOne(P* p) {
  M* m = AskByGuard(p);
  if (m == nullptr) return false;
  if (debug_vars.asyncpreemptoff == 0) {
    p->preempt = true;
    SignalForPreemption(m);
  }
  return true;
}

bool PreemptAll() { return ForEachRunningP(PreemptOne); }

void PreemptAllByGuard() {
  ForEachRunningP([](P* p) { return AskByGuard(p) != nullptr; });
}

void SignalForPreemption(M* m) {
  // One signal in flight per thread is enough.
  if (!m->signalPending.CasAcqRel(0, 1)) return;
  syscall(SYS_tgkill, getpid(), m->procid, SIGURG);
}

bool CanPreempt(M* m) {
  return m->locks.LoadRelaxed() == 0 && m->mallocing == 0 && m->preemptoff == nullptr &&
         m->p != nullptr && m->p->status.LoadAcquire() == abi::kPRunning;
}

bool AsyncSafePoint(G* g, uintptr_t pc, uintptr_t sp) {
  M* m = g->m;
  if (g != m->curg || !CanPreempt(m)) return false;
  // asyncPreempt pushes its frame and all registers.
  constexpr uintptr_t kAsyncPreemptStack = 700;
  if (sp < g->stack.lo || sp - g->stack.lo < kAsyncPreemptStack) return false;
  unwind::FuncInfo f = unwind::FindFunc(pc);
  if (!f) return false;  // C++, the vDSO
  // Unsafe, or within a sequence that would have to be begun anew: the next request may find a
  // better place.
  if (unwind::PcDataValue(f, abi::kPcdataUnsafePoint, pc) != kUnsafePointSafe) return false;
  if (unwind::FuncDataOf(f, abi::kFuncdataLocalsPointerMaps) == nullptr) return false;
  // Assembly, whatever map it claims to have: above all the stubs, which hold this M in registers
  // and are about to leave the stack. They bear the names of many packages.
  if (IsAssembly(unwind::FileLineOf(f, f.fn->entry).file)) return false;
  const char* name = unwind::FuncName(f);
  for (const char* prefix : {"runtime.", "runtime/internal/", "reflect."}) {
    if (strncmp(name, prefix, strlen(prefix)) == 0) return false;
  }
  return true;
}

void YieldPreempted(G* g) {
  gc::PayBeforeYield(g);
  YieldToGlobalQueue(g, true);
}

void YieldAtEntry(G* g) {
  if (g->preemptStop) PreemptPark(g);
  YieldPreempted(g);
}

void StepAside(G* g) {
  if (!CanPreempt(CurrentM())) return;
  g->preempt = false;
  g->preemptStop = false;
  stack::ResetGuard(g);
  BlockInPlace([](void*) {}, nullptr, abi::kWaitPreempted);
}

void PreemptPark(G* g) {
  M* m = CurrentM();
  GORT_CHECK(StatusOf(g) == abi::kGRunning, "bad g status");
  g->waitreason = abi::kWaitPreempted;
  if (event_trace::Enabled()) event_trace::GoBlock(abi::kWaitPreempted);
  // The goroutine goes through scan|preempted: nobody may take it before it is off its M.
  auto scan_preempted = static_cast<abi::GStatus>(abi::kGScan | abi::kGPreempted);
  CasStatus(g, abi::kGRunning, scan_preempted);
  m->curg = nullptr;
  g->m = nullptr;
  g->atomicstatus.StoreRelease(abi::kGPreempted);
  Schedule();
}

// ---- Entered from Go ----

// Called by asyncPreempt, which saved every register.
extern "C" void gort_asyncPreempt2(entry::asyncPreempt2*) {
  G* g = CurrentM()->curg;
  g->asyncSafePoint = true;
  SetResume(
      g, [](G* g, void*) { g->asyncSafePoint = false; }, nullptr);
  if (g->preemptStop) PreemptPark(g);
  YieldPreempted(g);
}

}  // namespace gort::sched
