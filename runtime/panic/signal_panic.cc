// SPDX-License-Identifier: BSD-3-Clause
//
// A synchronous signal as a panic: which runtime error it is.
//
// The signal handler (os/signal.cc) has recorded number, code and address in g and made the
// faulting instruction look as if it had called runtime.sigpanic; that asks here what to raise. A
// fault at an address below 4096 is a nil pointer that was dereferenced with a field offset. Any
// other address is a bug of the program that no panic could make safe, unless debug.SetPanicOnFault
// said that the goroutine expects it.
//
// Before: runtime/panic/fatal_leaf.cc   After: runtime/os/signal.cc
#include <signal.h>

#include "arch/arch.h"
#include "asm/gen/entries.h"
#include "runtime/base/check.h"
#include "runtime/base/print.h"
#include "runtime/panic/fatal.h"
#include "runtime/panic/panic.h"

namespace gort::panic {

namespace {

constexpr uintptr_t kFirstPage = 0x1000;

// What runtime.sigpanic does: the numbers are those of its switch in asm/shim/panic.go.
enum SigpanicKind { kValue = 0, kMemory = 1, kDivide = 2, kOverflow = 3, kFloat = 4 };

bool IsMemoryError(const G* g) {
  bool mapping = g->sig == SIGBUS
                     ? g->sigcode0 == BUS_ADRERR
                     : g->sigcode0 == 0 || g->sigcode0 == SEGV_MAPERR || g->sigcode0 == SEGV_ACCERR;
  return (mapping && g->sigcode1 < kFirstPage) || g->paniconfault;
}

}  // namespace

// ---- Entered from Go ----

extern "C" void gort_sigpanicKind(entry::sigpanicKind* a) {
  G* g = arch::GetG()->m->curg;
  a->e = {};
  switch (g->sig) {
    case SIGSEGV:
    case SIGBUS:
      if (!IsMemoryError(g)) {
        Print("unexpected fault address ", Hex{g->sigcode1}, "\n");
        ThrowMisuse("fault");
      }
      a->kind = kMemory;
      return;
    case SIGFPE:
      a->kind = g->sigcode0 == FPE_INTDIV   ? kDivide
                : g->sigcode0 == FPE_INTOVF ? kOverflow
                                            : kFloat;
      return;
    default: {
      const char* text = SignalText(g->sig);
      RaiseError(text == nullptr ? "unexpected signal" : text);
      return;
    }
  }
}

}  // namespace gort::panic
