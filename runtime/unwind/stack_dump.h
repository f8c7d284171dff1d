// SPDX-License-Identifier: BSD-3-Clause
//
// The words of a stack whose frames make no sense.
//
// Before: runtime/unwind/unwinder.cc   After: runtime/unwind/stack_dump.cc
#ifndef GORT_RUNTIME_UNWIND_STACK_DUMP_H_
#define GORT_RUNTIME_UNWIND_STACK_DUMP_H_

#include "runtime/abi/g.h"

namespace gort::unwind {

// Prints the words around a frame, as far as they are on the stack. bad: the address of the one
// that is wrong, or 0.
void DumpStack(const abi::Stack& stack, uintptr_t sp, uintptr_t fp, uintptr_t bad);

}  // namespace gort::unwind

#endif  // GORT_RUNTIME_UNWIND_STACK_DUMP_H_
