// SPDX-License-Identifier: BSD-3-Clause
//
// Decoding pc-value tables, and filling the rows of the cache (pc_value.h tells both formats).
//
// Before: runtime/unwind/pc_value.h   After: runtime/unwind/stack_map.cc
#include "runtime/unwind/pc_value.h"

#include <string.h>

#include "arch/arch.h"
#include "runtime/abi/m.h"
#include "runtime/base/check.h"
#include "runtime/mem/malloc.h"

namespace gort::unwind {
namespace {

// Steps through a table, pair by pair: value() holds from the pc before the step to end().
class PcValueReader {
 public:
  PcValueReader(FuncInfo f, uint32_t offset)
      : at_(PclnAt(f.module, offset)), end_(f.fn->entry), first_(true) {}

  bool Step() {
    const uint32_t delta = ReadVarint();
    if (delta == 0 && !first_) return false;
    first_ = false;
    value_ += static_cast<int32_t>((delta >> 1) ^ (0 - (delta & 1)));
    end_ += static_cast<uintptr_t>(ReadVarint()) * arch::kPcQuantum;
    return true;
  }
  int32_t value() const { return value_; }
  uintptr_t end() const { return end_; }

 private:
  uint32_t ReadVarint() {
    uint32_t byte = *at_++;
    if (GORT_LIKELY(byte < 0x80)) return byte;
    uint32_t result = byte & 0x7f;
    for (uint32_t shift = 7;; shift += 7) {
      byte = *at_++;
      result |= (byte & 0x7f) << shift;
      if (byte < 0x80) return result;
    }
  }

  const uint8_t* at_;
  uintptr_t end_;
  int32_t value_ = -1;
  bool first_;
};

bool IsTopOfStack(abi::FuncID id) {
  switch (id) {
    case abi::kFuncGoexit:
    case abi::kFuncMstart:
    case abi::kFuncMcall:
    case abi::kFuncMorestack:
    case abi::kFuncRt0Go:
    case abi::kFuncExternalthreadhandler:
      return true;
    default:
      return false;
  }
}

// Calls that a signal handler made for the interrupted code, and code whose registers do not fit
// together.
bool IsInjected(abi::FuncID id) {
  return id == abi::kFuncSigpanic || id == abi::kFuncAsyncPreempt || id == abi::kFuncJmpdefer;
}

}  // namespace

PcValue PcValueAt(FuncInfo f, uint32_t offset, uintptr_t pc) {
  if (offset == 0) return {-1, 0};
  PcValueReader reader(f, offset);
  while (reader.Step()) {
    if (pc < reader.end()) return {reader.value(), reader.end()};
  }
  return {-1, 0};
}

int32_t MaxPcValue(FuncInfo f, uint32_t offset) {
  int32_t largest = 0;
  PcValueReader reader(f, offset);
  while (offset != 0 && reader.Step()) {
    if (reader.value() > largest) largest = reader.value();
  }
  return largest;
}

int32_t PcDataValue(FuncInfo f, int table, uintptr_t pc) {
  return PcValueAt(f, PcDataOffset(f, table), pc).value;
}

FileLine FileLineOf(FuncInfo f, uintptr_t pc) {
  if (!f) return {"?", 0};
  const int32_t file = PcValueAt(f, f.fn->pcfile, pc).value;
  const int32_t line = PcValueAt(f, f.fn->pcln, pc).value;
  if (file == -1 || line == -1 || file >= f.module->filetab.len) return {"?", 0};
  return {FileName(f, file), line};
}

PcCache* MakePcCache(abi::m* m) {
  m->unwind_cache = mem::SysAlloc(sizeof(PcCache));
  return static_cast<PcCache*>(m->unwind_cache);
}

bool FillRow(PcRow* row, uintptr_t pc) {
  row->pc = 0;
  const FuncInfo f = FindFunc(pc);
  if (!f) return false;
  row->func = f;
  row->func_id = f.fn->funcID;
  row->args_size = f.fn->args;
  row->flags = 0;
  if (IsTopOfStack(f.fn->funcID)) row->flags |= kRowTop;
  row->sp_delta = PcValueAt(f, f.fn->pcsp, pc).value;
  if (row->sp_delta < 0 || IsTopOfStack(row->func_id) || IsInjected(row->func_id))
    row->flags |= kRowSpecial;
  row->inline_index = -1;
  if (FuncDataOf(f, abi::kFuncdataInlTree) != nullptr) {
    row->flags |= kRowInlines;
    row->inline_index = PcDataValue(f, abi::kPcdataInlTreeIndex, pc - 1);
  }
  if (f.fn->args == abi::kArgsUnknown) {
    const char* name = FuncName(f);
    if (strcmp(name, "reflect.makeFuncStub") == 0 || strcmp(name, "reflect.methodValueCall") == 0) {
      row->flags |= kRowReflectStub | kRowSpecial;
    }
  }
  row->pc = pc;
  return true;
}

}  // namespace gort::unwind
