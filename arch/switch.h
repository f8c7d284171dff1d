// SPDX-License-Identifier: BSD-3-Clause
//
// Changing stacks, as C++ sees it. The instructions are in arch/<cpu>/switch.S.
//
// Three kinds of stack carry an M: its system stack (g0), the stacks of goroutines, its signal
// stack. A thread becomes an M in RunThread, which fixes the place on the system stack,
// g0->sched.sp, where every entry from Go begins anew:
//
//     pthread's frames | RunThread | <- g0->sched.sp | entries, schedule(), newstack ... (abandoned
//     by GoGo)
//
// Nothing on the system stack survives a switch to a goroutine: GoGo does not return, and the next
// entry starts again at g0->sched.sp. That is why the scheduler keeps no state in frames.
//
// Before: arch/port.h   After: arch/leaf.h
#ifndef GORT_ARCH_SWITCH_H_
#define GORT_ARCH_SWITCH_H_

#include <cstddef>
#include <cstdint>

#include "runtime/abi/m.h"

extern "C" {
[[noreturn]] void gort_asm_gogo(gort::abi::gobuf* buf);
void gort_asm_run_thread(gort::abi::g* g0, void (*fn)(void*), void* arg);
void gort_asm_call_on_stack(void (*fn)(void*), void* arg, uintptr_t sp);
void gort_asm_call_go(gort::abi::funcval* fn, void* args, size_t size);
}

namespace gort::arch {

// Continues at buf: sets g, SP, frame pointer, closure context and result register, and clears what
// it took from buf, so that no stale pointer is left for the collector or an unwinder. buf->g must
// be set.
[[noreturn]] inline void GoGo(abi::gobuf* buf) { gort_asm_gogo(buf); }

// The calling thread becomes an M: runs fn(arg) with g = g0 and returns when fn returns, or when
// anything on this M does GoGo(&g0->sched). Afterwards the thread has the g it had before, none as
// a rule.
inline void RunThread(abi::g* g0, void (*fn)(void*), void* arg) {
  gort_asm_run_thread(g0, fn, arg);
}

// fn(arg) on the stack that ends (downwards from) at sp; g does not change.
inline void CallOnStack(void (*fn)(void*), void* arg, uintptr_t sp) {
  gort_asm_call_on_stack(fn, arg, sp);
}

// Calls a Go closure from C++ on the system stack: args is its ABI0 argument block of `size` bytes
// (parameters, then results), copied in before and out after. The Go code runs as g0: it may not
// park or grow the stack, and must fit into what is left of the system stack (64 KB at least).
inline void CallGo(abi::funcval* fn, void* args, size_t size) { gort_asm_call_go(fn, args, size); }

// The argument block of a system entry that works for g, also after g's stack has moved.
template <typename T>
T* ArgsOf(abi::g* g) {
  return reinterpret_cast<T*>(g->sched.sp + 8);
}

}  // namespace gort::arch

#endif  // GORT_ARCH_SWITCH_H_
