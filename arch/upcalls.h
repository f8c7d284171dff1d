// SPDX-License-Identifier: BSD-3-Clause
//
// The C++ functions that assembly text of arch/<cpu>/ calls by name: everything that such text
// needs of the folders above it, and nothing else. Generated stubs (asm/gen) are not in this list;
// they call what the shim declares.
//
// "system": on the system stack of the M, g = g0. "leaf": on the goroutine stack. "signal": on the
// signal stack.
//
// Before: arch/switch.h   After: arch/switch.cc
#ifndef GORT_ARCH_UPCALLS_H_
#define GORT_ARCH_UPCALLS_H_

#include <signal.h>

#include "runtime/abi/m.h"

namespace gort::abi {
struct Roots;
}

extern "C" {

// entry.s, on the main thread's own stack with no g: boots and runs the program. runtime/start.cc
[[noreturn]] void gort_start(int argc, char** argv, const gort::abi::Roots* roots);

// morestack.s, system: m->morebuf and m->curg->sched describe a function that has not begun. Ends
// in GoGo or in the scheduler. runtime/stack/grow.cc
[[noreturn]] void gort_newstack();

// defer.s, leaf: the next call that the frame with this outgoing argument area owes.
// runtime/panic/defer_leaf.cc
gort::abi::funcval* gort_next_deferred(void* outgoing);

// barrier.s, system: the P's write barrier buffer is full. The argument is meaningless.
// runtime/gc/barrier.cc
void gort_flush_write_barrier(void*);

// call.s, system entry: the argument block is larger than reflectcall takes; raises the panic.
// runtime/panic/errors.cc
void gort_reflectcall_too_large(void*);

// What sigaction is given. arch/signal.cc
void gort_signal_entry(int signal, siginfo_t* info, void* context);
// signal.cc, signal stack, current g = m->gsignal; g is that of the interrupted code.
// runtime/os/signal.cc
void gort_signal(int signal, siginfo_t* info, void* context, gort::abi::g* g);
// signal.cc: a signal on a thread that is no M, before boot or in a thread of a library.
// runtime/os/signal.cc
void gort_signal_foreign(int signal, siginfo_t* info, void* context);

// goroutine.s, system entry: calls its argument. arch/switch.cc
void gort_systemstack(gort::abi::funcval** fn);
// States that cannot be, each said by name; system. arch/switch.cc
[[noreturn]] void gort_morestack_on_g0();
[[noreturn]] void gort_morestack_on_gsignal();
[[noreturn]] void gort_morestackc();
[[noreturn]] void gort_mcall_on_g0();
[[noreturn]] void gort_mcall_returned();
[[noreturn]] void gort_park_on_g0();

}  // extern "C"

#endif  // GORT_ARCH_UPCALLS_H_
