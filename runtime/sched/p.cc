// SPDX-License-Identifier: BSD-3-Clause
//
// Ps: GOMAXPROCS of them. A P that is taken away gives everything it caches to others before it
// dies.
//
// Before: runtime/sched/template_thread.cc   After: runtime/sched/newproc.cc
#include "runtime/base/check.h"
#include "runtime/gc/cycle.h"  // upward: a P that goes hands in what it has noted for the marking
#include "runtime/mem/malloc.h"
#include "runtime/panic/panic.h"  // upward: a P that goes gives its defer records back
#include "runtime/sched/event_trace.h"
#include "runtime/sched/scheduler.h"
#include "runtime/stack/stack.h"

namespace gort::sched {

P** all_ps = nullptr;
int32_t all_ps_count = 0;
int32_t gomaxprocs = 0;

namespace {

P* ps[kMaxProcs];  // all_ps; a P once made is kept for its index

P* MakeP(int32_t id) {
  auto* p = static_cast<P*>(mem::PersistentAlloc(sizeof(P), 64));
  p->id = id;
  return p;
}

// The caches that a dead P does not have.
void InitP(P* p) {
  p->status.StoreRelease(abi::kPGCStop);
  if (p->mcache == nullptr) p->mcache = mem::NewCache();
  p->wb.next = reinterpret_cast<uintptr_t>(&p->wb.buf[0]);
  p->wb.end = reinterpret_cast<uintptr_t>(&p->wb.buf[abi::kWriteBarrierPointers]);
}

void DestroyP(P* p) {
  bool inherit;
  GQueue rest;
  int32_t count = 0;
  while (G* g = RunQueueGet(p, &inherit)) {
    rest.PushBack(g);
    ++count;
  }
  rest.Append(&scheduler.runq);  // they were first in their queue
  scheduler.runq = rest;
  scheduler.runq_size.StoreRelease(scheduler.runq_size.LoadRelaxed() + count);  // under lock
  MoveTimers(p, all_ps[0]);
  gc::FlushP(p);
  panic::FlushDeferPools(p);
  FlushSudogs(p);
  FlushDeadGsLocked(p);
  stack::FlushCache(p);
  mem::FlushCache(p->mcache);
  p->status.StoreRelease(abi::kPDead);
}

}  // namespace

P* ResizeProcs(int32_t count) {
  M* m = CurrentM();
  int32_t old = gomaxprocs;
  GORT_CHECK(old >= 0 && count > 0 && count <= kMaxProcs, "procresize: invalid arg");
  int64_t now = Nanotime();
  if (scheduler.procresize_time != 0) {
    scheduler.total_time += static_cast<int64_t>(old) * (now - scheduler.procresize_time);
  }
  scheduler.procresize_time = now;

  for (int32_t i = old; i < count; ++i) {
    if (ps[i] == nullptr) ps[i] = MakeP(i);
    InitP(ps[i]);
  }
  all_ps = ps;
  if (all_ps_count < count) {
    __atomic_store_n(&all_ps_count, count, __ATOMIC_RELEASE);
  }

  if (m->p != nullptr && m->p->id < count) {
    m->p->status.StoreRelease(abi::kPRunning);
  } else {
    // The P of this M goes, or there is none yet.
    if (event_trace::Enabled() && m->p != nullptr) {
      event_trace::GoYield(false);
      event_trace::ProcStop(m->p);
    }
    if (m->p != nullptr) m->p->m = nullptr;
    m->p = nullptr;
    P* first = ps[0];
    first->m = nullptr;
    first->status.StoreRelease(abi::kPIdle);
    AcquireP(first);
    if (event_trace::Enabled() && m->curg != nullptr) event_trace::GoStart(m->curg);
  }
  for (int32_t i = count; i < old; ++i) DestroyP(ps[i]);
  if (all_ps_count != count) __atomic_store_n(&all_ps_count, count, __ATOMIC_RELEASE);
  __atomic_store_n(&gomaxprocs, count, __ATOMIC_RELEASE);
  if (event_trace::Enabled()) event_trace::Gomaxprocs(count);

  P* with_work = nullptr;
  for (int32_t i = count - 1; i >= 0; --i) {
    P* p = ps[i];
    if (m->p == p) continue;
    p->status.StoreRelease(abi::kPIdle);
    if (RunQueueEmpty(p)) {
      IdlePut(p);
    } else {
      p->link = with_work;
      with_work = p;
    }
  }
  return with_work;
}

}  // namespace gort::sched
