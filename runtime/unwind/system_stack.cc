// SPDX-License-Identifier: BSD-3-Clause
//
// A system stack as text: what C++ was doing when the program died in it.
//
//   runtime stack:
//   gort::Throw(...)                                      C++: its parameters are not known
//           C++ +0x1d fp=0x7ffc5fe2e5a0 sp=0x7ffc5fe2e590 pc=0x4e8f3d
//   time.goFunc(0x49d0f8, 0x0)                            Go code that C++ called
//           /usr/lib/go-1.15/src/time/sleep.go:169 +0x44 fp=... sp=... pc=...
//
// It ends where a goroutine came to this stack through the stub of an entry: the goroutine's own
// frames are another stack. Without a symbol table a frame has its pc for a name.
//
// Before: runtime/unwind/cxx_frames.cc   After: runtime/panic/panic.h
#include "arch/arch.h"
#include "runtime/base/print.h"
#include "runtime/unwind/cxx_frames.h"
#include "runtime/unwind/executable.h"
#include "runtime/unwind/traceback.h"

namespace gort::unwind {
namespace {

void PrintCxxFrame(const CxxFrame& frame, uintptr_t caller_sp) {
  const CxxSymbol symbol = FindSymbol(frame.call_pc());
  if (symbol.name != nullptr) {
    char name[200];
    PrintBytes(name, ReadableName(symbol.name, name, sizeof(name)));
  } else {
    PrintHex(frame.pc);
  }
  PrintText("(...)\n\tC++");
  if (symbol.name != nullptr) Print(" +", Hex{frame.pc - symbol.entry});
  Print(" fp=", Hex{caller_sp}, " sp=", Hex{frame.sp}, " pc=", Hex{frame.pc}, "\n");
}

// Go code that C++ called: prints its frames and goes on to the C++.
bool PrintGoFrames(G* g, CxxFrame* frame) {
  Unwinder walk(g, frame->pc, frame->sp, frame->lr, {.trap = frame->trap, .best_effort = true},
                frame->fp);
  if (!walk.valid()) return false;
  uintptr_t fp = frame->fp;
  for (; walk.valid(); walk.Next()) {
    const Frame& go = walk.frame();
    PrintFrame(go, g);
    const uintptr_t saved = arch::FramePointerSlot(go.sp, go.fp - arch::FrameTop(go.sp, 0));
    if (saved != 0) fp = *reinterpret_cast<const uintptr_t*>(saved);
    *frame = {go.lr, go.fp, fp, 0, false};
  }
  return frame->pc != 0;
}

}  // namespace

void PrintSystemStack(G* g, CxxFrame frame) {
  const MemoryRange tables = UnwindTables();
  for (int n = 0; n < kMaxFrames; ++n) {
    if (FindFunc(frame.call_pc())) {
      if (frame.sp >= g->sched.sp || !PrintGoFrames(g, &frame)) return;
      continue;
    }
    const CxxFrame here = frame;
    const bool more = StepCxx(tables, g->stack.hi, &frame);
    PrintCxxFrame(here, more ? frame.sp : here.sp);
    if (!more) return;
  }
  PrintText("...additional frames elided...\n");
}

}  // namespace gort::unwind
