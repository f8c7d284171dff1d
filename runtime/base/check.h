// SPDX-License-Identifier: BSD-3-Clause
//
// Fatal errors: the program cannot go on and must say why.
//
//   Throw    "fatal error: <text>", the traceback of the goroutine, exit code 2; never returns,
//            never lost, never hangs
//   GORT_CHECK(cond, text)   Throw unless cond; stays in optimised builds
//
// Implemented in panic/fatal.cc; unit tests that link only base get base/check_fallback in
// tests/support.
//
// Before: runtime/base/stack_rules.h   After: runtime/base/lock.h
#ifndef GORT_RUNTIME_BASE_CHECK_H_
#define GORT_RUNTIME_BASE_CHECK_H_

#include "runtime/base/stack_rules.h"

namespace gort {

// System or leaf caller; switches to the system stack by itself where it has to.
[[noreturn]] void Throw(const char* text);
// Throw for what the program did wrong, not the runtime: the goroutine's frames are shown, not
// those of the C++ that found out.
[[noreturn]] void ThrowMisuse(const char* text);
// Throw with "<text><n>" in hexadecimal, for states that a developer will want to see.
[[noreturn]] void ThrowHex(const char* text, unsigned long n);

}  // namespace gort

#define GORT_CHECK(cond, text)                       \
  do {                                               \
    if (GORT_UNLIKELY(!(cond))) ::gort::Throw(text); \
  } while (false)

#endif  // GORT_RUNTIME_BASE_CHECK_H_
