// SPDX-License-Identifier: BSD-3-Clause
//
// Unwind tables (.eh_frame) of leaf code, run out into rows.
//
// .eh_frame holds one CIE per compiler setting (how every function begins) and one FDE per piece of
// code. Each carries instructions of a small machine whose state is "where the CFA is, and where
// the caller's registers are saved":
//
//      advance_loc n            from here on, n code units later ...
//      def_cfa reg, off         CFA = reg + off               def_cfa_offset, def_cfa_register: one
//      half of it offset reg, n            reg is saved at CFA + n * data alignment (-8) restore
//      reg              as the CIE says remember_state / restore_state      around an early return
//
// The unwinder of the runtime has no time and no memory to run that in a signal handler, and needs
// three facts only: CFA, return pc, saved frame pointer (runtime/unwind/leaf_table.h). So it is run
// here, once. Anything that a row cannot say is an error: expressions (GCC writes them for
// realigned stacks), other CFA registers, slots that are not words.
//
// Before: elf_object.h   After: call_graph.h
#ifndef GORT_TOOLS_LEAF_FRAME_ROWS_H_
#define GORT_TOOLS_LEAF_FRAME_ROWS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/leaf/elf_object.h"

namespace gort::leaf {

struct FrameRow {
  uint64_t begin = 0;  // offset in the leaf text; holds up to the next row
  uint32_t cfa_offset = 0;
  uint32_t ra_slot = 0;  // words below the CFA; 0: in the link register
  uint32_t fp_slot = 0;  // words below the CFA; 0: still in its register
  bool base_is_fp = false;
};

struct FrameRange {
  uint64_t begin = 0;  // what one FDE covers
  uint64_t end = 0;
};

struct FrameRows {
  std::vector<FrameRow> rows;  // by begin
  std::vector<FrameRange> ranges;

  // The row of an instruction; nullptr: no FDE covers it.
  const FrameRow* At(uint64_t offset) const;
};

// Bytes between a function's CFA and its stack pointer at entry: the return pc that an amd64 call
// pushes.
inline uint32_t EntryOffset(Machine machine) { return machine == Machine::kAmd64 ? 8 : 0; }

absl::StatusOr<FrameRows> ReadFrameRows(const ElfObject& object, int text_section);

}  // namespace gort::leaf

#endif  // GORT_TOOLS_LEAF_FRAME_ROWS_H_
