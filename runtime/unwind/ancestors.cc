// SPDX-License-Identifier: BSD-3-Clause
//
// GODEBUG=tracebackancestors=N: where the goroutines were that led to a goroutine.
//
//   main.worker(...)                       the goroutine's own frames
//   created by main.spawn
//   [originating from goroutine 7]:        the one that made it, as it was at the go statement
//   main.spawn(...)
//   created by main.main
//   [originating from goroutine 1]:        the one that made that one, and so on, N in all
//
// A go statement copies the records of the goroutine that executes it, with its own frames in
// front. Records are plain memory of libc: they hold no pointers to the Go heap, and this mode is
// for debugging.
//
// Before: runtime/unwind/traceback.cc   After: runtime/unwind/goroutines.cc
#include <stdlib.h>
#include <string.h>

#include "runtime/base/check.h"
#include "runtime/base/debug_vars.h"
#include "runtime/base/print.h"
#include "runtime/unwind/inline_tree.h"
#include "runtime/unwind/symbols.h"
#include "runtime/unwind/traceback.h"

namespace gort::unwind {
namespace {

struct Ancestor {
  int64_t goid;
  uintptr_t gopc;
  int32_t count;
  uintptr_t pcs[kMaxFrames];
};

struct Ancestors {
  int32_t count;
  Ancestor list[];
};

void PrintAncestor(const Ancestor& a) {
  Print("[originating from goroutine ", a.goid, "]:\n");
  for (int32_t i = 0; i < a.count; ++i) {
    const FuncInfo f = FindFunc(a.pcs[i]);
    if (!ShowFunction(f, i == 0, abi::kFuncNormal, abi::kFuncNormal)) continue;
    LogicalFrames logical(nullptr, f, a.pcs[i] + 1);
    const char* name = logical.name();
    Print(strcmp(name, "runtime.gopanic") == 0 ? "panic" : name, "(...)\n");
    const FileLine where = FileLineOf(f, a.pcs[i]);
    Print("\t", where.file, ":", where.line);
    if (a.pcs[i] > f.fn->entry) Print(" +", Hex{a.pcs[i] - f.fn->entry});
    PrintText("\n");
  }
  if (a.count == kMaxFrames) PrintText("...additional frames elided...\n");
  const FuncInfo creator = FindFunc(a.gopc);
  if (a.goid != 1 && creator && ShowFunction(creator, false, abi::kFuncNormal, abi::kFuncNormal)) {
    PrintCreatedBy(creator, a.gopc);
  }
}

}  // namespace

void* SaveAncestors(G* g) {
  const int32_t most = debug_vars.tracebackancestors;
  if (GORT_LIKELY(most <= 0) || g->goid == 0 || g->sched.sp == 0) return nullptr;
  const auto* older = static_cast<const Ancestors*>(g->ancestors);
  int32_t count = older == nullptr ? 1 : older->count + 1;
  if (count > most) count = most;
  auto* all = static_cast<Ancestors*>(
      malloc(sizeof(Ancestors) + static_cast<size_t>(count) * sizeof(Ancestor)));
  GORT_CHECK(all != nullptr, "out of memory");
  all->count = count;
  all->list[0].goid = g->goid;
  all->list[0].gopc = g->gopc;
  all->list[0].count = CallersOf(g, 0, all->list[0].pcs, kMaxFrames);
  if (count > 1)
    memcpy(&all->list[1], older->list, static_cast<size_t>(count - 1) * sizeof(Ancestor));
  return all;
}

void FreeAncestors(G* g) {
  if (GORT_LIKELY(g->ancestors == nullptr)) return;
  free(g->ancestors);
  g->ancestors = nullptr;
}

void PrintAncestors(const G* g) {
  const auto* all = static_cast<const Ancestors*>(g->ancestors);
  for (int32_t i = 0; all != nullptr && i < all->count; ++i) PrintAncestor(all->list[i]);
}

}  // namespace gort::unwind
