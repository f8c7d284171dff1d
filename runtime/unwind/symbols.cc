// SPDX-License-Identifier: BSD-3-Clause
//
// runtime.Frames, runtime.Func: addresses explained to programs.
//
// A *Func is the address of a _func record in the function table. A function that was inlined has
// none, so FuncForPC makes an object that begins like one with entry 0, which no record has:
//
//   _func    | entry | nameoff ...           FuncInl  | 0 | entry of the outermost function | name
//                                                     | file | line
//
// All strings lie in read-only data, so nothing here holds heap pointers and a FuncInl is allocated
// without any.
//
// Before: runtime/unwind/symbols.h   After: runtime/unwind/traceback.cc
#include "runtime/unwind/symbols.h"

#include <string.h>

#include "arch/arch.h"
#include "asm/gen/entries.h"
#include "runtime/abi/roots.h"
#include "runtime/mem/malloc.h"
#include "runtime/unwind/inline_tree.h"
#include "runtime/unwind/leaf_table.h"

namespace gort::unwind {
namespace {

struct FuncInl {
  uintptr_t zero;
  uintptr_t entry;
  abi::String name;
  abi::String file;
  intptr_t line;
};

// The inlined function at exactly pc, by name; nullptr when pc is the function's own.
const char* InlinedAt(FuncInfo f, uintptr_t pc) {
  const void* tree = FuncDataOf(f, abi::kFuncdataInlTree);
  if (tree == nullptr) return nullptr;
  const int32_t index = PcDataValue(f, abi::kPcdataInlTreeIndex, pc);
  return index >= 0 ? NameAt(f, static_cast<const abi::inlinedCall*>(tree)[index].func_) : nullptr;
}

bool Skip(abi::Frames* frames) {
  // The last element is dropped without moving the pointer behind the array.
  abi::Slice& s = frames->callers;
  while (s.len > 0) {
    const uintptr_t call_pc = *static_cast<uintptr_t*>(s.array);
    if (FindFunc(call_pc) || LeafEntryName(call_pc) != nullptr) return true;
    if (s.len == 1) {
      s.len = s.cap = 0;
      break;
    }
    s.array = static_cast<uintptr_t*>(s.array) + 1;
    s.len--;
    s.cap--;
  }
  return false;
}

}  // namespace

abi::String TextOf(const char* text) {
  return {reinterpret_cast<const uint8_t*>(text), static_cast<intptr_t>(strlen(text))};
}

const char* LeafEntryName(uintptr_t call_pc) {
  if (&gort_leaf_table == nullptr) return nullptr;
  const char* name = FindLeafName(gort_leaf_table, call_pc - 1);
  // Others are parts of entries, or have a stub of that name.
  if (name == nullptr || strncmp(name, "_Z", 2) == 0 || strncmp(name, "gort", 4) == 0)
    return nullptr;
  return name;
}

CallSite DescribeCallPc(uintptr_t call_pc) {
  CallSite site = {};
  site.func = FindFunc(call_pc);
  if (!site.func) {
    if (const char* name = LeafEntryName(call_pc)) {
      site.pc = call_pc - 1;
      site.function = TextOf(name);
      // The place is not known. A line of 0 would make pprof ask the ELF file about all names.
      site.file = TextOf("?");
      site.line = 1;
    }
    return site;
  }
  site.pc = call_pc > site.func.fn->entry ? call_pc - 1 : call_pc;
  const char* inlined = InlinedAt(site.func, site.pc);
  site.inlined = inlined != nullptr;
  site.function = TextOf(site.inlined ? inlined : FuncName(site.func));
  const FileLine where = FileLineOf(site.func, site.pc);
  site.file = TextOf(where.file);
  site.line = where.line;
  return site;
}

}  // namespace gort::unwind

// ---- Entered from Go ----

// A method of a nil *Func: the Go caller sees a nil dereference.
static bool IsNil(const void* func) {
  if (func == nullptr)
    gort::arch::RedirectReturn(gort::arch::GetG()->m->curg, gort::roots->panicmem->fn);
  return func == nullptr;
}

using namespace gort;
using namespace gort::unwind;

extern "C" void gort_framesNext(entry::framesNext* a) {
  *a->frame = {};
  a->more = false;
  if (!Skip(a->ci)) return;
  abi::Slice& callers = a->ci->callers;
  const CallSite site = DescribeCallPc(*static_cast<uintptr_t*>(callers.array));
  a->frame->PC = site.pc;
  a->frame->Func = site.inlined || !site.func ? nullptr : const_cast<abi::_func*>(site.func.fn);
  a->frame->Function = site.function;
  a->frame->File = site.file;
  a->frame->Line = site.line;
  a->frame->Entry = site.func ? site.func.fn->entry : 0;
  a->frame->func_record = site.func.fn;
  a->frame->module = site.func.module;
  if (callers.len == 1) {
    callers.len = callers.cap = 0;
    return;
  }
  callers.array = static_cast<uintptr_t*>(callers.array) + 1;
  callers.len--;
  callers.cap--;
  a->more = Skip(a->ci);
}

extern "C" void gort_FuncForPC(entry::FuncForPC* a) {
  const uintptr_t pc = a->pc;
  const FuncInfo f = FindFunc(pc);
  const char* inlined = f ? InlinedAt(f, pc) : nullptr;
  if (inlined == nullptr) {
    a->ret = reinterpret_cast<abi::Func*>(const_cast<abi::_func*>(f.fn));
    return;
  }
  const FileLine where = FileLineOf(f, pc);
  auto* func = static_cast<FuncInl*>(mem::Malloc(sizeof(FuncInl), nullptr, false));
  *func = {0, f.fn->entry, TextOf(inlined), TextOf(where.file), where.line};
  a->ret = reinterpret_cast<abi::Func*>(func);
}

extern "C" void gort_funcName(entry::funcName* a) {
  const auto* func = reinterpret_cast<const FuncInl*>(a->f);
  if (func == nullptr) {
    a->ret = {};
  } else if (func->zero == 0) {
    a->ret = func->name;
  } else {
    a->ret = TextOf(FuncName(FuncOfRecord(reinterpret_cast<const abi::_func*>(func))));
  }
}

extern "C" void gort_funcEntry(entry::funcEntry* a) {
  if (IsNil(a->f)) return;
  const auto* func = reinterpret_cast<const FuncInl*>(a->f);
  a->ret = func->zero == 0 ? func->entry : func->zero;
}

extern "C" void gort_funcFileLine(entry::funcFileLine* a) {
  if (IsNil(a->f)) return;
  const auto* func = reinterpret_cast<const FuncInl*>(a->f);
  if (func->zero == 0) {
    a->file = func->file;
    a->line = func->line;
    return;
  }
  const FileLine where = FileLineOf(FuncOfRecord(reinterpret_cast<const abi::_func*>(func)), a->pc);
  a->file = TextOf(where.file);
  a->line = where.line;
}

// Replaces the last entry of a profile's stack by all logical frames from there to the physical
// function.
extern "C" void gort_runtime_expandFinalInlineFrame(entry::runtime_expandFinalInlineFrame* a) {
  a->ret = a->stk;
  if (a->stk.len == 0) return;
  auto* pcs = static_cast<uintptr_t*>(a->stk.array);
  const uintptr_t call_pc = pcs[a->stk.len - 1];
  const FuncInfo f = FindFunc(call_pc - 1);
  if (!f || FuncDataOf(f, abi::kFuncdataInlTree) == nullptr) return;

  PcCache* cache = CurrentPcCache();
  // Wrappers are left out as in Callers. The entry itself is there, so what it called did not make
  // it be left out.
  auto for_each = [&](auto visit) {
    abi::FuncID callee = abi::kFuncNormal;
    LogicalFrames logical(cache, f, call_pc);
    do {
      const abi::FuncID id = logical.id();
      if (!logical.inlined() || id != abi::kFuncWrapper || !ElideWrapperCalling(callee))
        visit(logical.call_pc());
      callee = id;
    } while (logical.Next());
  };
  const intptr_t kept = a->stk.len - 1;
  intptr_t total = kept;
  for_each([&](uintptr_t) { total++; });
  if (total > a->stk.cap) {
    auto* larger = static_cast<uintptr_t*>(mem::Malloc(total * sizeof(uintptr_t), nullptr, false));
    memcpy(larger, pcs, kept * sizeof(uintptr_t));
    pcs = larger;
    a->ret.array = larger;
    a->ret.cap = total;
  }
  intptr_t n = kept;
  for_each([&](uintptr_t pc) { pcs[n++] = pc; });
  a->ret.len = n;
}
