// SPDX-License-Identifier: BSD-3-Clause
//
// Where the kernel enters on a signal. The handler may have interrupted anything: Go code, leaf
// code, libc, a switch between stacks. So the first question is whose state this is, and only the
// cpu's folder can answer it (InterruptedG). The handler proper then runs on the M's signal stack
// as g = m->gsignal.
//
// The interrupted g is put back at the end because on some cpus it is not a register, which the
// kernel would restore.
//
// Install with SA_ONSTACK | SA_SIGINFO | SA_RESTART; libc adds the restorer.
//
// Before: arch/amd64/sigcontext.h   After: runtime/os/signal.cc
#include "arch/arch.h"
#include "arch/upcalls.h"

extern "C" void gort_signal_entry(int signal, siginfo_t* info, void* context) {
  using namespace gort;
  abi::g* g = arch::InterruptedG(arch::SigContext(info, context).sp());
  if (g == nullptr) {
    gort_signal_foreign(signal, info, context);
    return;
  }
  arch::SetG(g->m->gsignal);
  gort_signal(signal, info, context, g);
  arch::SetG(g);
}
