// SPDX-License-Identifier: BSD-3-Clause
//
// The comparisons of seam_check.h.
//
// Before: seam_check.h   After: seam_check_main.cc
#include "asm/check/seam_check.h"

#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "asm/relink/goobj.h"

namespace gort::check {
namespace {

using relink::kAbi0;
using relink::kAbiInternal;

struct Builtin {
  absl::string_view name;
  uint16_t abi;
};
constexpr Builtin kBuiltins[] = {
#include "asm/relink/builtin_names.inc"
};

// The symbol of "func Callers(int, []uintptr) int", "method (*Frames) Next() (Frame, bool)" or
// "var MemProfileRate int", and its ABI; empty for anything else.
std::pair<std::string, uint16_t> SymbolOf(absl::string_view feature) {
  if (absl::ConsumePrefix(&feature, "func ")) {
    return {absl::StrCat("runtime.", feature.substr(0, feature.find('('))), kAbiInternal};
  }
  if (absl::ConsumePrefix(&feature, "var ")) {
    return {absl::StrCat("runtime.", feature.substr(0, feature.find(' '))), kAbi0};
  }
  if (absl::ConsumePrefix(&feature, "method (")) {
    const size_t close = feature.find(')');
    if (close == absl::string_view::npos) return {};
    const absl::string_view type = feature.substr(0, close);
    absl::string_view name = feature.substr(close + 1);
    absl::ConsumePrefix(&name, " ");
    name = name.substr(0, name.find('('));
    return {absl::StartsWith(type, "*") ? absl::StrCat("runtime.(", type, ").", name)
                                        : absl::StrCat("runtime.", type, ".", name),
            kAbiInternal};
  }
  return {};
}

}  // namespace

bool SymbolTable::Has(absl::string_view name, uint16_t abi) const {
  for (const relink::Definitions* definitions : all_) {
    if (definitions->Has(name, abi)) return true;
  }
  return false;
}

std::vector<std::string> MissingBuiltins(const SymbolTable& defined) {
  std::vector<std::string> missing;
  for (const Builtin& builtin : kBuiltins) {
    if (!defined.Has(builtin.name, builtin.abi)) {
      missing.push_back(absl::StrCat("compiler builtin ", builtin.name, " is not defined"));
    }
  }
  return missing;
}

std::vector<std::string> MissingApi(const SymbolTable& defined, absl::string_view api,
                                    absl::string_view except, absl::string_view cpu) {
  const std::vector<absl::string_view> except_lines = absl::StrSplit(except, '\n');
  const absl::flat_hash_set<absl::string_view> gone(except_lines.begin(), except_lines.end());
  const std::string platform = absl::StrCat("(linux-", cpu, ")");
  std::vector<std::string> missing;
  for (absl::string_view line : absl::StrSplit(api, '\n')) {
    absl::string_view feature = line;
    if (gone.contains(line) || !absl::ConsumePrefix(&feature, "pkg runtime")) continue;
    if (absl::ConsumePrefix(&feature, " ") && !absl::ConsumePrefix(&feature, platform)) continue;
    if (!absl::ConsumePrefix(&feature, ", ")) continue;  // a package below runtime/
    const auto [symbol, abi] = SymbolOf(feature);
    if (!symbol.empty() && !defined.Has(symbol, abi)) {
      missing.push_back(absl::StrCat("exported ", feature, ": ", symbol, " is not defined"));
    }
  }
  return missing;
}

std::vector<std::string> MissingEntries(const SymbolTable& defined, absl::string_view table) {
  std::vector<std::string> missing;
  for (absl::string_view line : absl::StrSplit(table, '\n', absl::SkipEmpty())) {
    const std::vector<absl::string_view> columns = absl::StrSplit(line, '\t');
    if (columns.size() != 4) {
      missing.push_back(absl::StrCat("malformed line: ", line));
      continue;
    }
    const absl::string_view kind = columns[0], go = columns[1], elf = columns[2], at = columns[3];
    if (kind == "extern") continue;
    if (elf != "-" && !defined.Has(elf, kAbi0)) {
      missing.push_back(absl::StrCat(at, ": ", go, " is //gort:", kind, ", and ", elf,
                                     " is defined nowhere in C++"));
    } else if (elf == "-" && !defined.Has(go, kAbi0)) {
      missing.push_back(absl::StrCat(at, ": ", go, " is //gort:", kind,
                                     ", and no assembly of this cpu defines it"));
    }
  }
  return missing;
}

}  // namespace gort::check
