// SPDX-License-Identifier: BSD-3-Clause
//
// Debts, the pool, and the goroutines that wait to be able to pay.
//
// Before: runtime/gc/assist.h   After: runtime/gc/cycle.h
#include "runtime/gc/assist.h"

#include "arch/arch.h"
#include "runtime/base/lock.h"
#include "runtime/base/upcalls.h"
#include "runtime/gc/cycle.h"
#include "runtime/gc/mark.h"
#include "runtime/gc/pacer.h"
#include "runtime/gc/worker.h"
#include "runtime/os/clock.h"
#include "runtime/sched/event_trace.h"
#include "runtime/sched/scheduler.h"

namespace gort::gc {
namespace {

constexpr int64_t kLeastWork = 64 << 10;  // done at once, so that it is not done at every run

Atomic<int64_t> pool;  // work that was done and nobody has been credited for; may go below zero

// A g's debt is one of this cycle; an older one is forgotten when it is looked at.
uint32_t cycle;  // changes with the world stopped

Lock debtors_lock(LockRank::kForceGC);
sched::GList debtors;          // guarded by debtors_lock
Atomic<int32_t> debtor_count;  // read without it, as a hint

void ForgetOld(G* g) {
  if (g->gc_cycle == cycle) return;
  g->gc_cycle = cycle;
  g->gcAssistBytes = 0;
}

bool Owes(G* g) {
  if (!mark_state.marking) return false;
  ForgetOld(g);
  return g->gcAssistBytes < 0;
}

// The work that the debt stands for, as far as the pool can, is done.
void TakeFromPool(G* g, double per_byte) {
  int64_t work = static_cast<int64_t>(static_cast<double>(-g->gcAssistBytes) * per_byte) + 1;
  int64_t there = pool.LoadRelaxed();  // an estimate
  if (there <= 0) return;
  if (there >= work) {
    pool.FetchAddRelaxed(-work);
    g->gcAssistBytes = 0;
  } else {
    pool.FetchAddRelaxed(-there);
    g->gcAssistBytes += static_cast<int64_t>(static_cast<double>(there) / per_byte);
  }
}

// The goroutine comes to the scheduler at its next prologue.
void AskToYield(G* g) {
  g->preempt = true;
  g->stackguard0 = abi::kStackPreempt;
}

bool CommitWait(G* g, void*) {
  LockGuard guard(&debtors_lock);
  if (!Owes(g) || !NoCommonWork()) return false;
  debtors.Push(g);
  debtor_count.StoreSeqCst(debtor_count.LoadRelaxed() + 1);  // under lock
  return true;
}

}  // namespace

void ChargeAllocation(uintptr_t bytes) {
  G* g = arch::GetG()->m->curg;
  if (g == nullptr) return;
  ForgetOld(g);
  g->gcAssistBytes -= static_cast<int64_t>(bytes);
}

void PayDebt(G* g) {
  if (!Owes(g)) return;
  double per_byte = AssistWorkPerByte();
  TakeFromPool(g, per_byte);
  if (g->gcAssistBytes >= 0) return;
  int64_t started = os::Nanotime();
  DrainLimit limit;
  limit.work = static_cast<int64_t>(static_cast<double>(-g->gcAssistBytes) * per_byte);
  if (limit.work < kLeastWork) limit.work = kLeastWork;
  // Roots are for the workers: who waits for a goroutine to stop must not be one.
  limit.roots = false;
  Work* work = WorkOf(g->m->p);
  mark_state.active.FetchAddSeqCst(1);
  int64_t before = work->scan_work;
  const bool traced = sched::event_trace::Enabled();
  if (traced) sched::event_trace::GCAssistStart();
  Drain(work, limit);
  int64_t done = work->scan_work - before;
  work->Flush();
  g->gcAssistBytes += static_cast<int64_t>(static_cast<double>(done) / per_byte);
  CountWork(done);
  work->scan_work -= done;  // what is left there goes into the pool
  bool last = mark_state.active.FetchAddSeqCst(-1) == 1;
  if (traced) sched::event_trace::GCAssistDone();
  mark_state.assist_ns.FetchAddRelaxed(os::Nanotime() - started);  // a sum
  // Somebody has to finish, or to do what a debtor cannot.
  if ((last && NothingLeft()) || g->gcAssistBytes < 0) AskToYield(g);
}

void PayBeforeYield(G* g) {
  if (!Owes(g)) return;
  TakeFromPool(g, AssistWorkPerByte());
  // With objects to look through there will be another assist. Roots are for the workers: the P of
  // a goroutine that waits may be one.
  if (g->gcAssistBytes >= 0 || !NoCommonWork()) return;
  sched::Park(CommitWait, nullptr, abi::kWaitGCAssistWait);
}

void PayIn(Work* work) {
  int64_t done = work->scan_work;
  work->scan_work = 0;
  if (done > 0) {
    pool.FetchAddRelaxed(done);  // an estimate
    CountWork(done);
  }
  if (debtor_count.LoadSeqCst() != 0) WakeDebtors();
}

void ForgiveDebts() {
  cycle++;
  pool.StoreRelaxed(0);  // world stopped
}

void WakeDebtors() {
  sched::GList woken;
  {
    LockGuard guard(&debtors_lock);
    while (G* g = debtors.Pop()) woken.Push(g);
    debtor_count.StoreSeqCst(0);
  }
  sched::InjectList(&woken);
}

}  // namespace gort::gc
