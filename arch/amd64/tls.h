// SPDX-License-Identifier: BSD-3-Clause
//
// amd64: where the current g is: in thread-local storage, in the word that gc's code reads as
// (TLS). The linker makes it and calls it runtime.tlsg; one load with a constant offset from FS.
//
// g changes under a function that has not been told (a stub, gogo), so both directions are
// volatile: a compiler that sees a plain variable merges loads across a switch and drops a store
// that is overwritten later.
//
// Before: arch/amd64/cpu.h   After: arch/amd64/context.h
#ifndef GORT_ARCH_AMD64_TLS_H_
#define GORT_ARCH_AMD64_TLS_H_

#include "runtime/abi/g.h"

namespace gort::arch {

inline abi::g* GetG() {
  abi::g* g;
  __asm__ volatile("movq %%fs:runtime.tlsg@tpoff, %0" : "=r"(g));
  return g;
}

inline void SetG(abi::g* g) {
  __asm__ volatile("movq %0, %%fs:runtime.tlsg@tpoff" : : "r"(g) : "memory");
}

// The calling thread is to run as the M of this g0. A signal handler finds it here on cpus where g
// is a register that libc uses for itself.
inline void SetThreadG0(abi::g* /*g0*/) {}

// g as the interrupted code had it, whatever that code was; for arch/signal.cc. sp: of the
// interrupted code.
inline abi::g* InterruptedG(uintptr_t /*sp*/) { return GetG(); }

}  // namespace gort::arch

#endif  // GORT_ARCH_AMD64_TLS_H_
