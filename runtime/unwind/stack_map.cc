// SPDX-License-Identifier: BSD-3-Clause
//
// Where the pointers of a frame are.
//
// gc gives every function bitmaps, one bit per word, numbered by StackMapIndex at each call: one
// for the locals (words ending at varp) and one for arguments and results (words from argp), both
// holding only what is live across that call. Variables whose address is taken are stack objects:
// listed with their types, always initialised once their frame exists, never in the bitmap.
//
// The index -1 stands for the prologue, where nothing is live but the arguments: it means map 0. A
// frame that has locals must have a map; only functions without any (small assembly) go without.
// reflect's two stubs have an argument block that depends on the closure they were called with, so
// the unwinder passes its map in the frame.
//
// Before: runtime/unwind/pc_value.cc   After: runtime/unwind/inline_tree.h
#include <string.h>

#include "runtime/base/check.h"
#include "runtime/base/print.h"
#include "runtime/unwind/unwinder.h"

namespace gort::unwind {
namespace {

[[noreturn]] void MissingMap(const Frame& frame, const char* what, int kind, uintptr_t at,
                             uintptr_t size, int32_t index) {
  const auto* map = static_cast<const abi::stackmap*>(FuncDataOf(frame.func, kind));
  if (map == nullptr || map->n <= 0) {
    Print("runtime: frame ", FuncName(frame.func), " untyped ", what, " ", Hex{at}, "+", Hex{size},
          "\n");
    Throw("missing stackmap");
  }
  Print("runtime: pcdata is ", index, " and ", map->n, " ", what, " stack map entries for ",
        FuncName(frame.func), " (targetpc=", Hex{frame.continpc}, ")\n");
  Throw("bad symbol table");
}

// The first 64 bits of a map, or fewer.
uint64_t FirstWord(const uint8_t* bytes, int32_t bits) {
  uint64_t word = 0;
  memcpy(&word, bytes, bits >= 64 ? 8 : static_cast<size_t>(bits + 7) / 8);
  return bits >= 64 ? word : word & ((uint64_t{1} << bits) - 1);
}

// Bitmap number `index` of a FUNCDATA; false when gc promised one and it is not there.
bool SelectMap(FuncInfo f, int kind, int32_t index, const uint8_t** bytes, int32_t* bits) {
  *bytes = nullptr;
  *bits = 0;
  const auto* map = static_cast<const abi::stackmap*>(FuncDataOf(f, kind));
  if (map == nullptr || map->n <= 0) return false;
  if (map->nbit == 0) return true;
  if (index < 0 || index >= map->n) return false;
  *bits = map->nbit;
  *bytes = map->bytedata + static_cast<intptr_t>(index) * ((map->nbit + 7) / 8);
  return true;
}

}  // namespace

void FillMaps(PcRow* row) {
  const FuncInfo f = row->func;
  int32_t index = -1;
  if (row->pc != f.fn->entry) index = PcDataValue(f, abi::kPcdataStackMapIndex, row->pc - 1);
  if (index == -1) index = 0;
  row->map_index = index;
  if (!SelectMap(f, abi::kFuncdataLocalsPointerMaps, index, &row->locals, &row->locals_bits)) {
    row->flags |= kRowBadLocals;
  }
  if (!SelectMap(f, abi::kFuncdataArgsPointerMaps, index, &row->args, &row->args_bits))
    row->flags |= kRowBadArgs;
  row->locals_word = FirstWord(row->locals, row->locals_bits);
  row->args_word = FirstWord(row->args, row->args_bits);
  const auto* objects = static_cast<const intptr_t*>(FuncDataOf(f, abi::kFuncdataStackObjects));
  row->object_count = objects != nullptr ? *objects : 0;
  row->objects =
      objects != nullptr ? reinterpret_cast<const abi::stackObjectRecord*>(objects + 1) : nullptr;
  row->flags |= kRowMaps;
}

const PcRow* MapRowOf(const Frame& frame, PcRow* scratch) {
  PcRow* row = frame.row;
  if (row->pc != frame.continpc) {
    scratch->pc = 0;
    row = LookupRow(CurrentPcCache(), frame.continpc, scratch);
  }
  if ((row->flags & kRowMaps) == 0) FillMaps(row);
  return row;
}

void MissingLocalsMap(const Frame& frame, const PcRow* row) {
  MissingMap(frame, "locals", abi::kFuncdataLocalsPointerMaps, frame.sp, frame.varp - frame.sp,
             row->map_index);
}

void MissingArgsMap(const Frame& frame, const PcRow* row) {
  MissingMap(frame, "args", abi::kFuncdataArgsPointerMaps, frame.argp, frame.arglen,
             row->map_index);
}

void SetClosureArgs(const Frame& frame, FrameMaps* maps) {
  maps->args = *frame.argmap;
  const int32_t live = static_cast<int32_t>(frame.arglen / abi::kWord);
  if (live < maps->args.n) maps->args.n = live;
  maps->args_word = FirstWord(maps->args.bytedata, maps->args.n);
}

}  // namespace gort::unwind
