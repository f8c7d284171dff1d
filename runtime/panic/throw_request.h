// SPDX-License-Identifier: BSD-3-Clause
//
// What Throw hands from the stack where the error was found to the system stack where it is
// printed.
//
// Before: runtime/panic/fatal.cc   After: runtime/panic/fatal_leaf.cc
#ifndef GORT_RUNTIME_PANIC_THROW_REQUEST_H_
#define GORT_RUNTIME_PANIC_THROW_REQUEST_H_

#include "runtime/abi/value.h"

namespace gort::panic {

struct ThrowRequest {
  abi::String text;
  uint64_t number;
  bool has_number;
  bool misuse;           // ThrowMisuse
  uintptr_t pc, sp, fp;  // of the caller of Throw
};

[[noreturn]] void ThrowOnSystemStack(void* request);

}  // namespace gort::panic

#endif  // GORT_RUNTIME_PANIC_THROW_REQUEST_H_
