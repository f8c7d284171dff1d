// SPDX-License-Identifier: BSD-3-Clause
//
// arm64: where the current g is: in register X28, in gc's code and in ours (-ffixed-x28 keeps the
// compiler away).
//
// libc and libstdc++ were compiled without that flag and use X28 as any callee-saved register. That
// is harmless to a caller, which finds g again after the call, but a signal handler that interrupts
// them finds anything. Such code runs on system stacks only, so the handler decides by the stack
// pointer: inside the stack of the M's current goroutine g is that goroutine, anywhere else it is
// g0. The M is known from a thread-local copy of its g0, written once per thread; no switch pays
// for it. A callback that libc makes (thread start) enters through gas code that sets X28 first.
//
// g changes under a function that has not been told (a stub, gogo), so both directions are
// volatile.
//
// Before: arch/arm64/cpu.h   After: arch/arm64/context.h
#ifndef GORT_ARCH_ARM64_TLS_H_
#define GORT_ARCH_ARM64_TLS_H_

#include "runtime/abi/m.h"

extern "C" {
extern __thread gort::abi::g* gort_thread_g0
    __attribute__((tls_model("local-exec"), visibility("hidden")));
}

namespace gort::arch {

inline abi::g* GetG() {
  abi::g* g;
  __asm__ volatile("mov %0, x28" : "=r"(g));
  return g;
}

inline void SetG(abi::g* g) { __asm__ volatile("mov x28, %0" : : "r"(g) : "memory"); }

// The calling thread is to run as the M of this g0.
inline void SetThreadG0(abi::g* g0) { gort_thread_g0 = g0; }

// g as the interrupted code had it, whatever that code was; for arch/signal.cc. sp: of the
// interrupted code.
inline abi::g* InterruptedG(uintptr_t sp) {
  abi::g* g0 = gort_thread_g0;
  if (g0 == nullptr) return nullptr;
  abi::g* curg = g0->m->curg;
  if (curg != nullptr && curg->stack.lo <= sp && sp < curg->stack.hi) return curg;
  return g0;
}

}  // namespace gort::arch

#endif  // GORT_ARCH_ARM64_TLS_H_
