// SPDX-License-Identifier: BSD-3-Clause
//
// The first goroutine: what runtime.main (asm/shim/main.go) asks of the scheduler, and the end of
// the program.
//
// main runs on the first thread until main.init is done, since init functions may lock it there for
// good (graphics libraries want that thread). When main.main returns, the program ends, whatever
// other goroutines do, with one exception: a goroutine whose panic runs deferred calls gets some
// time to print its message.
//
// Before: runtime/sched/newproc.cc   After: runtime/sched/timer.cc
#include <stdlib.h>

#include "asm/gen/entries.h"
#include "runtime/abi/roots.h"
#include "runtime/base/check.h"
#include "runtime/gc/gc.h"        // upward: main switches the collector on
#include "runtime/panic/fatal.h"  // upward: main waits for a dying program
#include "runtime/panic/panic.h"  // upward: main waits for panicking goroutines
#include "runtime/sched/scheduler.h"

namespace gort::sched {

namespace {

enum InitState : uintptr_t { kNotStarted, kInitRunning, kInitDone };

int main_done_rounds = 0;

// Some goroutine runs deferred calls because of a panic.
bool PanicsRun() {
  bool found = false;
  auto look = [](G* g, void* arg) {
    if (g->running_panics.LoadRelaxed() != 0) *static_cast<bool*>(arg) = true;
  };
  ForEachG(look, &found);
  return found;
}

// main has returned. Every round is a Gosched of main.
void EndMain(G* g, void* /*arg*/) {
  if (main_done_rounds < 1000 && PanicsRun()) {
    ++main_done_rounds;
    // Comes back here: the yield runs before the goroutine's own code.
    SetResume(g, EndMain, nullptr);
    YieldToGlobalQueue(g);
  }
  if (panic::dying_threads.LoadAcquire() != 0) Park(nullptr, nullptr, abi::kWaitPanicWait);
  panic::Exit(0);
}

}  // namespace

// ---- Entered from Go ----

extern "C" void gort_mainStart(entry::mainStart*) {
  M* m = CurrentM();
  main_started = true;
  StartSysmon();
  LockOSThreadInternal();
  GORT_CHECK(m == M0(), "runtime.main not on m0");
  Continue(m->curg);
}

extern "C" void gort_mainReady(entry::mainReady* a) {
  G* g = CurrentM()->curg;
  if (a->step == 0) {
    gc::Enable();
  } else {
    UnlockOSThreadInternal();
  }
  Continue(g);
}

extern "C" void gort_mainDone(entry::mainDone*) { EndMain(CurrentM()->curg, nullptr); }

// Step i of a package's initialisation: dependencies first, then its functions.
extern "C" void gort_initStep(entry::initStep* a) {
  auto* task = a->t;
  a->dep = nullptr;
  a->fn = nullptr;
  a->done = false;
  if (a->i == 0) {
    if (task->state == kInitDone) {
      a->done = true;
      return;
    }
    // The compiler forbids import cycles.
    GORT_CHECK(task->state != kInitRunning, "recursive call during initialization - linker skew");
    task->state = kInitRunning;
  }
  auto* words = reinterpret_cast<uintptr_t*>(task + 1);
  if (a->i < task->ndeps) {
    a->dep = reinterpret_cast<decltype(a->dep)>(words[a->i]);
  } else if (a->i < task->ndeps + task->nfns) {
    // A func value is a pointer to a word with the code address: the task's own word will do.
    a->fn = reinterpret_cast<abi::funcval*>(&words[a->i]);
  } else {
    task->state = kInitDone;
    a->done = true;
  }
}

}  // namespace gort::sched
