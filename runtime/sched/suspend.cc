// SPDX-License-Identifier: BSD-3-Clause
//
// Suspend: one goroutine stops, so that somebody else may look at its stack, and the others go on.
//
// The scan bit in the status is the ownership of the stack. A goroutine that is not running gives
// it up by one compare and swap: whoever wants to run it has to wait for the bit to go. One that
// runs is asked to stop, by guard and by signal, with preemptStop set: then it ends in kGPreempted,
// which nobody runs by himself. The suspender takes it from there and Resume makes it runnable.
//
//   runnable, waiting, syscall --CAS--> +scan ......................... Resume: -scan
//   running --ask--> preempted --CAS--> waiting --CAS--> waiting+scan . Resume: -scan, Ready
//
// The request is made while the scan bit is set on "running", so that the goroutine cannot have
// left the processor, ended, and be somebody else's when the flags are set.
//
// Two that wait for each other to stop would wait for ever: who suspends runs no goroutine, and who
// stops the world lets his own be scanned (stop_world.cc).
//
// Before: runtime/sched/preempt.cc   After: runtime/sched/syscall.cc
#include <sched.h>

#include "runtime/base/check.h"
#include "runtime/base/debug_vars.h"
#include "runtime/sched/preempt.h"
#include "runtime/sched/scheduler.h"
#include "runtime/stack/stack.h"

namespace gort::sched {

namespace {

constexpr int64_t kAskAgain = 50 * 1000;  // ns between two requests to a running goroutine

bool AddScan(G* g, uint32_t status) {
  return g->atomicstatus.CasAcqRel(status, status | abi::kGScan);
}

// Asks g, which was running a moment ago. False: it does not run any more.
bool AskToStop(G* g) {
  if (!AddScan(g, abi::kGRunning)) return false;
  g->preemptStop = true;
  g->preempt = true;
  g->stackguard0 = abi::kStackPreempt;
  M* m = g->m;
  g->atomicstatus.StoreRelease(abi::kGRunning);
  // The thread may run another goroutine by now; a wrong signal does no harm, and Ms are not freed.
  if (m != nullptr && debug_vars.asyncpreemptoff == 0) {
    SignalForPreemption(m);
  }
  return true;
}

}  // namespace

bool Suspend(G* g, bool* stopped) {
  *stopped = false;
  int64_t ask_at = 0;
  for (int round = 0;; ++round) {
    uint32_t status = ReadStatus(g);
    switch (status) {
      case abi::kGDead:
      case abi::kGIdle:
        return false;
      case abi::kGPreempted:
        if (!g->atomicstatus.CasAcqRel(abi::kGPreempted, abi::kGWaiting)) break;
        *stopped = true;
        [[fallthrough]];
      case abi::kGRunnable:
      case abi::kGWaiting:
      case abi::kGSyscall:
        if (*stopped) status = abi::kGWaiting;
        if (!AddScan(g, status)) break;
        // The request, if there was one, is fulfilled. In a system call the guard keeps the stack
        // from growing, and g->preempt is looked at on the way back.
        g->preemptStop = false;
        g->preempt = false;
        if (status != abi::kGSyscall) stack::ResetGuard(g);
        return true;
      case abi::kGRunning:
        if (int64_t now = Nanotime(); now >= ask_at) {
          if (AskToStop(g)) ask_at = now + kAskAgain;
        }
        break;
      default:  // its stack is being moved, or the bit is set by a request
        break;
    }
    if (round < 50) {
      arch::CpuRelax();
    } else {
      sched_yield();
    }
  }
}

void Resume(G* g, bool stopped) {
  uint32_t status = ReadStatus(g);
  GORT_CHECK((status & abi::kGScan) != 0, "resumeG: unexpected g status");
  g->atomicstatus.StoreRelease(status & ~uint32_t{abi::kGScan});
  if (stopped) Ready(g);
}

}  // namespace gort::sched
