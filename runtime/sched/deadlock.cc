// SPDX-License-Identifier: BSD-3-Clause
//
// Deadlock: every M sleeps, no timer will wake one, and goroutines wait. Whenever an M goes to
// sleep the numbers are compared; only when no M is left are the goroutines looked at.
//
//   all Ms = running or in the kernel or in the network poller + idle + idle for their locked
//   goroutine + system (sysmon)
//
// Before: runtime/sched/sysmon.cc   After: runtime/sched/trace.cc
#include "runtime/base/check.h"
#include "runtime/base/print.h"
#include "runtime/panic/fatal.h"  // upward: a deadlock is fatal
#include "runtime/sched/scheduler.h"

namespace gort::sched {

namespace {

struct Census {
  int32_t waiting = 0;
  G* ready = nullptr;
};

void Count(G* g, void* arg) {
  auto* census = static_cast<Census*>(arg);
  if (g->is_system) return;
  switch (StatusOf(g)) {
    case abi::kGWaiting:
    case abi::kGPreempted:
      ++census->waiting;
      break;
    case abi::kGRunnable:
    case abi::kGRunning:
    case abi::kGSyscall:
      census->ready = g;
      break;
    default:
      break;
  }
}

}  // namespace

void CheckDeadlock() {
  // A program that dies prints a message; its Ms stop in any order.
  if (panic::dying_threads.LoadAcquire() != 0) return;
  int32_t running =
      MCount() - scheduler.idle_m_count - scheduler.idle_locked_m_count - scheduler.system_m_count;
  if (running > 0) return;
  if (running < 0) {
    Print("runtime: checkdead: nmidle=", scheduler.idle_m_count,
          " nmidlelocked=", scheduler.idle_locked_m_count, " mcount=", MCount(),
          " nmsys=", scheduler.system_m_count, "\n");
    Throw("checkdead: inconsistent counts");
  }
  Census census;
  ForEachG(Count, &census);
  if (census.ready != nullptr) {
    Print("runtime: checkdead: find g ", census.ready->goid, " in status ",
          ReadStatus(census.ready), "\n");
    Throw("checkdead: runnable g");
  }
  if (census.waiting == 0) {
    scheduler.lock.Release();
    Throw("no goroutines (main called runtime.Goexit) - deadlock!");
  }
  for (int32_t i = 0; i < all_ps_count; ++i) {
    if (all_ps[i]->numTimers.LoadAcquire() > 0) return;
  }
  CurrentM()->throwing = -1;  // the goroutines' stacks are enough
  scheduler.lock.Release();
  Throw("all goroutines are asleep - deadlock!");
}

}  // namespace gort::sched
