// SPDX-License-Identifier: BSD-3-Clause
//
// Names and lines for addresses, as package runtime's API gives them: Frames, Func.
//
// Before: runtime/unwind/callers.cc   After: runtime/unwind/symbols.cc
#ifndef GORT_RUNTIME_UNWIND_SYMBOLS_H_
#define GORT_RUNTIME_UNWIND_SYMBOLS_H_

#include "runtime/unwind/unwinder.h"

namespace gort::abi {

// runtime.Frame
struct Frame {
  uintptr_t PC;
  void* Func;
  String Function;
  String File;
  intptr_t Line;
  uintptr_t Entry;
  const _func* func_record;
  const moduledata* module;
};
static_assert(sizeof(Frame) == 80);

// runtime.Frames. The last two fields are made by code of stock's CallersFrames that gc has
// inlined; gort needs the first alone.
struct Frames {
  Slice callers;
  Slice frames;
  Frame frameStore[2];
};
static_assert(sizeof(Frames) == 208);

}  // namespace gort::abi

namespace gort::unwind {

// What an entry of runtime.Callers, or of a profile, stands for. func: empty when it is not Go
// text.
struct CallSite {
  FuncInfo func;
  uintptr_t pc;  // in the call instruction
  bool inlined;
  abi::String function;
  abi::String file;
  int32_t line;
};
CallSite DescribeCallPc(uintptr_t call_pc);

// The pc by which a list of pcs names a function that is not running: as a return address just
// inside it.
inline uintptr_t MarkerPc(uintptr_t entry) { return entry + arch::kPcQuantum; }

// The Go name of the leaf entry, text of C++, that call_pc is in; nullptr: not one. On a cpu whose
// leaves have stubs the stub is a Go function and has the name.
const char* LeafEntryName(uintptr_t call_pc);

// Text in read-only data as a Go string.
abi::String TextOf(const char* text);

// As Callers, from where g is stopped.
GORT_SYSTEM_STACK int CallersOf(G* g, int skip, uintptr_t* pcs, int max);

// Both in a signal handler: from the interrupted instruction, which runs on g's stack (0 frames
// when it is neither Go text nor leaf C++), and from where g entered the system stack.
GORT_SIGNAL_SAFE int CallersInSignal(G* g, uintptr_t pc, uintptr_t sp, uintptr_t lr, uintptr_t fp,
                                     uintptr_t* pcs, int max);
GORT_SIGNAL_SAFE int CallersInSignal(G* g, uintptr_t* pcs, int max);

}  // namespace gort::unwind

#endif  // GORT_RUNTIME_UNWIND_SYMBOLS_H_
