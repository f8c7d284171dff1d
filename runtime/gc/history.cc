// SPDX-License-Identifier: BSD-3-Clause
//
// Keeping the record of collections.
//
// Before: runtime/gc/history.h   After: runtime/gc/pacer.cc
#include "runtime/gc/history.h"

#include "runtime/gc/pacer.h"
#include "runtime/mem/page_heap.h"
#include "runtime/mem/profile.h"
#include "runtime/os/clock.h"
#include "runtime/sched/sched.h"

namespace gort::gc {

History history;

void RecordCycle(int64_t pause_ns, int64_t cpu_ns, bool forced) {
  os::WallTime now = os::Walltime();
  uint64_t unix_ns = static_cast<uint64_t>(now.sec) * 1000000000 + static_cast<uint64_t>(now.nsec);
  uint32_t at = history.cycles % kPauses;
  history.pause[at] = static_cast<uint64_t>(pause_ns);
  history.pause_end[at] = unix_ns;
  history.pause_total += static_cast<uint64_t>(pause_ns);
  history.last_end_unix = unix_ns;
  history.last_end = os::Nanotime();
  history.cpu_total += cpu_ns;
  history.cycles++;
  mem::NextProfileCycle();
  mem::page_heap::SetRetainedGoal(pacer.goal.LoadRelaxed());  // world stopped
  if (forced) history.forced_cycles++;
}

double CpuFraction() {
  int64_t elapsed = os::Nanotime() - history.start;
  if (elapsed <= 0) return 0;
  return static_cast<double>(history.cpu_total) /
         (static_cast<double>(elapsed) * static_cast<double>(sched::gomaxprocs));
}

}  // namespace gort::gc
