// SPDX-License-Identifier: BSD-3-Clause
//
// The goal and what it is computed from.
//
// Before: runtime/gc/history.cc   After: runtime/gc/cycle.cc
#include "runtime/gc/pacer.h"

#include <cstring>

#include "arch/arch.h"
#include "asm/gen/entries.h"
#include "runtime/base/debug_vars.h"
#include "runtime/base/lock.h"
#include "runtime/gc/cycle.h"
#include "runtime/gc/history.h"
#include "runtime/gc/trace.h"
#include "runtime/mem/cache.h"
#include "runtime/os/clock.h"
#include "runtime/sched/scheduler.h"

namespace gort::gc {

constinit Pacer pacer;

namespace {

// What the workers are planned to take of the processors.
constexpr double kPlannedShare = 0.25;
// Bounds of the trigger between marked and goal.
constexpr double kLatest = 0.95;
constexpr double kEarliest = 0.6;
// A cycle that begins late gets at least this much room.
constexpr uint64_t kLeastRoom = 1 << 20;

Lock pacer_lock(LockRank::kHeap);  // guards percent, heap_marked, trigger_ratio

// Trigger and goal of the next cycle.
void ComputeGoal() {
  if (pacer.percent < 0) {
    pacer.goal.StoreRelease(kNoGoal);
    mem::heap_trigger.StoreRelaxed(kNoGoal);  // a hint
    if (sched::event_trace::Enabled()) sched::event_trace::NextGC(0);
    return;
  }
  uint64_t percent = static_cast<uint64_t>(pacer.percent);
  uint64_t goal = pacer.heap_marked + pacer.heap_marked * percent / 100;
  double growth = static_cast<double>(percent) / 100;
  if (pacer.trigger_ratio > kLatest * growth) pacer.trigger_ratio = kLatest * growth;
  if (pacer.trigger_ratio < kEarliest * growth) pacer.trigger_ratio = kEarliest * growth;
  auto trigger =
      static_cast<uint64_t>(static_cast<double>(pacer.heap_marked) * (1 + pacer.trigger_ratio));
  uint64_t minimum = kHeapMinimum * percent / 100;
  if (trigger < minimum) trigger = minimum;
  if (goal < trigger) goal = trigger;
  pacer.goal.StoreRelease(goal);
  mem::heap_trigger.StoreRelaxed(trigger);  // a hint
  if (sched::event_trace::Enabled()) sched::event_trace::NextGC(goal);
}

}  // namespace

void InitPacer(const char* gogc) {
  history.start = os::Nanotime();
  pacer.percent = 100;
  if (gogc != nullptr && strcmp(gogc, "off") == 0) {
    pacer.percent = -1;
  } else if (gogc != nullptr) {
    bool negative = *gogc == '-';
    int64_t n = 0;
    const char* digit = gogc + (negative ? 1 : 0);
    bool valid = *digit != '\0';
    for (; valid && *digit != '\0'; digit++) {
      valid = *digit >= '0' && *digit <= '9' && n < INT32_MAX / 10;
      n = n * 10 + (*digit - '0');
    }
    if (valid) pacer.percent = negative ? -1 : static_cast<int32_t>(n);
  }
  ComputeGoal();
}

int32_t SetPercent(int32_t percent) {
  LockGuard guard(&pacer_lock);
  int32_t old = pacer.percent;
  pacer.percent = percent < 0 ? -1 : percent;
  ComputeGoal();
  // A cycle that runs now begins no other.
  if (mem::allocate_black) mem::heap_trigger.StoreRelaxed(kNoGoal);
  return old;
}

void BeginPacing() {
  uint64_t live = mem::heap_live.LoadRelaxed();  // world stopped
  uint64_t goal = pacer.goal.LoadRelaxed();
  // Without a goal, or past it: the cycle was asked for.
  if (goal != kNoGoal && goal < live + kLeastRoom) pacer.goal.StoreRelease(live + kLeastRoom);
  pacer.trigger = live;
  pacer.work_done.StoreRelaxed(0);
  pacer.work_expected = live;
  if (pacer.heap_marked != 0) {
    double grown = static_cast<double>(live) / static_cast<double>(pacer.heap_marked);
    pacer.work_expected =
        static_cast<uint64_t>(static_cast<double>(pacer.work_of_last) * (grown < 2 ? grown : 2));
  }
  mem::heap_trigger.StoreRelaxed(kNoGoal);
}

void CountWork(int64_t bytes) {
  pacer.work_done.FetchAddRelaxed(bytes);  // a sum
}

double AssistWorkPerByte() {
  return WorkPerByte(pacer.goal.LoadRelaxed(), mem::heap_live.LoadRelaxed(),  // estimates
                     static_cast<int64_t>(pacer.work_expected), pacer.work_done.LoadRelaxed());
}

void EndPacing(uint64_t marked, int64_t mark_ns, int64_t assist_ns, bool by_goal) {
  LockGuard guard(&pacer_lock);
  if (by_goal && pacer.heap_marked != 0 && pacer.percent >= 0) {
    // Growth over the last heap: planned, at the trigger, and now.
    auto base = static_cast<double>(pacer.heap_marked);
    double planned = static_cast<double>(pacer.percent) / 100;
    double at_trigger = static_cast<double>(pacer.trigger) / base - 1;
    double now = static_cast<double>(mem::heap_live.LoadRelaxed()) / base - 1;
    double share = kPlannedShare;
    if (mark_ns > 0) {
      share += static_cast<double>(assist_ns) /
               (static_cast<double>(mark_ns) * static_cast<double>(sched::gomaxprocs));
    }
    double error = planned - at_trigger - share / kPlannedShare * (now - at_trigger);
    pacer.trigger_ratio = at_trigger + error / 2;
    if (debug_vars.gcpacertrace > 0) {
      PrintPacingEnds({.last_heap = pacer.heap_marked,
                       .trigger_growth = at_trigger,
                       .trigger = pacer.trigger,
                       .growth = now,
                       .heap = mem::heap_live.LoadRelaxed(),
                       .planned_growth = planned,
                       .share = share,
                       .planned_share = kPlannedShare,
                       .work = static_cast<uint64_t>(pacer.work_done.LoadRelaxed())});
    }
  }
  pacer.work_of_last = static_cast<uint64_t>(pacer.work_done.LoadRelaxed());
  pacer.heap_marked = marked;
  ComputeGoal();
}

// ---- Entered from Go ----

extern "C" void gort_setGCPercent(entry::setGCPercent* a) {
  int32_t old = SetPercent(a->in);
  // Switched off: it is, when this returns. The stack may move while it waits.
  if (a->in < 0) WaitForEndOfMarking();
  arch::ArgsOf<entry::setGCPercent>(sched::CurrentM()->curg)->out = old;
}

}  // namespace gort::gc
