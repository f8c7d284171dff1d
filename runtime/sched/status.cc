// SPDX-License-Identifier: BSD-3-Clause
//
// The status of a goroutine: who may touch its stack.
//
//   idle -> dead -> runnable <-> running -> waiting -> runnable        waiting: some wait list
//   names it
//                       ^          |  ^                                syscall: in the kernel, its
//                                     stack is quiet
//                       |          v  |                                preempted: stopped by a
//                                     signal or a scanner's wish
//                       +------- syscall                               dead: finished, on a free
//                       list
//
// The collector adds kGScan to a status that is not running; from then on it owns the stack, and
// whoever wants to change the status waits. That wait is short (one stack), so it spins and then
// gives the processor away.
//
// Before: runtime/sched/run_queue.cc   After: runtime/sched/park.cc
#include <sched.h>

#include "runtime/base/check.h"
#include "runtime/sched/scheduler.h"

namespace gort::sched {

void CasStatus(G* g, abi::GStatus from, abi::GStatus to) {
  for (int round = 0;; ++round) {
    uint32_t found = from;
    if (g->atomicstatus.CasAcqRel(&found, to)) return;
    if (found != (from | abi::kGScan)) ThrowHex("casgstatus: bad status ", found);
    if (round < 30) {
      arch::CpuRelax();
    } else {
      sched_yield();
    }
  }
}

const char* WaitReasonText(abi::WaitReason reason) {
  // Indexed by abi::WaitReason. Tracebacks print these, so the spelling is stock's.
  static const char* const kTexts[] = {
      "",
      "GC assist marking",
      "IO wait",
      "chan receive (nil chan)",
      "chan send (nil chan)",
      "dumping heap",
      "garbage collection",
      "garbage collection scan",
      "panicwait",
      "select",
      "select (no cases)",
      "GC assist wait",
      "GC sweep wait",
      "GC scavenge wait",
      "chan receive",
      "chan send",
      "finalizer wait",
      "force gc (idle)",
      "semacquire",
      "sleep",
      "sync.Cond.Wait",
      "timer goroutine (idle)",
      "trace reader (blocked)",
      "wait for GC cycle",
      "GC worker (idle)",
      "preempted",
      "debug call",
  };
  static_assert(sizeof(kTexts) / sizeof(kTexts[0]) == abi::kWaitDebugCall + 1);
  return reason <= abi::kWaitDebugCall ? kTexts[reason] : "unknown wait reason";
}

}  // namespace gort::sched
