// SPDX-License-Identifier: BSD-3-Clause
//
// Boot. The C library has set up the first thread and calls main, which is arch/<cpu>/entry.s; that
// passes the roots table here. Every step may use what the steps before it made:
//
//   roots, arguments      nothing else is known
//   m0, g0                the thread has a g: locks, printing and Throw work
//   GODEBUG, cpu          how the rest behaves
//   memory, stacks        from here on allocation works
//   type tables           from here on interfaces can be made
//   signals               from here on a fault has a message
//   scheduler             Ps; the main goroutine is made
//   Schedule              runs it; never returns
//
// Before: docs/seam.md   After: runtime/sched/main.cc
#include "arch/arch.h"
#include "arch/upcalls.h"
#include "runtime/abi/roots.h"
#include "runtime/base/check.h"
#include "runtime/base/debug_vars.h"
#include "runtime/gc/pacer.h"
#include "runtime/lang/hash.h"
#include "runtime/lang/type.h"
#include "runtime/mem/malloc.h"
#include "runtime/os/environ.h"
#include "runtime/os/signal.h"
#include "runtime/os/thread.h"
#include "runtime/os/vdso.h"
#include "runtime/sched/scheduler.h"
#include "runtime/stack/stack.h"
#include "runtime/unwind/func_table.h"
#include "runtime/unwind/unwinder.h"

namespace gort {

namespace {

void Boot(void* /*arg*/) {
  unwind::SetModules(abi::roots->firstmoduledata);
  ParseDebugVars(os::Environ("GODEBUG"));
  if (debug_vars.mem_profile_rate >= 0) *abi::roots->memProfileRate = debug_vars.mem_profile_rate;
  unwind::InitTraceback(os::Environ("GOTRACEBACK"));
  arch::DetectFeatures();
  *abi::roots->vdsoGettimeofdaySym = os::GettimeofdayAddress();
  mem::Init();
  gc::InitPacer(os::Environ("GOGC"));
  stack::Init();
  lang::InitHash();
  lang::InitItabs();
  os::InitFirstThread(sched::M0());
  os::InitSignals();
  sched::Init();
  sched::NewGoroutine(abi::roots->main, nullptr, 0, nullptr, 0);
  sched::Schedule();
}

}  // namespace

}  // namespace gort

void gort_start(int argc, char** argv, const gort::abi::Roots* roots) {
  using namespace gort;
  abi::roots = roots;
  os::SetArguments(argc, argv);
  sched::InitM0();
  arch::RunThread(sched::M0()->g0, Boot, nullptr);
  __builtin_trap();
}
