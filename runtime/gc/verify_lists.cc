// SPDX-License-Identifier: BSD-3-Clause
//
// The part of gortverify that looks at the lists of the scheduler and of the defers: what is a root
// because it is on one of them has to be what the list says.
//
//   run queue     goroutines that can run, each once
//   timers        in order; every timer knows its place, and its memory is alive
//   sudogs        of this goroutine; their channels know them; element and channel are alive
//   defers        in the order of the frames that deferred, in this stack; records in the stack or
//                 alive
//
// Before: runtime/gc/verify.cc   After: runtime/gc/verify_holders.cc
#include "runtime/base/check.h"
#include "runtime/base/print.h"
#include "runtime/gc/verify.h"
#include "runtime/mem/arena.h"
#include "runtime/sched/run_queue.h"
#include "runtime/sched/timer_heap.h"

namespace gort::gc {
namespace {

// p points to an object that was found, or to no object.
bool IsAlive(const void* p) { return IsMarkedOrNone(reinterpret_cast<uintptr_t>(p)); }

[[noreturn]] void ReportG(const char* what, const G* g, const void* about) {
  Print("runtime: goroutine ", g->goid, ", status ", StatusOf(g), ", stack [", Hex{g->stack.lo},
        ", ", Hex{g->stack.hi}, "): ", Hex{reinterpret_cast<uintptr_t>(about)}, "\n");
  Throw(what);
}

void CheckCanRun(const G* g) {
  if (StatusOf(g) != abi::kGRunnable) ReportG("gortverify: queued goroutine cannot run", g, g);
}

const G* QueuedAt(const P* p, uint32_t i) { return p->runq[i % abi::kRunQueueSize].LoadAcquire(); }

// The neighbours of a sudog in one of the queues of its channel lead to it.
bool IsQueued(const abi::sudog* s, const abi::waitq& queue) {
  const bool behind = s->prev != nullptr ? s->prev->next == s : queue.first == s;
  const bool before = s->next != nullptr ? s->next->prev == s : queue.last == s;
  return behind && before;
}

}  // namespace

void VerifyRunQueue(const P* p) {
  const uint32_t head = p->runqhead.LoadAcquire(), tail = p->runqtail.LoadAcquire();
  GORT_CHECK(tail - head <= abi::kRunQueueSize, "gortverify: run queue longer than its ring");
  const G* next = p->runnext.LoadAcquire();
  if (next != nullptr) CheckCanRun(next);
  for (uint32_t i = head; i != tail; i++) {
    const G* g = QueuedAt(p, i);
    GORT_CHECK(g != nullptr, "gortverify: run queue with an empty place");
    CheckCanRun(g);
    bool twice = g == next;
    for (uint32_t j = head; j != i; j++) twice = twice || QueuedAt(p, j) == g;
    if (twice) ReportG("gortverify: goroutine is queued twice", g, g);
  }
}

void VerifyGlobalQueue(const sched::GQueue& queue, int32_t size) {
  int32_t n = 0;
  const G* last = nullptr;
  // A list that has become a ring is longer than its size.
  for (const G* g = queue.head; g != nullptr && n <= size; g = g->schedlink, n++) {
    CheckCanRun(g);
    last = g;
  }
  GORT_CHECK(n == size, "gortverify: length of the global run queue");
  GORT_CHECK(queue.empty() || queue.tail == last, "gortverify: end of the global run queue");
}

void VerifyTimers(P* p) {
  const int32_t wrong = sched::TimerHeap(p).Verify();
  if (wrong >= 0) {
    Print("runtime: P ", p->id, ", timer ", wrong, " of ", p->timers_len, ", due at ",
          p->timers[wrong].when, "\n");
    Throw("gortverify: timer out of its place");
  }
  for (int32_t i = 0; i < p->timers_len; i++) {
    if (!IsAlive(p->timers[i].t)) {
      ReportWhite(reinterpret_cast<uintptr_t>(p->timers[i].t), "a timer in a P's heap");
    }
  }
}

void VerifyWaiting(const G* g) {
  if (StatusOf(g) != abi::kGWaiting) return;
  for (const abi::sudog* s = g->waiting; s != nullptr; s = s->waitlink) {
    if (s->g != g) ReportG("gortverify: sudog of another goroutine", g, s);
    if (s->c == nullptr) continue;
    if (!IsAlive(s->c)) ReportG("gortverify: goroutine waits for a dead channel", g, s->c);
    if (!g->stack.Contains(s->elem) && !IsAlive(s->elem)) {
      ReportG("gortverify: goroutine waits for a dead element", g, s->elem);
    }
    if (!IsQueued(s, s->c->recvq) && !IsQueued(s, s->c->sendq)) {
      ReportG("gortverify: sudog that its channel does not know", g, s);
    }
  }
}

void VerifyDefers(const G* g) {
  if (StatusOf(g) == abi::kGDead) return;
  uintptr_t inner = g->stack.lo;
  for (const abi::_defer* d = g->_defer; d != nullptr; d = d->link) {
    if (g->stack.Contains(d) ? d->heap : !IsAlive(d)) {
      ReportG("gortverify: defer record in dead memory", g, d);
    }
    if (d->sp < inner || d->sp > g->stack.hi) {
      ReportG("gortverify: defer records out of the order of their frames", g, d);
    }
    inner = d->sp;
  }
}

}  // namespace gort::gc
