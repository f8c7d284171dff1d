// SPDX-License-Identifier: BSD-3-Clause
//
// The timers of a P: a 4-ary heap ordered by time, in which every timer knows its place.
//
//   timers[0]  the next one       children of i: 4i+1 .. 4i+4       timers[i].t->status = i << 2 |
//                                 state
//
// The key of a place may be too early, never too late: a timer that was stopped, or put off, stays
// where it is until it reaches the top, because most timers are timeouts that are stopped or moved
// long before they are due:
//
//   state      timers[i].when
//   kWaiting   == t->nextwhen
//   kPutOff    <  t->nextwhen    moved down when it reaches the top
//   kDeleted                     dropped when it reaches the top, or by Clean when there are too
//                                many
//   (0)        not in a heap
//
// A timer that is made due earlier moves up at once; since it knows its place, that is a few
// compares. Stock keeps the places secret and so has to walk the whole heap for such timers.
//
// P's timersLock guards all of it. timer0When and numTimers are also read without it, as hints.
//
// Nothing else of the scheduler is used here: tests/unit/sched checks it against a model.
//
// Before: runtime/sched/main.cc   After: runtime/sched/timer.cc
#ifndef GORT_RUNTIME_SCHED_TIMER_HEAP_H_
#define GORT_RUNTIME_SCHED_TIMER_HEAP_H_

#include "runtime/abi/p.h"

namespace gort::sched {

enum TimerState : uint32_t {
  kTimerOut = 0,
  kTimerWaiting = 1,
  kTimerPutOff = 2,
  kTimerDeleted = 3
};

inline TimerState StateOf(const abi::timer* t) {
  return static_cast<TimerState>(t->status.LoadAcquire() & 3);
}

// How the array grows: memory for n entries, never given back by the heap itself.
using TimerArrayAlloc = abi::timerEntry* (*)(int32_t n);
using TimerArrayFree = void (*)(abi::timerEntry* array, int32_t n);

class TimerHeap {
 public:
  explicit TimerHeap(P* p) : p_(p) {}

  // t is in no heap, t->pp says this one; due at t->nextwhen.
  void Add(abi::timer* t, TimerArrayAlloc alloc, TimerArrayFree free);
  // t is in this heap, in any state: it becomes due at t->nextwhen. False if it is put off, which
  // nobody who waits for the first timer has to know.
  bool Moved(abi::timer* t);
  // t is in this heap. False if it was deleted already.
  bool Delete(abi::timer* t);
  // The first timer that is not deleted, its key up to date; nullptr if there is none.
  abi::timer* First();
  // Takes the first timer (of First) out; t->pp is 0 then.
  void RemoveFirst();
  // Drops the deleted ones when they are more than a quarter.
  void Clean();
  int32_t size() const { return p_->timers_len; }
  // For tests: the position of an entry that violates the rules, or -1.
  int32_t Verify() const;

 private:
  void Place(int32_t i, abi::timerEntry e, TimerState state);
  void SiftUp(int32_t i);
  void SiftDown(int32_t i);
  void RemoveAt(int32_t i);
  void Leave(abi::timer* t);
  void Publish();
  P* p_;
};

}  // namespace gort::sched

#endif  // GORT_RUNTIME_SCHED_TIMER_HEAP_H_
