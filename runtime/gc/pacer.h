// SPDX-License-Identifier: BSD-3-Clause
//
// Pacer: when a cycle begins, and how fast it has to go.
//
// GOGC (debug.SetGCPercent) says how much a heap may grow over what the last cycle found alive:
//
//   goal = marked + marked * percent / 100,  at least 4 MB * percent / 100;  no goal when percent <
//   0
//
// The program goes on allocating while the collector marks, so a cycle begins earlier:
//
//   0 ........ marked ............ trigger ....... goal         trigger = marked * (1 + ratio)
//                                  |<-- marking -->|
//
// The ratio is adapted after each cycle by half of its error: by how much the heap would have
// missed the goal had the marking taken the planned quarter of the processors. Between trigger and
// goal the goroutines that allocate pay for what the workers do not do in time (assist.h):
//
//   work per byte = work that is probably left / (goal - heap_live)
//
// Work is counted in bytes of objects looked through. How much there will be is guessed from the
// last cycle, in proportion to the heap.
//
// heap_live estimates the bytes of objects that are allocated: what the last cycle marked plus
// every run that a cache has taken since. It is counted by runs, so an allocation does not touch
// it.
//
// Before: runtime/gc/history.h   After: runtime/gc/worker.h
#ifndef GORT_RUNTIME_GC_PACER_H_
#define GORT_RUNTIME_GC_PACER_H_

#include "runtime/base/atomic.h"

#include <cstdint>

namespace gort::gc {

constexpr uint64_t kNoGoal = ~uint64_t{0};
constexpr uint64_t kHeapMinimum = 4 << 20;  // at GOGC=100

struct Pacer {
  int32_t percent = 100;  // < 0: off
  uint64_t heap_marked = 0;
  Atomic<uint64_t> goal{kHeapMinimum};  // MemStats.NextGC; a hint to whoever allocates
  double trigger_ratio = 0.875;
  uint64_t work_of_last = 0;     // bytes that the last cycle looked through
  uint64_t work_expected = 0;    // of the running cycle
  Atomic<int64_t> work_done{0};  // in the running cycle
  uint64_t trigger = 0;          // that the running cycle began at
};
extern Pacer pacer;

// Boot: the value of GOGC, or nullptr.
void InitPacer(const char* gogc);
// Returns the old value.
int32_t SetPercent(int32_t percent);
// Marking begins; world stopped.
void BeginPacing();
// Work was done.
void CountWork(int64_t bytes);
// Bytes to look through for each byte that is allocated, so that marking ends when the heap is at
// its goal; behind the goal, before it is a tenth larger. All in bytes; expected and done: work.
constexpr double WorkPerByte(uint64_t goal, uint64_t live, int64_t expected, int64_t done) {
  constexpr int64_t kAlwaysLeft = 1000;
  int64_t left = expected - done;
  // More than expected: a heap in which everything is alive, at worst.
  if (left < 0 || live > goal) left = static_cast<int64_t>(live) - done;
  if (left < kAlwaysLeft) left = kAlwaysLeft;
  if (live > goal) goal += goal / 10;
  return static_cast<double>(left) / (goal > live ? static_cast<double>(goal - live) : 1);
}
// That of the present moment: it changes with each allocation, not only when work is done, as
// workers may get no processor for long.
double AssistWorkPerByte();
// The marking has found this much alive, in this time, of which assists had a part. World stopped.
void EndPacing(uint64_t marked, int64_t mark_ns, int64_t assist_ns, bool by_goal);

}  // namespace gort::gc

#endif  // GORT_RUNTIME_GC_PACER_H_
