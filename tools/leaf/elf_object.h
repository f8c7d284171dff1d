// SPDX-License-Identifier: BSD-3-Clause
//
// A relocatable ELF object, as far as the proof of leaf code needs it.
//
// All leaf code of the runtime is linked by `ld -r` into one object, whose text is one section
// (.text.gort_leaf). Three things are read from it: which function begins where (symbols), where
// machine code and unwind tables refer to (relocations), and the unwind tables themselves
// (.eh_frame). Both our machines are little-endian 64-bit with RELA relocations, so there is one
// layout to read.
//
//   ELF header -> section headers -> .symtab  {name, info, section, value, size}
//                                    .rela.X  {offset in X, symbol << 32 | type, addend}
//
// A relocation names a symbol and an addend. Symbols of sections stand for the section itself; a
// place in the leaf text is then {leaf text, addend}. A pc-relative call on amd64 carries an addend
// of -4, because the displacement counts from the end of its own 4 bytes; Target() takes that out.
//
// Before: docs/hacking.md   After: frame_rows.h (what .eh_frame says), disassembly.h (what the code
// does)
#ifndef GORT_TOOLS_LEAF_ELF_OBJECT_H_
#define GORT_TOOLS_LEAF_ELF_OBJECT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gort::leaf {

enum class Machine { kAmd64, kArm64 };

struct ElfSymbol {
  std::string name;
  uint64_t value = 0;
  uint64_t size = 0;
  int section = 0;  // 0: undefined here
  bool is_function = false;
  bool is_section = false;
  bool is_global = false;
};

struct ElfReloc {
  uint64_t offset = 0;
  uint32_t type = 0;
  uint32_t symbol = 0;
  int64_t addend = 0;
};

// Where a relocation leads: an offset in a section, or a name that another object defines.
struct Place {
  int section = 0;  // 0: outside
  uint64_t offset = 0;
  std::string name;
};

struct ElfSection {
  std::string name;
  std::string data;
  std::vector<ElfReloc> relocs;  // by offset
};

class ElfObject {
 public:
  static absl::StatusOr<ElfObject> Parse(absl::string_view bytes);

  Machine machine() const { return machine_; }
  const std::vector<ElfSection>& sections() const { return sections_; }
  const std::vector<ElfSymbol>& symbols() const { return symbols_; }
  // Index of a section by name, 0 when there is none.
  int FindSection(absl::string_view name) const;
  // pc_relative_call: the relocation is that of a call or jump.
  Place Target(const ElfReloc& reloc, bool pc_relative_call) const;
  // The relocation in [begin, end) of a section, nullptr when there is none.
  const ElfReloc* RelocIn(int section, uint64_t begin, uint64_t end) const;

 private:
  Machine machine_ = Machine::kAmd64;
  std::vector<ElfSection> sections_;
  std::vector<ElfSymbol> symbols_;
};

}  // namespace gort::leaf

#endif  // GORT_TOOLS_LEAF_ELF_OBJECT_H_
