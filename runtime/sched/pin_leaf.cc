// SPDX-License-Identifier: BSD-3-Clause
//
// Pinning: a goroutine that will not be preempted, so it stays on its M and P. sync.Pool and
// atomic.Value use it for a few instructions; m->locks counts.
//
// Before: runtime/sched/random_leaf.cc   After: runtime/sched/sema.cc
#include "arch/leaf.h"
#include "runtime/sched/scheduler.h"

namespace gort::sched {

namespace {

GORT_ALWAYS_INLINE intptr_t Pin() {
  M* m = arch::GetG()->m;
  m->locks.StoreRelaxed(m->locks.LoadRelaxed() + 1);  // owner only
  return m->p->id;
}

GORT_ALWAYS_INLINE void Unpin() {
  G* g = arch::GetG();
  M* m = g->m;
  int32_t locks = m->locks.LoadRelaxed() - 1;  // owner only
  m->locks.StoreRelaxed(locks);
  // newstack refused a request while pinned; it has to see it again.
  if (locks == 0 && g->preempt) g->stackguard0 = abi::kStackPreempt;
}

}  // namespace

GORT_LEAF(procPin) { a.ret = Pin(); }
GORT_LEAF(sync_runtime_procPin) { a.ret = Pin(); }
GORT_LEAF(sync_atomic_runtime_procPin) { a.ret = Pin(); }
GORT_LEAF(procUnpin) { Unpin(); }
GORT_LEAF(sync_runtime_procUnpin) { Unpin(); }
GORT_LEAF(sync_atomic_runtime_procUnpin) { Unpin(); }

GORT_LEAF(acquirem) {
  Pin();
  a.ret = reinterpret_cast<decltype(a.ret)>(arch::GetG()->m);
}
GORT_LEAF(releasem) { Unpin(); }

// Spinning in a sync.Mutex pays when the holder can run meanwhile: several processors, some other P
// busy, nothing of our own to run.
GORT_LEAF(sync_runtime_canSpin) {
  constexpr intptr_t kActiveSpins = 4;
  a.ret = false;
  if (a.i >= kActiveSpins || processors <= 1) return;
  int32_t idle_or_spinning =
      scheduler.idle_p_count.LoadRelaxed() + scheduler.spinning_ms.LoadRelaxed();  // hints
  if (gomaxprocs <= idle_or_spinning + 1) return;
  P* p = arch::GetG()->m->p;
  uint32_t head = p->runqhead.LoadAcquire();
  uint32_t tail = p->runqtail.LoadAcquire();
  a.ret = head == tail && p->runnext.LoadAcquire() == nullptr;
}

// A ticket for a sync.Cond, drawn before the caller unlocks its mutex.
GORT_LEAF(notifyListAdd) {
  a.ret = reinterpret_cast<abi::notifyList*>(a.l)->wait.FetchAddSeqCst(1);
}

GORT_LEAF(sync_runtime_doSpin) {
  for (int i = 0; i < 30; ++i) arch::CpuRelax();
}

}  // namespace gort::sched
