// SPDX-License-Identifier: BSD-3-Clause
//
// What the files share that print frames, and what prints stacks while the program goes on.
//
// Before: runtime/unwind/symbols.cc   After: runtime/unwind/traceback.cc
#ifndef GORT_RUNTIME_UNWIND_TRACEBACK_H_
#define GORT_RUNTIME_UNWIND_TRACEBACK_H_

#include "runtime/unwind/cxx_frames.h"
#include "runtime/unwind/unwinder.h"

namespace gort::unwind {

// "created by f ...", if g was created by a function that is shown.
void PrintCreatedBy(const G* g);
void PrintCreatedBy(FuncInfo f, uintptr_t gopc);
// A function is shown without arguments: of an ancestor's frame only the pc is left.
bool ShowFunction(FuncInfo f, bool first, abi::FuncID id, abi::FuncID callee);
// "[originating from goroutine N]:" and frames, of everything in g->ancestors.
void PrintAncestors(const G* g);
// A walk ends after so many physical frames.
constexpr int kMaxFrames = 100;
// The physical frame and the calls inlined in it, nothing left out.
void PrintFrame(const Frame& frame, const G* g);
// g is the g0 or the gsignal of an M.
inline bool IsSystemStack(const G* g) {
  return g->m != nullptr && (g == g->m->g0 || g == g->m->gsignal);
}
// Of such a g: C++, and Go code that it called.
void PrintSystemStack(G* g, CxxFrame frame);
// Traceback of a g that is not running, from where it stopped.
void TracebackSaved(G* g);

}  // namespace gort::unwind

#endif  // GORT_RUNTIME_UNWIND_TRACEBACK_H_
