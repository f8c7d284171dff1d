// SPDX-License-Identifier: BSD-3-Clause
//
// sudog: one goroutine in one wait list. A goroutine may be in many lists (select), a list holds
// many goroutines, so the link between them is a thing of its own. They are off-heap, cached per P
// and, half a cache at a time, in a central list. elem and g may point to the Go heap or to a
// goroutine stack: the collector and the stack copier come to a sudog through g->waiting.
//
// Before: runtime/sched/status.cc   After: runtime/sched/sudog.cc
#ifndef GORT_RUNTIME_SCHED_SUDOG_H_
#define GORT_RUNTIME_SCHED_SUDOG_H_

#include "runtime/abi/p.h"
#include "runtime/base/stack_rules.h"

namespace gort::sched {

using Sudog = abi::sudog;

// All fields zero. An M with a P.
GORT_SYSTEM_STACK Sudog* AcquireSudog();
// Nobody points to it any more; elem must be cleared.
GORT_SYSTEM_STACK void ReleaseSudog(Sudog* s);

// First in, first out.
inline void Enqueue(abi::waitq* q, Sudog* s) {
  s->next = nullptr;
  s->prev = q->last;
  if (q->last == nullptr) {
    q->first = s;
  } else {
    q->last->next = s;
  }
  q->last = s;
}

// Takes s out, wherever it is; nothing happens if it is not in the queue any more.
inline void Remove(abi::waitq* q, Sudog* s) {
  if (s->prev == nullptr && s->next == nullptr && q->first != s) return;
  (s->prev == nullptr ? q->first : s->prev->next) = s->next;
  (s->next == nullptr ? q->last : s->next->prev) = s->prev;
  s->next = nullptr;
  s->prev = nullptr;
}

// The next waiter that can still be woken: of the cases of one select only the first wins.
inline Sudog* Dequeue(abi::waitq* q) {
  for (;;) {
    Sudog* s = q->first;
    if (s == nullptr) return nullptr;
    q->first = s->next;
    (s->next == nullptr ? q->last : s->next->prev) = nullptr;
    s->next = nullptr;
    if (s->isSelect && !s->g->selectDone.CasAcqRel(0, 1)) continue;
    return s;
  }
}

}  // namespace gort::sched

#endif  // GORT_RUNTIME_SCHED_SUDOG_H_
