// SPDX-License-Identifier: BSD-3-Clause
//
// runtime.Callers, Caller and their like: a stack as an array of addresses.
//
// Each entry stands for one logical frame and is an address after the first byte of the call (or
// faulting) instruction, so that whoever reads it subtracts 1 and finds line and inline frame of
// that instruction. Frames that exist only through inlining get addresses of their own
// (inline_tree.h), so each entry can be explained alone, in any order, and a skip count of the user
// can cut through an inlined chain.
//
// Before: runtime/unwind/inline_tree.h   After: runtime/unwind/symbols.cc
#include "arch/arch.h"
#include "asm/gen/entries.h"
#include "runtime/unwind/inline_tree.h"
#include "runtime/unwind/symbols.h"

namespace gort::unwind {
namespace {

int Collect(Unwinder* walk, PcCache* cache, int skip, uintptr_t* pcs, int max) {
  abi::FuncID callee = abi::kFuncNormal;
  int n = 0;
  for (; walk->valid() && n < max; walk->Next()) {
    const Frame& frame = walk->frame();
    if (frame.is_leaf_cxx) {
      // A sample names the entry, as it would name the Go function in stock.
      const uintptr_t call_pc = frame.trap ? frame.pc + 1 : frame.pc;
      if (LeafEntryName(call_pc) != nullptr) pcs[n++] = call_pc;
      continue;
    }
    LogicalFrames logical(cache, frame);
    do {
      const abi::FuncID id = logical.id();
      if (id == abi::kFuncHidden) continue;
      if (id == abi::kFuncWrapper && ElideWrapperCalling(callee)) {
        // left out
      } else if (skip > 0) {
        skip--;
      } else if (n < max) {
        pcs[n++] = logical.call_pc();
      }
      callee = id;
    } while (logical.Next());
  }
  return n;
}

// From the caller of the entry that g runs (so frame 0 is the Go function that called it).
int CallersOfCaller(G* g, intptr_t skip, abi::Slice out) {
  const arch::GoCaller caller = arch::CallerOf(g->sched);
  return Callers(g, caller.pc, caller.sp, 0, static_cast<int>(skip),
                 static_cast<uintptr_t*>(out.array), static_cast<int>(out.len));
}

// From the entry itself: frame 0 is the entry's Go symbol.
int CallersOfEntry(G* g, intptr_t skip, uintptr_t* pcs, intptr_t max) {
  Unwinder walk(g, {.best_effort = true});
  return Collect(&walk, CurrentPcCache(), static_cast<int>(skip), pcs, static_cast<int>(max));
}

}  // namespace

int Callers(G* g, uintptr_t pc, uintptr_t sp, uintptr_t lr, int skip, uintptr_t* pcs, int max) {
  Unwinder walk(g, pc, sp, lr, {.best_effort = true});
  return Collect(&walk, CurrentPcCache(), skip, pcs, max);
}

int CallersOf(G* g, int skip, uintptr_t* pcs, int max) {
  Unwinder walk(g, {.best_effort = true});
  return Collect(&walk, CurrentPcCache(), skip, pcs, max);
}

int CallersInSignal(G* g, uintptr_t pc, uintptr_t sp, uintptr_t lr, uintptr_t fp, uintptr_t* pcs,
                    int max) {
  UnwindFlags flags = {.trap = true, .best_effort = true, .in_signal = true, .jump_stack = true};
  Unwinder walk(g, pc, sp, lr, flags, fp);
  return Collect(&walk, nullptr, 0, pcs, max);
}

int CallersInSignal(G* g, uintptr_t* pcs, int max) {
  Unwinder walk(g, {.best_effort = true, .in_signal = true});
  return Collect(&walk, nullptr, 0, pcs, max);
}

}  // namespace gort::unwind

// ---- Entered from Go ----

using namespace gort;
using namespace gort::unwind;

extern "C" void gort_callers(entry::callers* a) {
  a->ret = CallersOfCaller(arch::GetG()->m->curg, a->skip, a->pcbuf);
}

extern "C" void gort_Callers(entry::Callers* a) {
  a->ret = 0;
  if (a->pc.len == 0) return;
  a->ret = CallersOfEntry(arch::GetG()->m->curg, a->skip, static_cast<uintptr_t*>(a->pc.array),
                          a->pc.len);
}

extern "C" void gort_Caller(entry::Caller* a) {
  a->pc = 0;
  a->file = {};
  a->line = 0;
  a->ok = false;
  uintptr_t call_pc;
  if (CallersOfEntry(arch::GetG()->m->curg, a->skip + 1, &call_pc, 1) < 1) return;
  const CallSite site = DescribeCallPc(call_pc);
  if (!site.func) return;
  a->pc = site.pc;
  a->file = site.file;
  a->line = site.line;
  a->ok = site.pc != 0;
}
