// SPDX-License-Identifier: BSD-3-Clause
//
// The run queue of a P: put, get, steal. The idea and the picture are in run_queue.h.
//
// Before: runtime/sched/run_queue.h   After: runtime/sched/status.cc
#include "runtime/sched/run_queue.h"

namespace gort::sched {

namespace {

constexpr uint32_t kSize = abi::kRunQueueSize;

// The ring was full: half of it and g leave. False if a thief was faster and there is room now.
bool Spill(P* p, G* g, uint32_t head, uint32_t tail, SpillFn spill) {
  constexpr uint32_t kHalf = kSize / 2;
  G* batch[kHalf + 1];
  if (tail - head != kSize) return false;
  // Relaxed: these slots were written by this thread; thieves only read.
  for (uint32_t i = 0; i < kHalf; ++i) batch[i] = p->runq[(head + i) % kSize].LoadRelaxed();
  if (!p->runqhead.CasAcqRel(head, head + kHalf)) return false;
  batch[kHalf] = g;
  GQueue queue;
  for (G* each : batch) queue.PushBack(each);
  spill(&queue, kHalf + 1);
  return true;
}

// Copies half of from's ring to `ring` from position `at`; returns how many. They belong to the
// caller then.
uint32_t Grab(P* from, Atomic<G*>* ring, uint32_t at, bool take_next, void (*pause)()) {
  for (;;) {
    uint32_t head = from->runqhead.LoadAcquire();
    uint32_t tail = from->runqtail.LoadAcquire();
    uint32_t count = tail - head;
    count -= count / 2;
    if (count == 0) {
      if (!take_next) return 0;
      G* next = from->runnext.LoadAcquire();
      if (next == nullptr) return 0;
      // Its owner is about to run it, most likely; taking it away would only move it between
      // caches.
      if (from->status.LoadAcquire() == abi::kPRunning && pause != nullptr) pause();
      if (!from->runnext.CasAcqRel(next, nullptr)) continue;
      ring[at % kSize].StoreRelaxed(next);  // published by the tail of the new ring
      return 1;
    }
    if (count > kSize / 2) continue;  // head and tail were read at different times
    for (uint32_t i = 0; i < count; ++i) {
      // Relaxed: the acquire of tail above makes the slots visible; the CAS below rejects reused
      // ones.
      ring[(at + i) % kSize].StoreRelaxed(from->runq[(head + i) % kSize].LoadRelaxed());
    }
    if (from->runqhead.CasAcqRel(head, head + count)) return count;
  }
}

}  // namespace

void RunQueuePut(P* p, G* g, bool next, SpillFn spill) {
  if (next) {
    G* previous = p->runnext.ExchangeAcqRel(g);
    if (previous == nullptr) return;
    g = previous;
  }
  for (;;) {
    uint32_t head = p->runqhead.LoadAcquire();  // with the CAS of thieves: their reads are done
    uint32_t tail = p->runqtail.LoadRelaxed();  // written by this thread only
    if (tail - head < kSize) {
      p->runq[tail % kSize].StoreRelaxed(g);  // published by tail
      p->runqtail.StoreRelease(tail + 1);
      return;
    }
    if (Spill(p, g, head, tail, spill)) return;
  }
}

G* RunQueueGet(P* p, bool* inherit_time) {
  *inherit_time = false;
  G* next = p->runnext.LoadRelaxed();  // only this thread makes it non-null; the CAS decides
  if (next != nullptr && p->runnext.CasAcqRel(next, nullptr)) {
    *inherit_time = true;
    return next;
  }
  for (;;) {
    uint32_t head = p->runqhead.LoadAcquire();
    uint32_t tail = p->runqtail.LoadRelaxed();  // written by this thread only
    if (tail == head) return nullptr;
    G* g = p->runq[head % kSize].LoadRelaxed();  // this thread wrote it
    if (p->runqhead.CasAcqRel(head, head + 1)) return g;
  }
}

bool RunQueueEmpty(const P* p) {
  // A goroutine may go from runnext to the ring between the looks; an unchanged tail says that it
  // did not.
  for (;;) {
    uint32_t head = p->runqhead.LoadAcquire();
    uint32_t tail = p->runqtail.LoadAcquire();
    G* next = p->runnext.LoadAcquire();
    if (tail == p->runqtail.LoadAcquire()) return head == tail && next == nullptr;
  }
}

G* RunQueueSteal(P* to, P* from, bool take_next, void (*pause)()) {
  uint32_t tail = to->runqtail.LoadRelaxed();  // written by this thread only
  uint32_t count = Grab(from, to->runq, tail, take_next, pause);
  if (count == 0) return nullptr;
  --count;
  G* g = to->runq[(tail + count) % kSize].LoadRelaxed();  // this thread wrote it
  if (count != 0) to->runqtail.StoreRelease(tail + count);
  return g;
}

int32_t RunQueueLength(const P* p) {
  uint32_t head = p->runqhead.LoadAcquire();
  uint32_t tail = p->runqtail.LoadAcquire();
  return static_cast<int32_t>(tail - head);
}

}  // namespace gort::sched
