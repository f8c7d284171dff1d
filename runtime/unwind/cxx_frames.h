// SPDX-License-Identifier: BSD-3-Clause
//
// The frames of C++ on a system stack, for the traceback of a program that dies.
//
// C++ that may be profiled or interrupted on a goroutine's stack is described by rows that the
// build makes (leaf_table.h). The rest of the C++, libc included, is seen by nobody while the
// program lives. When it dies of an error in there, its frames are the best explanation there is,
// and what describes them is .eh_frame, which the compiler has written for every function:
//
//   FDE    first instruction, length, CIE, instructions of call frame information
//   CIE    encoding of addresses, what holds at the entry of a function
//
// There is no index: a step looks at one FDE after the other, about two thousand. The instructions
// (advance, the CFA is at r + n, r is saved at CFA - n, ...) are interpreted up to the pc;
// tools/leaf does the same at build time and says more about them. Where the answer is more than a
// sum of the stack or frame pointer and a number, or points out of the stack, the walk ends.
//
// Before: runtime/unwind/executable.cc   After: runtime/unwind/cxx_frames.cc
#ifndef GORT_RUNTIME_UNWIND_CXX_FRAMES_H_
#define GORT_RUNTIME_UNWIND_CXX_FRAMES_H_

#include <cstdint>

#include "runtime/unwind/executable.h"

namespace gort::unwind {

struct CxxFrame {
  uintptr_t pc;  // of the instruction, or for all but the innermost behind the call
  uintptr_t sp;
  uintptr_t fp;  // the frame pointer register
  uintptr_t lr;  // the link register, on a cpu that has one; only of the innermost
  bool trap;     // pc is an instruction, not a return address

  // In the instruction that the frame is at.
  uintptr_t call_pc() const { return trap ? pc : pc - 1; }
};

// To the caller. False: the stack ends here, or nothing describes the function, or its frame is not
// below stack_end.
bool StepCxx(const MemoryRange& tables, uintptr_t stack_end, CxxFrame* frame);

}  // namespace gort::unwind

#endif  // GORT_RUNTIME_UNWIND_CXX_FRAMES_H_
