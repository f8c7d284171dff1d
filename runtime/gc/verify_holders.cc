// SPDX-License-Identifier: BSD-3-Clause
//
// Which root holds an object, and what is its type called? For the report of gortverify. Words are
// compared with the object's addresses, whatever their maps say, so the answer is where to look
// first and no proof.
//
// Before: runtime/gc/verify_lists.cc   After: runtime/gc/verify_roots.cc
#include "runtime/abi/roots.h"
#include "runtime/base/print.h"
#include "runtime/gc/finalizer.h"
#include "runtime/gc/verify.h"
#include "runtime/lang/type.h"  // upward: the names of types
#include "runtime/mem/page_heap.h"
#include "runtime/mem/special.h"
#include "runtime/sched/scheduler.h"
#include "runtime/unwind/unwinder.h"

namespace gort::gc {
namespace {

struct RootSearch {
  uintptr_t object;
  uintptr_t end;
  bool found;

  bool Holds(uintptr_t p) const { return p >= object && p < end; }
  bool Holds(const void* p) const { return Holds(reinterpret_cast<uintptr_t>(p)); }

  // The first word in [from, to) that points into the object; 0: none.
  uintptr_t Find(uintptr_t from, uintptr_t to) const {
    for (uintptr_t at = from; at + abi::kWord <= to; at += abi::kWord) {
      if (Holds(*reinterpret_cast<uintptr_t*>(at))) return at;
    }
    return 0;
  }
};

void LookAtVariables(RootSearch* search) {
  for (const abi::moduledata* m = roots->firstmoduledata; m != nullptr; m = m->next) {
    uintptr_t at = search->Find(m->data, m->edata);
    if (at == 0) at = search->Find(m->bss, m->ebss);
    if (at == 0) continue;
    Print("  held by the variable at ", Hex{at}, "\n");
    search->found = true;
    return;
  }
}

void PrintFrame(G* g, uintptr_t at) {
  for (unwind::Unwinder walk(g, {.best_effort = true}); walk.valid(); walk.Next()) {
    const unwind::Frame& frame = walk.frame();
    if (at >= frame.fp || frame.func.fn == nullptr) continue;
    Print(", in a frame of ", unwind::FuncName(frame.func));
    return;
  }
}

void LookAtGoroutine(G* g, void* arg) {
  auto* search = static_cast<RootSearch*>(arg);
  const uint32_t status = StatusOf(g);
  if (search->found || status == abi::kGDead || status == abi::kGIdle) return;
  const uintptr_t sp = g->syscallsp != 0 ? g->syscallsp : g->sched.sp;
  const uintptr_t at = search->Find(sp & ~(abi::kWord - 1), g->stack.hi);
  bool record = false;
  for (const abi::_defer* d = g->_defer; d != nullptr; d = d->link) {
    record = record || search->Holds(d) || search->Holds(d->fn);
  }
  if (at == 0 && !record && !search->Holds(g->labels) && !search->Holds(g->sched.ctxt)) return;
  search->found = true;
  Print("  held by goroutine ", g->goid);
  if (at != 0) {
    Print(", stack at ", Hex{at});
    PrintFrame(g, at);
  } else {
    PrintText(record ? ", its deferred calls" : ", what it has saved");
  }
  PrintText("\n");
}

void LookAtTimers(RootSearch* search) {
  for (int32_t i = 0; i < sched::all_ps_count; i++) {
    const P* p = sched::all_ps[i];
    for (int32_t t = 0; t < p->timers_len; t++) {
      if (!search->Holds(p->timers[t].t)) continue;
      Print("  held by the timers of P ", p->id, "\n");
      search->found = true;
      return;
    }
  }
}

void LookAtSpecials(mem::Span* s, void* arg) {
  auto* search = static_cast<RootSearch*>(arg);
  if (search->found || s->state.LoadAcquire() != mem::SpanState::kInUse) return;
  for (mem::Special* special = s->specials; special != nullptr; special = special->next) {
    if (special->kind != mem::Special::kFinalizer) continue;
    const uintptr_t owner =
        s->base + uintptr_t{s->IndexOf(s->base + special->offset)} * s->elemsize;
    const auto& call = static_cast<const FinalizerSpecial*>(special)->call;
    const bool contents = !s->noscan() && search->Find(owner, owner + s->elemsize) != 0;
    if (!contents && !search->Holds(call.fn)) continue;
    Print("  held by the object with a finalizer at ", Hex{owner}, "\n");
    search->found = true;
    return;
  }
}

void LookAtQueued(void* pointer, void* arg) {
  auto* search = static_cast<RootSearch*>(arg);
  if (search->found || !search->Holds(pointer)) return;
  PrintText("  held by the queue of finalizers\n");
  search->found = true;
}

}  // namespace

void PrintTypeName(const abi::_type* type) { PrintString(lang::TypeText(type)); }

bool PrintRootOf(uintptr_t object, uintptr_t size) {
  RootSearch search = {object, object + size, false};
  LookAtVariables(&search);
  sched::ForEachG(LookAtGoroutine, &search);
  if (!search.found) LookAtTimers(&search);
  if (!search.found) ForEachQueued(LookAtQueued, &search);
  mem::page_heap::ForEachSpan(LookAtSpecials, &search);
  return search.found;
}

}  // namespace gort::gc
