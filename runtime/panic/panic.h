// SPDX-License-Identifier: BSD-3-Clause
//
// Panics that C++ raises, and the ends of a program.
//
// Raise stores the value and redirects the return of the running entry (seam.md): when the entry's
// stub returns, Go code is in runtime.panicPending, called as if by the Go caller of the entry, and
// gopanic(value) follows. So Raise RETURNS to its caller, which must return to its stub at once
// without touching results:
//
//   if (n < 0) return panic::RaiseError("makeslice: len out of range");
//
// Values: runtime errors are errorString ("runtime error: " + text), plainError (text as it is),
// boundsError, *TypeAssertionError, as in stock; their types and methods are in asm/shim/errors.go.
//
// Before: runtime/unwind/unwinder.h   After: runtime/panic/defer_leaf.cc
#ifndef GORT_RUNTIME_PANIC_PANIC_H_
#define GORT_RUNTIME_PANIC_PANIC_H_

#include "runtime/abi/p.h"
#include "runtime/abi/type.h"
#include "runtime/base/stack_rules.h"

namespace gort::panic {

GORT_SYSTEM_STACK void Raise(abi::eface value);
GORT_SYSTEM_STACK void RaiseError(const char* text);        // errorString: "runtime error: text"
GORT_SYSTEM_STACK void RaiseErrorString(abi::String text);  // errorString of heap or static text
GORT_SYSTEM_STACK void RaisePlain(const char* text);        // plainError: "text"
// *TypeAssertionError; missing method empty when the concrete type is just another one.
GORT_SYSTEM_STACK void RaiseTypeAssertion(abi::_type* iface, abi::_type* have, abi::_type* want,
                                          abi::String missing_method);

// Empties the pools of p: at the start of a collection, and before p is destroyed.
GORT_SYSTEM_STACK void FlushDeferPools(P* p);

// Panics of the running goroutine g whose deferred calls run: n more.
inline void CountRunning(G* g, int n) {
  g->running_panics.StoreRelaxed(g->running_panics.LoadRelaxed() + static_cast<uint32_t>(n));
}

// Deferred calls and panics of a finished goroutine are gone.
inline void ClearPanics(G* g) {
  g->_defer = nullptr;
  g->_panic = nullptr;
  g->running_panics.StoreRelaxed(0);
}

// Exit paths. Exit runs no deferred call and no atexit handler.
[[noreturn]] void Exit(int code);

}  // namespace gort::panic

#endif  // GORT_RUNTIME_PANIC_PANIC_H_
