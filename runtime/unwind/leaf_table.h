// SPDX-License-Identifier: BSD-3-Clause
//
// Where the Go caller of leaf C++ is: pc -> how to find the frame's end and return pc.
//
// Go's unwinder knows Go text by its pclntab. Leaf code (*_leaf.cc, *_leaf.S) runs on goroutine
// stacks too, and a fault or a profiling signal may stop it at any instruction, but it is host
// text: no pclntab entry. GCC describes it in .eh_frame, a program for a small stack machine. The
// build (tools/leaf) runs that program once for every instruction and writes what comes out as
// rows, and refuses leaf code whose rows are anything but "stack pointer plus N" or "frame pointer
// plus N". All leaf text is one section, gort_leaf_text, so a row begins at an offset in it.
//
//      CFA     = (sp or fp) + cfa_offset         the sp of the caller at the call: amd64 above the
//      return pc,
//                                                arm64 as it was when the leaf was entered
//      ret pc  = *(CFA - 8 * ra_slot)            ra_slot == 0: still in the link register (arm64)
//      old fp  = *(CFA - 8 * fp_slot)            fp_slot == 0: the frame pointer register still
//      holds it
//
// A leaf may call leaf code, so the return pc may again be in the table.
//
// gort_leaf_table is linked into runtime.a's object only. A unit test that walks leaf frames
// defines its own.
//
// Before: runtime/unwind/func_table.h   After: runtime/unwind/unwinder.h
#ifndef GORT_RUNTIME_UNWIND_LEAF_TABLE_H_
#define GORT_RUNTIME_UNWIND_LEAF_TABLE_H_

#include <cstddef>
#include <cstdint>

namespace gort::unwind {

// Holds from `begin` up to the next row's begin.
struct LeafRow {
  uint32_t begin;  // offset in gort_leaf_text
  uint16_t cfa_offset;
  uint8_t ra_slot;
  uint8_t fp_slot : 7;
  uint8_t base_is_fp : 1;
};
static_assert(sizeof(LeafRow) == 8);

// A leaf function; its rows are [first_row, next function's first_row).
struct LeafFunction {
  uint32_t begin;  // offset in gort_leaf_text
  uint32_t first_row;
  uint32_t name;  // offset in LeafTable::names, NUL-terminated: "runtime.memmove",
                  // "gort_leaf.mapaccess1_fast64", ...
};

// Both arrays are sorted by begin and end with an entry whose begin is text_size, which is not
// counted.
struct LeafTable {
  const char* text;  // gort_leaf_text
  uint64_t text_size;
  const LeafFunction* functions;
  uint64_t function_count;
  const LeafRow* rows;
  uint64_t row_count;
  const char* names;
};

// Weak: a unit test has no leaf code and no table.
extern "C" __attribute__((weak)) const LeafTable gort_leaf_table;

inline bool InLeafText(const LeafTable& table, uintptr_t pc) {
  return pc - reinterpret_cast<uintptr_t>(table.text) < table.text_size;
}

namespace internal {
// The last entry of the sorted array whose begin is not above offset; nullptr when offset lies
// before the first.
template <typename Entry>
inline const Entry* LastNotAbove(const Entry* entries, uint64_t count, uint32_t offset) {
  uint64_t low = 0, high = count;
  while (low < high) {
    uint64_t middle = low + (high - low) / 2;
    if (entries[middle].begin <= offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low == 0 ? nullptr : &entries[low - 1];
}
}  // namespace internal

// The row of an instruction about to run at pc; for a return pc pass pc - 1, as the call is what
// the row describes. nullptr: not leaf code.
inline const LeafRow* FindLeafRow(const LeafTable& table, uintptr_t pc) {
  if (!InLeafText(table, pc)) return nullptr;
  uint32_t offset = static_cast<uint32_t>(pc - reinterpret_cast<uintptr_t>(table.text));
  return internal::LastNotAbove(table.rows, table.row_count, offset);
}

// The name of the leaf function that holds pc; nullptr: not leaf code.
inline const char* FindLeafName(const LeafTable& table, uintptr_t pc) {
  if (!InLeafText(table, pc)) return nullptr;
  uint32_t offset = static_cast<uint32_t>(pc - reinterpret_cast<uintptr_t>(table.text));
  const LeafFunction* function =
      internal::LastNotAbove(table.functions, table.function_count, offset);
  return function == nullptr ? nullptr : table.names + function->name;
}

// The caller of a leaf frame.
struct LeafCaller {
  uintptr_t pc;
  uintptr_t sp;  // the CFA
  uintptr_t fp;
};
// lr is looked at on machines with a link register only, and only for an innermost frame that has
// not saved it.
inline LeafCaller StepLeaf(const LeafRow& row, uintptr_t sp, uintptr_t fp, uintptr_t lr) {
  uintptr_t cfa = (row.base_is_fp ? fp : sp) + row.cfa_offset;
  auto slot = [cfa](unsigned n) {
    return *reinterpret_cast<const uintptr_t*>(cfa - n * sizeof(uintptr_t));
  };
  return {row.ra_slot ? slot(row.ra_slot) : lr, cfa, row.fp_slot ? slot(row.fp_slot) : fp};
}

}  // namespace gort::unwind

#endif  // GORT_RUNTIME_UNWIND_LEAF_TABLE_H_
