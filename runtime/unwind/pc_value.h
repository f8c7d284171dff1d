// SPDX-License-Identifier: BSD-3-Clause
//
// What is known about one code address, decoded once.
//
// A pc-value table says how a number (frame size, file, line, stack map, inline frame) depends on
// the pc within a function. It is a run of variable-length pairs from value -1 at the entry:
//
//   (zigzag value delta, pc delta / quantum) (...) ... 0          the value holds until pc + pc
//   delta
//
// It is compact and slow: it has to be read from the function's entry each time. But stacks ask for
// the same addresses again and again: a recursive program has a handful of return addresses on ten
// thousand frames, and the collector sees the same call sites at every cycle. So every M has a
// table of decoded rows, direct-mapped by pc:
//
//   pc -> function, module, frame size at pc, inline frame of the call at pc - 1, pointer maps of
//   that call
//
// A walk then costs one probe per frame. Rows never become stale, since text does not change. The
// table belongs to its M and is used on its system stack only; a signal handler, which may have
// interrupted a fill, decodes into a row of its own (UnwindFlags::best_effort).
//
// Before: runtime/unwind/func_table.h   After: runtime/unwind/stack_map.cc
#ifndef GORT_RUNTIME_UNWIND_PC_VALUE_H_
#define GORT_RUNTIME_UNWIND_PC_VALUE_H_

#include "arch/arch.h"
#include "runtime/abi/m.h"
#include "runtime/base/stack_rules.h"
#include "runtime/unwind/func_table.h"

namespace gort::unwind {

// Value of the table at `offset` for pc, and the address where that value ends (0: pc is not
// covered, or no table).
struct PcValue {
  int32_t value;
  uintptr_t end;
};
PcValue PcValueAt(FuncInfo f, uint32_t offset, uintptr_t pc);
// Largest value that the table takes: of pcsp, the size of the frame.
int32_t MaxPcValue(FuncInfo f, uint32_t offset);

// Value of a PCDATA table (abi::PcData) at pc; -1 when the table is absent or does not say.
int32_t PcDataValue(FuncInfo f, int table, uintptr_t pc);

// File and line of the instruction at pc; {"?", 0} when unknown.
struct FileLine {
  const char* file;
  int32_t line;
};
FileLine FileLineOf(FuncInfo f, uintptr_t pc);

enum RowFlags : uint8_t {
  kRowTop = 1,  // the outermost function of a stack: no caller
  kRowReflectStub =
      2,  // argument map is found through the closure (reflect.makeFuncStub, methodValueCall)
  kRowInlines = 4,     // the function has an inline tree
  kRowMaps = 8,        // the second half of the row is filled
  kRowBadLocals = 16,  // gc promises a map of the locals and there is none for this pc
  kRowBadArgs = 32,
  kRowSpecial =
      64,  // the walk has to think: top, reflect stub, no frame information, injected calls
};

struct alignas(64) PcRow {
  uintptr_t pc;  // 0: unused slot
  FuncInfo func;
  int32_t sp_delta;      // bytes between sp and the return pc (amd64) or the caller's sp (arm64)
  int32_t inline_index;  // innermost inline frame of pc - 1; -1: none
  uint8_t flags;
  abi::FuncID func_id;
  int32_t args_size;  // _func.args
  int32_t map_index;  // StackMapIndex of pc - 1, or 0 in front of the first
  // Maps, filled when first asked for. The words are the first 64 bits of each.
  uint64_t locals_word;
  uint64_t args_word;
  const uint8_t* locals;
  const uint8_t* args;
  const abi::stackObjectRecord* objects;
  int32_t locals_bits;
  int32_t args_bits;
  intptr_t object_count;
};

struct PcCache {
  static constexpr uintptr_t kRows = 512;
  static uintptr_t Slot(uintptr_t pc) { return (pc * 0x9E3779B97F4A7C15u) >> (64 - 9); }
  static_assert(kRows == 1 << 9);
  PcRow rows[kRows];
};

// The cache of the running M; made at the first call, nullptr where there is no M.
GORT_SYSTEM_STACK PcCache* MakePcCache(abi::m* m);
inline PcCache* CurrentPcCache() {
  const G* g = arch::GetG();
  if (GORT_UNLIKELY(g == nullptr || g->m == nullptr)) return nullptr;
  if (GORT_UNLIKELY(g->m->unwind_cache == nullptr)) return MakePcCache(g->m);
  return static_cast<PcCache*>(g->m->unwind_cache);
}

// Fills the first half of the row. False (and row->pc == 0) when pc is not Go text.
bool FillRow(PcRow* row, uintptr_t pc);
// Fills the maps.
void FillMaps(PcRow* row);

// Row of pc, in the cache or, without one, in *scratch; nullptr when pc is not Go text.
inline PcRow* LookupRow(PcCache* cache, uintptr_t pc, PcRow* scratch) {
  PcRow* row = cache != nullptr ? &cache->rows[PcCache::Slot(pc)] : scratch;
  if (GORT_LIKELY(row->pc == pc)) return row;
  return FillRow(row, pc) ? row : nullptr;
}

}  // namespace gort::unwind

#endif  // GORT_RUNTIME_UNWIND_PC_VALUE_H_
