// SPDX-License-Identifier: BSD-3-Clause
//
// Reading the disassembly: which instructions transfer control, and which move the stack pointer.
//
//                     call            jump                         moves sp
//      amd64          call X          jmp X, jcc X                 push, pop, sub/add $N,%rsp, and
//      $-N,%rsp arm64          bl X            b X, b.cc, cbz, tbz, ...     sub sp,sp,#N, stp/str
//      ...,[sp,#-N]!
//
// X is an address of the section, or a relocation.
//
// Before: call_graph.h   After: leaf_main.cc
#include "tools/leaf/call_graph.h"

#include <algorithm>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace gort::leaf {
namespace {

enum class Transfer { kNone, kCall, kJump, kIndirectCall, kIndirectJump };

Transfer Classify(Machine machine, const Instruction& instruction) {
  absl::string_view op = instruction.mnemonic;
  if (machine == Machine::kAmd64) {
    bool indirect = absl::StrContains(instruction.operands, '*');
    if (absl::StartsWith(op, "call")) return indirect ? Transfer::kIndirectCall : Transfer::kCall;
    if (absl::StartsWith(op, "j")) return indirect ? Transfer::kIndirectJump : Transfer::kJump;
    return Transfer::kNone;
  }
  if (op == "bl") return Transfer::kCall;
  if (absl::StartsWith(op, "blr")) return Transfer::kIndirectCall;
  if (op == "br") return Transfer::kIndirectJump;
  if (op == "b" || absl::StartsWith(op, "b.") || op == "cbz" || op == "cbnz" || op == "tbz" ||
      op == "tbnz") {
    return Transfer::kJump;
  }
  return Transfer::kNone;
}

bool ParseHex(absl::string_view text, uint64_t* out) {
  text = absl::StripPrefix(text, "$");
  text = absl::StripPrefix(text, "#");
  bool negative = absl::ConsumePrefix(&text, "-");
  if (absl::StartsWith(text, "0x")) {
    if (!absl::SimpleHexAtoi(text, out)) return false;
  } else if (!absl::SimpleAtoi(text, out)) {
    return false;
  }
  if (negative) *out = 0 - *out;
  return true;
}

// How far an instruction moves the stack pointer down, 0 for none or up. `unknown`: by an amount
// not in the code.
uint64_t MovesDown(Machine machine, const Instruction& instruction, bool* unknown) {
  absl::string_view op = instruction.mnemonic;
  absl::string_view operands = instruction.operands;
  uint64_t amount = 0;
  if (machine == Machine::kAmd64) {
    if (absl::StartsWith(op, "push")) return 8;
    if (!absl::EndsWith(operands, ",%rsp")) return 0;
    absl::string_view source = absl::StripSuffix(operands, ",%rsp");
    if (absl::StartsWith(op, "sub")) {
      if (!absl::StartsWith(source, "$") || !ParseHex(source, &amount)) *unknown = true;
      return amount;
    }
    if (absl::StartsWith(op, "and")) {
      // Up to one less than the alignment, and the pointer is 8-aligned.
      if (!absl::StartsWith(source, "$") || !ParseHex(source, &amount)) *unknown = true;
      return *unknown ? 0 : 0 - amount - 8;
    }
    if (absl::StartsWith(op, "add") && absl::StartsWith(source, "$")) {
      if (ParseHex(source, &amount) && amount > (uint64_t{1} << 63)) return 0 - amount;
      return 0;
    }
    bool restores = (absl::StartsWith(op, "mov") && source == "%rbp") ||
                    (absl::StartsWith(op, "lea") &&
                     (absl::EndsWith(source, "(%rbp)") || absl::EndsWith(source, "(%rsp)") ||
                      absl::EndsWith(source, "(%r10)")));
    if (!restores) *unknown = true;
    return 0;
  }
  if (op == "sub" && absl::StartsWith(operands, "sp, ")) {
    std::vector<absl::string_view> parts = absl::StrSplit(operands, ", ");
    if (parts.size() != 3 || parts[1] != "sp" || !ParseHex(parts[2], &amount)) *unknown = true;
    return amount;
  }
  size_t writeback = operands.find("[sp, #-");
  if (writeback != absl::string_view::npos && absl::EndsWith(operands, "]!")) {
    absl::string_view number = operands.substr(writeback + 7);
    number.remove_suffix(2);
    if (!ParseHex(number, &amount)) *unknown = true;
    return amount;
  }
  return 0;
}

bool UsesRedZone(Machine machine, const Instruction& instruction) {
  absl::string_view operands = instruction.operands;
  if (machine == Machine::kArm64)
    return absl::StrContains(operands, "[sp, #-") && !absl::EndsWith(operands, "!");
  if (absl::StartsWith(instruction.mnemonic, "lea")) return false;
  size_t base = operands.find("(%rsp");
  if (base == absl::string_view::npos) return false;
  size_t start = operands.find_last_of(",* ", base);
  return operands[start == absl::string_view::npos ? 0 : start + 1] == '-';
}

class Builder {
 public:
  Builder(const ElfObject& object, int text_section, const FrameRows& rows,
          const std::vector<Instruction>& code, const Exceptions& exceptions)
      : object_(object), text_(text_section), rows_(rows), code_(code), exceptions_(exceptions) {}

  CallGraph Run() {
    FindFunctions();
    for (size_t f = 0; f < out_.functions.size(); ++f) Scan(f);
    Solve();
    return std::move(out_);
  }

 private:
  struct Edge {
    size_t from, to;
    uint32_t below;  // of the callee's CFA below the caller's CFA
    bool is_call;
  };

  void FindFunctions();
  size_t FunctionAt(uint64_t offset) const;
  void Scan(size_t f);
  void ScanTransfer(size_t f, const Instruction& instruction, const FrameRow& row, uint64_t bound);
  void Solve();
  void Find(size_t f, const Instruction& at, absl::string_view what) {
    out_.findings.push_back(absl::StrFormat("%s+%#x: %s: %s %s", out_.functions[f].name,
                                            at.offset - out_.functions[f].begin, what, at.mnemonic,
                                            at.operands));
  }

  const ElfObject& object_;
  int text_;
  const FrameRows& rows_;
  const std::vector<Instruction>& code_;
  const Exceptions& exceptions_;
  std::vector<Edge> edges_;
  CallGraph out_;
};

void Builder::FindFunctions() {
  std::map<uint64_t, Function> by_begin;
  for (const ElfSymbol& symbol : object_.symbols()) {
    if (symbol.section != text_ || !symbol.is_function) continue;
    Function& function = by_begin[symbol.value];
    // Of several names of one place the global one is what people know.
    if (function.name.empty() || (symbol.is_global && !function.is_global)) {
      function.name = symbol.name;
      function.is_global = symbol.is_global;
    }
    function.begin = symbol.value;
    function.end = std::max(function.end, symbol.value + symbol.size);
  }
  uint64_t text_size = object_.sections()[text_].data.size();
  for (auto at = by_begin.begin(); at != by_begin.end(); ++at) {
    uint64_t limit = std::next(at) == by_begin.end() ? text_size : std::next(at)->first;
    Function& function = at->second;
    if (function.end == function.begin || function.end > limit) function.end = limit;
    if (rows_.At(function.begin) == nullptr) {
      out_.findings.push_back(
          absl::StrCat(function.name, ": no unwind rows (.cfi_startproc, .cfi_endproc)"));
    }
    out_.functions.push_back(std::move(function));
  }
}

size_t Builder::FunctionAt(uint64_t offset) const {
  const std::vector<Function>& functions = out_.functions;
  auto after = std::upper_bound(functions.begin(), functions.end(), offset,
                                [](uint64_t at, const Function& f) { return at < f.begin; });
  if (after == functions.begin() || offset >= std::prev(after)->end) return functions.size();
  return std::prev(after) - functions.begin();
}

void Builder::Scan(size_t f) {
  Function& function = out_.functions[f];
  auto first =
      std::lower_bound(code_.begin(), code_.end(), function.begin,
                       [](const Instruction& i, uint64_t offset) { return i.offset < offset; });
  auto last =
      std::lower_bound(first, code_.end(), function.end,
                       [](const Instruction& i, uint64_t offset) { return i.offset < offset; });
  // The bound where the CFA is counted from the frame pointer: everything the function ever
  // subtracts.
  uint64_t subtracted = EntryOffset(object_.machine());
  for (auto at = first; at != last; ++at) {
    bool unknown = false;
    subtracted += MovesDown(object_.machine(), *at, &unknown);
    if (unknown) Find(f, *at, "moves the stack pointer by an unknown amount");
    if (UsesRedZone(object_.machine(), *at)) Find(f, *at, "uses memory below the stack pointer");
  }
  for (auto at = first; at != last; ++at) {
    const FrameRow* row = rows_.At(at->offset);
    if (row == nullptr) continue;  // FindFunctions has reported it
    uint64_t bound = row->base_is_fp ? subtracted : row->cfa_offset;
    function.depth = std::max(function.depth, static_cast<uint32_t>(bound));
    bool unknown = false;
    uint64_t moved = MovesDown(object_.machine(), *at, &unknown);
    auto next = std::next(at);
    if (moved != 0 && next != last && !row->base_is_fp) {
      const FrameRow* after = rows_.At(next->offset);
      if (after != nullptr && !after->base_is_fp && after->cfa_offset != row->cfa_offset + moved) {
        Find(f, *at, "the unwind rows do not tell of this movement of the stack pointer");
      }
    }
    ScanTransfer(f, *at, *row, bound);
  }
}

void Builder::ScanTransfer(size_t f, const Instruction& instruction, const FrameRow& row,
                           uint64_t bound) {
  Transfer transfer = Classify(object_.machine(), instruction);
  if (transfer == Transfer::kNone) return;
  const Function& function = out_.functions[f];
  bool as_at_entry = !row.base_is_fp && row.cfa_offset == EntryOffset(object_.machine());
  if (transfer == Transfer::kIndirectCall) return Find(f, instruction, "indirect call");
  if (transfer == Transfer::kIndirectJump) {
    if (!as_at_entry || !exceptions_.go_jumps.contains(function.name))
      Find(f, instruction, "indirect jump");
    return;
  }
  Place place;
  if (const ElfReloc* reloc = object_.RelocIn(text_, instruction.offset, instruction.end)) {
    place = object_.Target(*reloc, /*pc_relative_call=*/true);
  } else {
    // "... 1f40 <name+0x20>"
    absl::string_view operands = instruction.operands;
    operands = operands.substr(0, operands.find(" <"));
    size_t start = operands.find_last_of(" ,");
    if (start != absl::string_view::npos) operands.remove_prefix(start + 1);
    place.section = text_;
    if (!absl::SimpleHexAtoi(operands, &place.offset))
      return Find(f, instruction, "a target that objdump does not tell");
  }
  bool is_call = transfer == Transfer::kCall;
  if (place.section != text_) {
    auto switches = exceptions_.switches.find(place.name);
    if (switches != exceptions_.switches.end()) {
      Function& caller = out_.functions[f];
      caller.depth = std::max(caller.depth, static_cast<uint32_t>(bound + switches->second));
      return;
    }
    if (is_call)
      return Find(f, instruction, absl::StrCat("calls ", place.name, ", which is not leaf code"));
    if (!as_at_entry)
      return Find(f, instruction, absl::StrCat("jumps to ", place.name, " with a frame"));
    return;
  }
  size_t to = FunctionAt(place.offset);
  if (to == out_.functions.size()) return Find(f, instruction, "a target outside every function");
  if (is_call) {
    edges_.push_back({f, to, static_cast<uint32_t>(bound), true});
    return;
  }
  if (to == f) return;
  const FrameRow* there = rows_.At(place.offset);
  if (there != nullptr &&
      (there->cfa_offset != row.cfa_offset || there->base_is_fp != row.base_is_fp)) {
    Find(f, instruction, "jumps to code that expects another frame");
  }
  edges_.push_back({f, to, 0, false});
}

void Builder::Solve() {
  std::vector<Function>& functions = out_.functions;
  std::vector<const Edge*> deepest(functions.size(), nullptr);
  size_t rounds = 0;
  for (bool changed = true; changed; ++rounds) {
    changed = false;
    for (const Edge& edge : edges_) {
      uint32_t depth = edge.below + functions[edge.to].depth;
      if (depth <= functions[edge.from].depth) continue;
      functions[edge.from].depth = depth;
      deepest[edge.from] = &edge;
      changed = true;
    }
    if (rounds <= functions.size()) continue;
    // A cycle with a call in it grows without end, and is on the path of whatever still grows.
    for (const Edge& edge : edges_) {
      if (edge.is_call && edge.below + functions[edge.to].depth > functions[edge.from].depth) {
        out_.findings.push_back(absl::StrCat("recursion: ", functions[edge.from].name, " and ",
                                             functions[edge.to].name));
      }
    }
    if (out_.findings.empty()) out_.findings.push_back("recursion");
    return;
  }
  for (size_t f = 0; f < functions.size(); ++f) {
    const Edge* edge = deepest[f];
    for (size_t steps = 0; edge != nullptr && steps < functions.size(); ++steps) {
      functions[f].path.push_back(functions[edge->to].name);
      edge = deepest[edge->to];
    }
  }
}

}  // namespace

std::vector<Instruction> ParseDisassembly(absl::string_view text, uint64_t section_size) {
  std::vector<Instruction> code;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    absl::string_view rest = absl::StripLeadingAsciiWhitespace(line);
    size_t colon = rest.find(":\t");
    uint64_t offset = 0;
    if (colon == absl::string_view::npos || !absl::SimpleHexAtoi(rest.substr(0, colon), &offset))
      continue;
    rest.remove_prefix(colon + 2);
    rest = rest.substr(0, rest.find("  # "));  // comments
    rest = rest.substr(0, rest.find("\t//"));
    rest = absl::StripAsciiWhitespace(rest);
    size_t space = rest.find_first_of(" \t");
    // Prefixes of a jump say nothing about where it goes.
    while (space != absl::string_view::npos &&
           (rest.substr(0, space) == "bnd" || rest.substr(0, space) == "notrack")) {
      rest = absl::StripLeadingAsciiWhitespace(rest.substr(space));
      space = rest.find_first_of(" \t");
    }
    Instruction instruction;
    instruction.offset = offset;
    instruction.mnemonic = std::string(rest.substr(0, space));
    if (space != absl::string_view::npos) {
      instruction.operands = std::string(absl::StripAsciiWhitespace(rest.substr(space)));
    }
    if (!code.empty()) code.back().end = offset;
    code.push_back(std::move(instruction));
  }
  if (!code.empty()) code.back().end = section_size;
  return code;
}

CallGraph BuildCallGraph(const ElfObject& object, int text_section, const FrameRows& rows,
                         const std::vector<Instruction>& code, const Exceptions& exceptions) {
  return Builder(object, text_section, rows, code, exceptions).Run();
}

}  // namespace gort::leaf
