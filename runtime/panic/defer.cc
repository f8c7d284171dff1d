// SPDX-License-Identifier: BSD-3-Clause
//
// Defer records on the slow side: pools are filled, large argument blocks get a record of their own
// size.
//
// Before: runtime/panic/defer_leaf.cc   After: runtime/panic/panic.cc
#include "runtime/panic/defer.h"

#include "arch/arch.h"
#include "asm/gen/entries.h"
#include "runtime/base/lock.h"
#include "runtime/mem/malloc.h"
#include "runtime/panic/panic.h"
#include "runtime/sched/preempt.h"

namespace gort::panic {

Atomic<abi::_defer*> central_defers[abi::kDeferClasses];
abi::funcval nil_function = {0};

namespace {

// Records made at once when pool and central list are empty: a loop of defers pays one visit to the
// system stack for several records, a program with one defer wastes a few hundred bytes.
constexpr int32_t kBatch = 8;

abi::_defer* Allocate(uintptr_t size, int32_t siz) {
  auto* d = static_cast<abi::_defer*>(mem::MallocOneValue(size, TypeOf(roots->deferPtr)));
  d->siz = siz;
  d->heap = true;
  return d;
}

Lock central_lock(LockRank::kDefer);

// A batch from the central list into an empty pool, if there is one.
void TakeFromCentral(abi::DeferPool* pool, int32_t cls) {
  if (central_defers[cls].LoadAcquire() == nullptr) return;
  LockGuard guard(&central_lock);
  abi::_defer* batch = central_defers[cls].LoadAcquire();
  do {
    if (batch == nullptr) return;
  } while (!central_defers[cls].CasAcqRel(&batch, static_cast<abi::_defer*>(batch->fd)));
  batch->fd = nullptr;
  pool->head = batch;
  pool->count = abi::kDeferPoolSize / 2;
}

}  // namespace

abi::_defer* NewDefer(P* p, int32_t siz) {
  int32_t cls = DeferClass(siz);
  if (cls >= abi::kDeferClasses)
    return Allocate(sizeof(abi::_defer) + static_cast<uintptr_t>(siz), siz);
  abi::DeferPool* pool = &p->deferpool[cls];
  if (pool->head == nullptr) TakeFromCentral(pool, cls);
  if (pool->head == nullptr) {
    int32_t extra = roots->writeBarrier->enabled ? 0 : kBatch - 1;
    for (int32_t i = 0; i < extra; i++) {
      abi::_defer* d = Allocate(DeferClassSize(cls), 0);
      d->link = pool->head;
      pool->head = d;
      pool->count++;
    }
    return Allocate(DeferClassSize(cls), siz);
  }
  abi::_defer* d = pool->head;
  pool->head = d->link;
  pool->count--;
  d->siz = siz;
  d->link = nullptr;
  return d;
}

void FlushDeferPools(P* p) {
  for (abi::DeferPool& pool : p->deferpool) pool = {};
}

void FlushCentralDefers() {
  for (auto& head : central_defers) head.StoreRelease(nullptr);
}

// ---- Entered from Go ----

extern "C" int gort_deferproc_slow(entry::deferproc_slow* a) {
  M* m = arch::GetG()->m;
  G* g = m->curg;
  abi::_defer* d = NewDefer(m->p, a->siz);
  arch::GoCaller caller = arch::CallerOf(g->sched);
  d->sp = caller.sp;
  d->pc = caller.pc;
  d->fn = a->fn;
  d->link = g->_defer;
  CopyArgs(d->args(), a + 1, a->siz);
  g->_defer = d;
  // A loop that defers calls nothing with a stack check and is in C++ nearly all the time. Here is
  // where it can stop: now that they are copied, nobody needs the arguments, which no map tells.
  if (GORT_UNLIKELY(g->preempt)) sched::StepAside(g);
  return 0;
}

}  // namespace gort::panic
