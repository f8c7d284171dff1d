// SPDX-License-Identifier: BSD-3-Clause
//
// leaf: proves the stack depth of leaf code and writes the table that finds its Go caller.
//
//   leaf -object leaf.o -disassembly FILE [-callers FILE] [-go_jumps a,b] -table leaf_table.S
//   -report FILE
//
// The object is all leaf code of the runtime in one section, the disassembly is objdump's of that
// section. -callers lists, per symbol, the bytes that NOSPLIT Go functions of the stock archives
// may already have used below the last stack check when they call it. A finding is an error of the
// build, because it means a goroutine could overrun its stack.
//
// Before: call_graph.h   After: runtime/unwind/leaf_table.h (what the table looks like)
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tools/leaf/call_graph.h"

ABSL_FLAG(std::string, object, "", "the leaf object");
ABSL_FLAG(std::string, disassembly, "", "objdump -d --no-show-raw-insn of its text");
ABSL_FLAG(std::string, callers, "", "lines `symbol bytes`: used by NOSPLIT callers");
ABSL_FLAG(std::vector<std::string>, go_jumps, {},
          "functions that enter Go code by a jump through a register");
ABSL_FLAG(std::vector<std::string>, switches, {},
          "name=bytes: functions that switch stacks, callable from leaf code");
ABSL_FLAG(std::string, table, "", "the table to write, gas syntax");
ABSL_FLAG(std::string, report, "", "depths to write, for readers");

namespace gort::leaf {
namespace {

constexpr char kTextSection[] = ".text.gort_leaf";
constexpr uint32_t kStackLimit = 800;  // objabi.StackLimit of Go 1.15 on both cpus
constexpr uint32_t kArm64Stub = 16;    // the stub in front of a leaf (arch/arm64/stub.h)

absl::StatusOr<std::string> ReadFile(const std::string& name) {
  std::ifstream in(name, std::ios::binary);
  std::stringstream bytes;
  bytes << in.rdbuf();
  if (!in) return absl::NotFoundError(absl::StrCat("cannot read ", name));
  return bytes.str();
}

absl::Status WriteFile(const std::string& name, absl::string_view text) {
  std::ofstream out(name, std::ios::binary);
  out << std::string(text);
  out.close();
  if (!out) return absl::UnavailableError(absl::StrCat("cannot write ", name));
  return absl::OkStatus();
}

// The arrays of leaf_table.h. Rows of padding between functions stay with the function before.
std::string TableText(const CallGraph& graph, const FrameRows& rows, uint64_t text_size) {
  std::string functions, row_lines, names;
  size_t row = 0, name_at = 0, row_count = 0;
  for (const Function& function : graph.functions) {
    while (row < rows.rows.size() && rows.rows[row].begin < function.begin) ++row;
    absl::StrAppendFormat(&functions, "\t.long %d, %d, %d\n", function.begin, row_count, name_at);
    absl::StrAppendFormat(&names, "\t.asciz \"%s\"\n", function.name);
    name_at += function.name.size() + 1;
    for (; row < rows.rows.size() && rows.rows[row].begin < function.end; ++row, ++row_count) {
      const FrameRow& r = rows.rows[row];
      absl::StrAppendFormat(&row_lines, "\t.long %d\n\t.short %d\n\t.byte %d, %d\n", r.begin,
                            r.cfa_offset, r.ra_slot, r.fp_slot | (r.base_is_fp ? 0x80 : 0));
    }
  }
  return absl::StrCat(
      "// SPDX-License-Identifier: BSD-3-Clause\n"
      "//\n"
      "// Written by tools/leaf; read through runtime/unwind/leaf_table.h.\n"
      "\t.section .data.rel.ro.gort_leaf_table,\"aw\",%progbits\n"
      "\t.balign 8\n"
      "\t.globl gort_leaf_table\n"
      "\t.type gort_leaf_table,%object\n"
      "gort_leaf_table:\n"
      "\t.quad gort_leaf_text, ",
      text_size, "\n\t.quad .Lfunctions, ", graph.functions.size(), "\n\t.quad .Lrows, ", row_count,
      "\n\t.quad .Lnames\n"
      "\t.size gort_leaf_table,.-gort_leaf_table\n"
      "\t.section .rodata.gort_leaf_table,\"a\",%progbits\n"
      "\t.balign 8\n"
      ".Lrows:\n",
      row_lines, "\t.long ", text_size, "\n\t.short 0\n\t.byte 0, 0\n.Lfunctions:\n", functions,
      "\t.long ", text_size, ", ", row_count, ", 0\n.Lnames:\n", names, "\t.byte 0\n",
      "\t.section .note.GNU-stack,\"\",%progbits\n");
}

std::string ReportText(const CallGraph& graph,
                       const absl::flat_hash_map<std::string, uint32_t>& callers) {
  std::vector<const Function*> order;
  for (const Function& function : graph.functions) order.push_back(&function);
  std::stable_sort(order.begin(), order.end(),
                   [](const Function* a, const Function* b) { return a->depth > b->depth; });
  std::string out = "# bytes of stack below the Go caller, of which StackLimit leaves 800\n";
  for (const Function* function : order) {
    absl::StrAppendFormat(&out, "%4d  %s", function->depth, function->name);
    if (!function->path.empty())
      absl::StrAppend(&out, "  via ", absl::StrJoin(function->path, " > "));
    if (auto used = callers.find(function->name); used != callers.end()) {
      absl::StrAppendFormat(&out, "  (NOSPLIT callers: %d)", used->second);
    }
    absl::StrAppend(&out, "\n");
  }
  return out;
}

absl::Status Run() {
  auto bytes = ReadFile(absl::GetFlag(FLAGS_object));
  if (!bytes.ok()) return bytes.status();
  auto disassembly = ReadFile(absl::GetFlag(FLAGS_disassembly));
  if (!disassembly.ok()) return disassembly.status();
  auto object = ElfObject::Parse(*bytes);
  if (!object.ok()) return object.status();
  int text = object->FindSection(kTextSection);
  if (text == 0) return absl::FailedPreconditionError(absl::StrCat("no section ", kTextSection));
  uint64_t text_size = object->sections()[text].data.size();
  auto rows = ReadFrameRows(*object, text);
  if (!rows.ok()) return rows.status();

  absl::flat_hash_map<std::string, uint32_t> callers;
  if (!absl::GetFlag(FLAGS_callers).empty()) {
    auto lines = ReadFile(absl::GetFlag(FLAGS_callers));
    if (!lines.ok()) return lines.status();
    for (absl::string_view line : absl::StrSplit(*lines, '\n', absl::SkipEmpty())) {
      std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
      uint32_t used = 0;
      if (words.size() != 2 || !absl::SimpleAtoi(words[1], &used)) {
        return absl::InvalidArgumentError(absl::StrCat("callers: ", std::string(line)));
      }
      callers[std::string(words[0])] = used;
    }
  }
  Exceptions exceptions;
  for (const std::string& name : absl::GetFlag(FLAGS_go_jumps)) exceptions.go_jumps.insert(name);
  for (const std::string& entry : absl::GetFlag(FLAGS_switches)) {
    std::vector<std::string> parts = absl::StrSplit(entry, '=');
    uint32_t used = 0;
    if (parts.size() != 2 || !absl::SimpleAtoi(parts[1], &used))
      return absl::InvalidArgumentError(entry);
    exceptions.switches[parts[0]] = used;
  }
  CallGraph graph =
      BuildCallGraph(*object, text, *rows, ParseDisassembly(*disassembly, text_size), exceptions);
  for (Function& function : graph.functions) {
    std::string go_name = function.name;
    if (absl::StartsWith(go_name, "gort_leaf.")) {
      if (object->machine() == Machine::kArm64) function.depth += kArm64Stub;
      go_name = absl::StrCat("runtime.", go_name.substr(10));
    }
    auto used = callers.find(go_name);
    uint32_t above = used == callers.end() ? 0 : used->second;
    if (function.depth + above > kStackLimit) {
      graph.findings.push_back(absl::StrFormat(
          "%s: %d bytes deep below %d of its NOSPLIT callers, and only %d may be used%s",
          function.name, function.depth, above, kStackLimit,
          function.path.empty() ? ""
                                : absl::StrCat("; via ", absl::StrJoin(function.path, " > "))));
    }
  }
  for (const std::string& finding : graph.findings) std::cerr << "leaf: " << finding << "\n";
  if (!graph.findings.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(graph.findings.size(), " findings in leaf code"));
  }
  if (absl::Status status =
          WriteFile(absl::GetFlag(FLAGS_table), TableText(graph, *rows, text_size));
      !status.ok()) {
    return status;
  }
  return WriteFile(absl::GetFlag(FLAGS_report), ReportText(graph, callers));
}

}  // namespace
}  // namespace gort::leaf

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("proves the stack depth of leaf code and writes its frame table");
  absl::ParseCommandLine(argc, argv);
  if (absl::Status status = gort::leaf::Run(); !status.ok()) {
    std::cerr << "leaf: " << std::string(status.message()) << "\n";
    return 1;
  }
  return 0;
}
