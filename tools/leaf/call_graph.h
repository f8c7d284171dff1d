// SPDX-License-Identifier: BSD-3-Clause
//
// How deep leaf code can go below its Go caller.
//
// A goroutine's stack may end 800 bytes below a Go function that calls without a check
// (StackLimit), so what leaf C++ needs in the worst case must be known. It is read from the
// finished machine code, because compiler reports leave out inline assembly, realignment and .S
// files:
//
//      row(pc).cfa_offset        how far below its CFA the stack pointer is at pc (frame_rows.h)
//      call g at pc              g's CFA is the stack pointer at pc:  cfa_offset(pc) + depth(g)
//      jump to g at pc           sibling call, or a .cold part: g has the same CFA:  depth(g)
//
//      depth(f) = max( cfa_offset of every row of f, the above over every call and jump in f )
//
// The equations have a solution exactly when no cycle contains a call. What cannot be bounded is
// refused: recursion, indirect calls and jumps, calls of functions outside the leaf object, stack
// pointers moved by registers, and stack movements that the unwind rows do not tell. A jump out of
// the leaf object is allowed where the stack pointer is as at entry: that is how a leaf hands over
// to Go text (its slow path), which then has the caller's whole room again. Use of memory below the
// stack pointer (the red zone) is refused as well: rows do not count it.
//
// Before: frame_rows.h   After: leaf_main.cc
#ifndef GORT_TOOLS_LEAF_CALL_GRAPH_H_
#define GORT_TOOLS_LEAF_CALL_GRAPH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/leaf/elf_object.h"
#include "tools/leaf/frame_rows.h"

namespace gort::leaf {

struct Instruction {
  uint64_t offset = 0;
  uint64_t end = 0;
  std::string mnemonic;
  std::string operands;
};

// The lines of `objdump -d --no-show-raw-insn -j SECTION`.
std::vector<Instruction> ParseDisassembly(absl::string_view text, uint64_t section_size);

struct Function {
  std::string name;
  uint64_t begin = 0;
  uint64_t end = 0;
  bool is_global = false;
  uint32_t depth = 0;
  std::vector<std::string> path;  // the calls that make the depth
};

struct CallGraph {
  std::vector<Function> functions;    // by begin
  std::vector<std::string> findings;  // what is wrong; empty when the proof holds
};

// What leaf code may do although its own text does not show that it is safe.
struct Exceptions {
  // Functions that may jump through a register with the stack as at entry: entering Go code is what
  // they are for.
  absl::flat_hash_set<std::string> go_jumps;
  // Functions outside the leaf object that switch to another stack, and what they use of this one
  // before they do.
  absl::flat_hash_map<std::string, uint32_t> switches;
};

CallGraph BuildCallGraph(const ElfObject& object, int text_section, const FrameRows& rows,
                         const std::vector<Instruction>& code, const Exceptions& exceptions);

}  // namespace gort::leaf

#endif  // GORT_TOOLS_LEAF_CALL_GRAPH_H_
