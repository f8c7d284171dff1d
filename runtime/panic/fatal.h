// SPDX-License-Identifier: BSD-3-Clause
//
// The end of a program that cannot go on: an unrecovered panic, a fatal error of the runtime, a
// fatal signal.
//
// Every such end is the same three steps, so that two threads that die at once do not mix their
// messages, and a fault while dying ends in a shorter message, never in silence:
//
//   1. print what happened
//   2. BeginDying   one thread at a time; the second failure of one thread prints less, the fourth
//                   exits at once
//   3. PrintState   signal line, traceback of the goroutine, the others if asked for; then Die
//
// Before: runtime/panic/errors.cc   After: runtime/panic/fatal.cc
#ifndef GORT_RUNTIME_PANIC_FATAL_H_
#define GORT_RUNTIME_PANIC_FATAL_H_

#include "runtime/abi/p.h"
#include "runtime/base/stack_rules.h"

namespace gort::panic {

// Threads that are printing their last words; main does not exit meanwhile.
extern Atomic<uint32_t> dying_threads;

// Prints a value as print(v) does; a value of a defined type as T(v), anything else as (T) address.
void PrintValue(abi::eface v);
// The chain as "panic: first\n\tpanic: second [recovered]\n", oldest first.
void PrintPanics(abi::_panic* newest);

// False when this thread has failed while it was dying: then print nothing but what is certain.
bool BeginDying();
// Prints "[signal ...]" if one is recorded in g, and tracebacks as GOTRACEBACK says. pc, sp:
// innermost frame to show of g; trap: pc is an instruction, not a return address. Does not return
// when another thread is dying too: that one exits.
void PrintState(G* g, uintptr_t pc, uintptr_t sp, uintptr_t lr, bool trap, uintptr_t fp = 0);
// abort() with GOTRACEBACK=crash, exit(2) otherwise.
[[noreturn]] void Die();

// "SIGSEGV: segmentation violation"; nullptr for a number that has no name. (os/signal_names.cc)
const char* SignalText(uint32_t sig);

}  // namespace gort::panic

#endif  // GORT_RUNTIME_PANIC_FATAL_H_
