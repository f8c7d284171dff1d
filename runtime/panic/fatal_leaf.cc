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

GORT_ALWAYS_INLINE void ThrowFrom(panic::ThrowRequest* request) {
  G* g = arch::GetG();
  M* m = g->m;
  uintptr_t here = reinterpret_cast<uintptr_t>(request);
  bool on_goroutine = g != m->g0 && g != m->gsignal && here - g->stack.lo < g->stack.size();
  uintptr_t sp = on_goroutine ? m->g0->sched.sp : (here - 512) & ~uintptr_t{15};
  arch::CallOnStack(panic::ThrowOnSystemStack, request, sp);
  __builtin_trap();
}

intptr_t Length(const char* text) {
  intptr_t n = 0;
  while (text[n] != 0) n++;
  return n;
}

}  // namespace

__attribute__((noipa)) void Throw(const char* text) {
  panic::ThrowRequest request = {{reinterpret_cast<const uint8_t*>(text), Length(text)},
                                 0,
                                 false,
                                 reinterpret_cast<uintptr_t>(__builtin_return_address(0)),
                                 reinterpret_cast<uintptr_t>(__builtin_dwarf_cfa()),
                                 0};
  ThrowFrom(&request);
  __builtin_unreachable();
}

__attribute__((noipa)) void ThrowHex(const char* text, unsigned long n) {
  panic::ThrowRequest request = {{reinterpret_cast<const uint8_t*>(text), Length(text)},
                                 n,
                                 true,
                                 reinterpret_cast<uintptr_t>(__builtin_return_address(0)),
                                 reinterpret_cast<uintptr_t>(__builtin_dwarf_cfa()),
                                 0};
  ThrowFrom(&request);
  __builtin_unreachable();
}

}  // namespace gort
