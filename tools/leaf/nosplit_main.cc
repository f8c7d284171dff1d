// SPDX-License-Identifier: BSD-3-Clause
//
// nosplit: how much of the room below a stack check the stock archives have used when they call the
// runtime.
//
//   nosplit -root PKG_DIR > callers
//
// A Go function checks its stack on entry, unless it is NOSPLIT; NOSPLIT functions live in the 800
// bytes that every check leaves free, and so does leaf code. cmd/link adds up chains of NOSPLIT Go
// functions, but does not see into host text, so a chain that ends in a leaf is ours to add up:
//
//      above(g) = frame(g) + max( above(h) : h NOSPLIT, h calls g )        0 callers: frame(g)
//      line     = symbol, max( above(g) : g NOSPLIT, g calls symbol )
//
// frame(g) is the frame with the saved frame pointer and the return pc. The archives are those of
// the installed Go for its own cpu: NOSPLIT functions of std are the same on both, but for a few
// without frames.
//
// Before: asm/relink/goobj.h   After: leaf_main.cc
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "asm/relink/archive.h"
#include "asm/relink/goobj.h"

ABSL_FLAG(std::string, root, "", "the folder of archives, pkg/linux_amd64 of a Go installation");

namespace gort::leaf {
namespace {

using relink::ObjectView;

constexpr uint8_t kNoSplit = 1 << 4;  // of a symbol's flags
constexpr uint8_t kCall = 8;          // objabi.R_CALL

struct TextSymbol {
  bool nosplit = false;
  uint32_t frame = 0;
  std::vector<std::string> calls;
  std::vector<std::string> nosplit_callers;
};

struct Member {
  std::string package;
  ObjectView object;
};

// Functions that the compiler calls by number, in the order of its table.
struct Builtin {
  const char* name;
  int abi;
};
constexpr Builtin kBuiltins[] = {
#include "asm/relink/builtin_names.inc"
};

// Names of SymbolDef by package: what an indexed reference of another package means.
using Index = absl::flat_hash_map<std::string, std::vector<std::string>>;

std::string FullName(absl::string_view name, const std::string& package) {
  if (absl::ConsumePrefix(&name, "\"\".")) return absl::StrCat(package, ".", name);
  return std::string(name);
}

class Scan {
 public:
  absl::Status Read(const std::string& root);
  void Connect();
  void Print();

 private:
  std::string Target(const Member& member, relink::SymRef ref) const;
  uint32_t FrameOf(const ObjectView& object, size_t symbol) const;
  uint32_t Above(const std::string& name, int depth);

  std::vector<relink::MappedFile> files_;
  std::vector<Member> members_;
  Index index_;
  absl::flat_hash_map<std::string, TextSymbol> symbols_;
};

absl::Status Scan::Read(const std::string& root) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const std::string path = entry.path().string();
    const std::string package(
        absl::StripSuffix(absl::StripPrefix(path, absl::StrCat(root, "/")), ".a"));
    if (!absl::EndsWith(path, ".a") || package == "runtime" || absl::StartsWith(package, "cmd/")) {
      continue;
    }
    auto file = relink::MappedFile::Open(path);
    if (!file.ok()) return file.status();
    auto archive = relink::ParseArchive(file->bytes());
    if (!archive.ok()) return archive.status();
    for (const relink::Member& m : *archive) {
      const size_t mark = m.data.find("\n!\n");
      if (m.name == "__.PKGDEF" || mark == absl::string_view::npos) continue;
      auto object = ObjectView::Parse(m.data.substr(mark + 3));
      if (!object.ok()) continue;  // a host object
      if (m.name == "_go_.o") {
        std::vector<std::string>& names = index_[package];
        for (size_t i = 0; i < object->Count(relink::kSymbolDef); ++i) {
          names.push_back(FullName(object->Symbol(relink::kSymbolDef, i).name, package));
        }
      }
      members_.push_back({package, *object});
    }
    files_.push_back(*std::move(file));
  }
  return absl::OkStatus();
}

std::string Scan::Target(const Member& member, relink::SymRef ref) const {
  const ObjectView& object = member.object;
  if (ref.pkg == relink::kPkgSelf) {
    if (ref.index >= object.Count(relink::kSymbolDef)) return "";
    return FullName(object.Symbol(relink::kSymbolDef, ref.index).name, member.package);
  }
  if (ref.pkg == relink::kPkgNone) {
    const size_t defined = object.Count(relink::kNonPkgDef);
    if (ref.index < defined) {
      return FullName(object.Symbol(relink::kNonPkgDef, ref.index).name, member.package);
    }
    if (ref.index - defined >= object.Count(relink::kNonPkgRef)) return "";
    return FullName(object.Symbol(relink::kNonPkgRef, ref.index - defined).name, member.package);
  }
  if (ref.pkg == relink::kPkgBuiltin) {
    return ref.index < std::size(kBuiltins) ? kBuiltins[ref.index].name : "";
  }
  if (ref.pkg >= object.Count(relink::kPkgIndex)) return "";
  auto names = index_.find(std::string(object.PackageName(ref.pkg)));
  if (names == index_.end() || ref.index >= names->second.size()) return "";
  return names->second[ref.index];
}

// Frame size (FuncInfo: args, locals, ...) with the saved frame pointer and the return pc.
uint32_t Scan::FrameOf(const ObjectView& object, size_t symbol) const {
  auto word = [&](relink::Block block, size_t i) {
    return relink::LoadU32(object.BlockBytes(block).data() + 4 * i);
  };
  const absl::string_view aux = object.BlockBytes(relink::kAux);
  for (size_t a = word(relink::kAuxIndex, symbol); a < word(relink::kAuxIndex, symbol + 1); ++a) {
    const char* record = aux.data() + a * relink::kAuxSize;
    if (static_cast<uint8_t>(record[0]) != relink::kAuxFuncInfo) continue;
    const uint32_t info = relink::LoadU32(record + relink::kAuxRefAt + 4);
    const size_t data = word(relink::kDataIndex, info);
    const uint32_t locals = relink::LoadU32(object.BlockBytes(relink::kData).data() + data + 4);
    return locals + (locals > 0 ? 8 : 0) + 8;
  }
  return 8;
}

void Scan::Connect() {
  for (const Member& member : members_) {
    const ObjectView& object = member.object;
    const size_t indexed = object.Count(relink::kSymbolDef);
    const size_t count = indexed + object.Count(relink::kNonPkgDef);
    const absl::string_view relocs = object.BlockBytes(relink::kReloc);
    const absl::string_view starts = object.BlockBytes(relink::kRelocIndex);
    for (size_t i = 0; i < count; ++i) {
      const relink::SymbolInfo info = i < indexed ? object.Symbol(relink::kSymbolDef, i)
                                                  : object.Symbol(relink::kNonPkgDef, i - indexed);
      if (info.kind != relink::kKindText || (info.flag & kNoSplit) == 0) continue;
      TextSymbol& symbol = symbols_[FullName(info.name, member.package)];
      symbol.nosplit = true;
      symbol.frame = std::max(symbol.frame, FrameOf(object, i));
      const size_t end = relink::LoadU32(starts.data() + 4 * (i + 1));
      for (size_t r = relink::LoadU32(starts.data() + 4 * i); r < end; ++r) {
        const char* reloc = relocs.data() + r * relink::kRelocSize;
        if (static_cast<uint8_t>(reloc[5]) != kCall) continue;
        std::string to = Target(member, object.RelocRef(r));
        if (!to.empty()) symbol.calls.push_back(std::move(to));
      }
    }
  }
  std::vector<std::pair<std::string, std::string>> calls;
  for (const auto& [name, symbol] : symbols_) {
    for (const std::string& to : symbol.calls) calls.emplace_back(to, name);
  }
  for (const auto& [to, from] : calls) symbols_[to].nosplit_callers.push_back(from);
}

uint32_t Scan::Above(const std::string& name, int depth) {
  auto at = symbols_.find(name);
  if (at == symbols_.end() || depth > 100) return 0;  // a cycle is cmd/link's finding, not ours
  uint32_t deepest = 0;
  for (const std::string& caller : at->second.nosplit_callers) {
    deepest = std::max(deepest, Above(caller, depth + 1));
  }
  return at->second.frame + deepest;
}

void Scan::Print() {
  std::vector<std::string> lines;
  for (const auto& [name, symbol] : symbols_) {
    if (symbol.nosplit || symbol.nosplit_callers.empty()) continue;
    uint32_t deepest = 0;
    for (const std::string& caller : symbol.nosplit_callers) {
      deepest = std::max(deepest, Above(caller, 0));
    }
    lines.push_back(absl::StrCat(name, " ", deepest));
  }
  std::sort(lines.begin(), lines.end());
  for (const std::string& line : lines) std::cout << line << "\n";
}

}  // namespace
}  // namespace gort::leaf

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("lists what NOSPLIT functions have used when they call out");
  absl::ParseCommandLine(argc, argv);
  gort::leaf::Scan scan;
  if (absl::Status status = scan.Read(absl::GetFlag(FLAGS_root)); !status.ok()) {
    std::cerr << "nosplit: " << std::string(status.message()) << "\n";
    return 1;
  }
  scan.Connect();
  scan.Print();
  return 0;
}
