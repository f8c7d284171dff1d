// SPDX-License-Identifier: BSD-3-Clause
//
// Throw, callable from any stack: it uses a few words of the current one and prints on the M's
// system stack.
//
// Before: runtime/panic/throw_request.h   After: runtime/panic/signal_panic.cc
#include "arch/arch.h"
#include "runtime/base/check.h"
#include "runtime/panic/throw_request.h"

namespace gort {

namespace {

intptr_t Length(const char* text) {
  intptr_t n = 0;
  while (text[n] != 0) n++;
  return n;
}

// The caller of Throw.
struct Caller {
  void* pc;
  void* sp;
  uintptr_t fp;
};

[[noreturn]] GORT_ALWAYS_INLINE void ThrowFrom(Caller caller, const char* text, uint64_t number,
                                               bool has_number, bool misuse) {
  panic::ThrowRequest request = {{reinterpret_cast<const uint8_t*>(text), Length(text)},
                                 number,
                                 has_number,
                                 misuse,
                                 reinterpret_cast<uintptr_t>(caller.pc),
                                 reinterpret_cast<uintptr_t>(caller.sp),
                                 caller.fp};
  G* g = arch::GetG();
  M* m = g->m;
  uintptr_t here = reinterpret_cast<uintptr_t>(&request);
  bool on_goroutine = g != m->g0 && g != m->gsignal && g->stack.Contains(here);
  uintptr_t top = on_goroutine ? m->g0->sched.sp : (here - 512) & ~uintptr_t{15};
  arch::CallOnStack(panic::ThrowOnSystemStack, &request, top);
  __builtin_trap();
}

}  // namespace

// In the function itself: what these are about is the frame of whoever names them.
#define GORT_CALLER \
  { __builtin_return_address(0), __builtin_dwarf_cfa(), arch::CallersFramePointer() }

__attribute__((noipa)) void Throw(const char* text) {
  ThrowFrom(GORT_CALLER, text, 0, false, false);
}

__attribute__((noipa)) void ThrowMisuse(const char* text) {
  ThrowFrom(GORT_CALLER, text, 0, false, true);
}

__attribute__((noipa)) void ThrowHex(const char* text, unsigned long n) {
  ThrowFrom(GORT_CALLER, text, n, true, false);
}

}  // namespace gort
