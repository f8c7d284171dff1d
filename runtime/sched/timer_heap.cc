// SPDX-License-Identifier: BSD-3-Clause
//
// The timers of a P; rules and picture in timer_heap.h.
//
// Before: runtime/sched/timer_heap.h   After: runtime/sched/timer.cc
#include "runtime/sched/timer_heap.h"

namespace gort::sched {

namespace {
constexpr int32_t kArity = 4;

int32_t IndexOf(const abi::timer* t) {
  return static_cast<int32_t>(t->status.LoadRelaxed() >> 2);
}  // under lock
}  // namespace

void TimerHeap::Place(int32_t i, abi::timerEntry e, TimerState state) {
  p_->timers[i] = e;
  e.t->status.StoreRelease(static_cast<uint32_t>(i) << 2 | state);
}

void TimerHeap::Publish() {
  p_->timer0When.StoreRelease(p_->timers_len == 0 ? 0 : p_->timers[0].when);
  p_->numTimers.StoreRelease(p_->timers_len);
}

void TimerHeap::SiftUp(int32_t i) {
  abi::timerEntry e = p_->timers[i];
  TimerState state = StateOf(e.t);
  while (i > 0) {
    int32_t parent = (i - 1) / kArity;
    abi::timerEntry above = p_->timers[parent];
    if (above.when <= e.when) break;
    Place(i, above, StateOf(above.t));
    i = parent;
  }
  Place(i, e, state);
}

void TimerHeap::SiftDown(int32_t i) {
  abi::timerEntry e = p_->timers[i];
  TimerState state = StateOf(e.t);
  for (;;) {
    int32_t first = i * kArity + 1;
    if (first >= p_->timers_len) break;
    int32_t last = first + kArity < p_->timers_len ? first + kArity : p_->timers_len;
    int32_t least = first;
    for (int32_t child = first + 1; child < last; ++child) {
      if (p_->timers[child].when < p_->timers[least].when) least = child;
    }
    abi::timerEntry below = p_->timers[least];
    if (below.when >= e.when) break;
    Place(i, below, StateOf(below.t));
    i = least;
  }
  Place(i, e, state);
}

void TimerHeap::Leave(abi::timer* t) {
  t->status.StoreRelease(kTimerOut);
  __atomic_store_n(&t->pp, uintptr_t{0},
                   __ATOMIC_RELEASE);  // from here on somebody may add it to another heap
}

void TimerHeap::RemoveAt(int32_t i) {
  Leave(p_->timers[i].t);
  int32_t last = --p_->timers_len;
  if (i == last) return;
  abi::timerEntry moved = p_->timers[last];
  Place(i, moved, StateOf(moved.t));
  SiftUp(i);
  SiftDown(IndexOf(moved.t));
}

void TimerHeap::Add(abi::timer* t, TimerArrayAlloc alloc, TimerArrayFree free) {
  if (p_->timers_len == p_->timers_cap) {
    int32_t capacity = p_->timers_cap == 0 ? 64 : p_->timers_cap * 2;
    abi::timerEntry* bigger = alloc(capacity);
    for (int32_t i = 0; i < p_->timers_len; ++i) bigger[i] = p_->timers[i];
    if (p_->timers_cap != 0) free(p_->timers, p_->timers_cap);
    p_->timers = bigger;
    p_->timers_cap = capacity;
  }
  int32_t i = p_->timers_len++;
  t->when = t->nextwhen;
  Place(i, {t->nextwhen, t}, kTimerWaiting);
  SiftUp(i);
  Publish();
}

bool TimerHeap::Moved(abi::timer* t) {
  int32_t i = IndexOf(t);
  if (StateOf(t) == kTimerDeleted) --p_->deletedTimers;
  t->when = t->nextwhen;
  if (t->nextwhen > p_->timers[i].when) {
    Place(i, p_->timers[i], kTimerPutOff);
    return false;
  }
  Place(i, {t->nextwhen, t}, kTimerWaiting);
  SiftUp(i);
  Publish();
  return true;
}

bool TimerHeap::Delete(abi::timer* t) {
  if (StateOf(t) == kTimerDeleted) return false;
  Place(IndexOf(t), p_->timers[IndexOf(t)], kTimerDeleted);
  ++p_->deletedTimers;
  return true;
}

abi::timer* TimerHeap::First() {
  while (p_->timers_len != 0) {
    abi::timer* t = p_->timers[0].t;
    switch (StateOf(t)) {
      case kTimerDeleted:
        --p_->deletedTimers;
        RemoveAt(0);
        break;
      case kTimerPutOff:
        Place(0, {t->nextwhen, t}, kTimerWaiting);
        SiftDown(0);
        break;
      default:
        Publish();
        return t;
    }
  }
  Publish();
  return nullptr;
}

void TimerHeap::RemoveFirst() {
  RemoveAt(0);
  Publish();
}

void TimerHeap::Clean() {
  if (p_->deletedTimers <= p_->timers_len / 4) return;
  int32_t kept = 0;
  for (int32_t i = 0; i < p_->timers_len; ++i) {
    abi::timerEntry e = p_->timers[i];
    TimerState state = StateOf(e.t);
    if (state == kTimerDeleted) {
      Leave(e.t);
      continue;
    }
    Place(kept++, {e.t->nextwhen, e.t}, kTimerWaiting);
  }
  p_->timers_len = kept;
  p_->deletedTimers = 0;
  // A heap again, from the last parent up.
  for (int32_t i = kept / kArity; i >= 0 && kept != 0; --i) SiftDown(i);
  Publish();
}

int32_t TimerHeap::Verify() const {
  for (int32_t i = 0; i < p_->timers_len; ++i) {
    const abi::timerEntry& e = p_->timers[i];
    if (IndexOf(e.t) != i || StateOf(e.t) == kTimerOut) return i;
    if (StateOf(e.t) == kTimerWaiting && e.when != e.t->nextwhen) return i;
    if (StateOf(e.t) == kTimerPutOff && e.when >= e.t->nextwhen) return i;
    if (i > 0 && p_->timers[(i - 1) / kArity].when > e.when) return i;
  }
  return -1;
}

}  // namespace gort::sched
