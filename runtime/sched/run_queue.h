// SPDX-License-Identifier: BSD-3-Clause
//
// The run queue of a P: a ring of 256 goroutines and one more that runs next.
//
//   runnext   the goroutine that the running one made ready last: it runs next and inherits the
//             rest of the time slice, so that two goroutines that talk to each other do not wait
//             for the whole queue between messages
//   runq      ring; positions head <= i < tail, both counters run freely, slot = i % 256
//
//       head (taken by owner and thieves, CAS)          tail (written by the owner alone)
//         |                                               |
//   ... [ g g g g g g g g g g g g g g g g g g g g g g g ] . . .        tail - head <= 256
//
// A thief copies up to half of the ring to its own, then claims it with one CAS of head: if that
// fails it copied for nothing, and tries again. The copy may read slots that the owner reuses
// meanwhile; the CAS fails in that case, since reuse needs a moved head. The owner publishes a slot
// by the release store of tail.
//
// Nothing else of the scheduler is used here, so tests/unit/sched checks it with threads of its
// own.
//
// Before: runtime/sched/scheduler.h   After: runtime/sched/status.cc
#ifndef GORT_RUNTIME_SCHED_RUN_QUEUE_H_
#define GORT_RUNTIME_SCHED_RUN_QUEUE_H_

#include "runtime/abi/p.h"

namespace gort::sched {

// A stack of goroutines linked by schedlink.
struct GList {
  G* head = nullptr;
  bool empty() const { return head == nullptr; }
  void Push(G* g) {
    g->schedlink = head;
    head = g;
  }
  G* Pop() {
    G* g = head;
    if (g != nullptr) head = g->schedlink;
    return g;
  }
};

// A queue of goroutines linked by schedlink.
struct GQueue {
  G* head = nullptr;
  G* tail = nullptr;
  bool empty() const { return head == nullptr; }
  void PushFront(G* g) {
    g->schedlink = head;
    head = g;
    if (tail == nullptr) tail = g;
  }
  void PushBack(G* g) {
    g->schedlink = nullptr;
    if (tail != nullptr) {
      tail->schedlink = g;
    } else {
      head = g;
    }
    tail = g;
  }
  void Append(GQueue* other) {
    if (other->head == nullptr) return;
    if (tail != nullptr) {
      tail->schedlink = other->head;
    } else {
      head = other->head;
    }
    tail = other->tail;
    *other = {};
  }
  G* PopFront() {
    G* g = head;
    if (g == nullptr) return nullptr;
    head = g->schedlink;
    if (head == nullptr) tail = nullptr;
    return g;
  }
};

// Where a full ring spills to: half of it and the new one, `count` in all.
using SpillFn = void (*)(GQueue* spilled, int32_t count);

// Owner only. next: make it runnext; the one that was runnext goes to the ring.
void RunQueuePut(P* p, G* g, bool next, SpillFn spill);
// Owner only. *inherit_time: it is to use up the running time slice. nullptr: empty.
G* RunQueueGet(P* p, bool* inherit_time);
// Any thread; true if there is nothing to run at p. Sees a runnext that moves into the ring.
bool RunQueueEmpty(const P* p);
// Owner of `to`: takes half of from's ring, one of them returned, the rest put into to's ring.
// take_next: also its runnext when the ring is empty; a short pause gives the owner the time to run
// it by itself.
G* RunQueueSteal(P* to, P* from, bool take_next, void (*pause)());
int32_t RunQueueLength(const P* p);

}  // namespace gort::sched

#endif  // GORT_RUNTIME_SCHED_RUN_QUEUE_H_
