// SPDX-License-Identifier: BSD-3-Clause
//
// The scan described in references.h, and the little of ELF that it needs.
//
// Before: references.h   After: relink_main.cc
#include "asm/relink/references.h"

#include <elf.h>

#include <bitset>
#include <cstring>
#include <iterator>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

namespace gort::relink {
namespace {

constexpr absl::string_view kRuntime = "runtime";

// The compiler's table of builtins, in its order, from the sources of the installed Go.
struct Builtin {
  absl::string_view name;
  uint16_t abi;
};
constexpr Builtin kBuiltins[] = {
#include "asm/relink/builtin_names.inc"
};
constexpr size_t kBuiltinCount = std::size(kBuiltins);

template <typename T>
bool ReadAt(absl::string_view bytes, uint64_t at, T* value) {
  if (at > bytes.size() || bytes.size() - at < sizeof(T)) return false;
  std::memcpy(value, bytes.data() + at, sizeof(T));
  return true;
}

absl::string_view CStringAt(absl::string_view table, uint64_t at) {
  if (at >= table.size()) return {};
  const absl::string_view rest = table.substr(at);
  return rest.substr(0, rest.find('\0'));
}

}  // namespace

Definitions::Definitions(const std::vector<Member>& members) {
  for (const Member& member : members) {
    if (const GoMember parts = SplitGoMember(member.data); !parts.object.empty()) {
      if (absl::StatusOr<ObjectView> object = ObjectView::Parse(parts.object); object.ok()) {
        AddGoMember(*object);
      }
    } else if (absl::StartsWith(member.data, ELFMAG)) {
      AddHostMember(member.data);
    }
  }
}

void Definitions::AddGoMember(const ObjectView& object) {
  names_.reserve(names_.size() + object.Count(kSymbolDef) + object.Count(kNonPkgDef));
  for (const Block block : {kSymbolDef, kNonPkgDef}) {
    for (size_t i = 0; i < object.Count(block); i++) {
      SymbolInfo symbol = object.Symbol(block, i);
      if (symbol.name.empty()) continue;
      if (absl::string_view local = symbol.name; absl::ConsumePrefix(&local, "\"\".")) {
        // cmd/asm leaves the package path to the linker.
        symbol.name = expanded_.emplace_back(absl::StrCat(kRuntime, ".", local));
      }
      if (symbol.kind == kKindAbiAlias) {
        aliases_.insert({symbol.name, symbol.abi});
      } else if (symbol.kind != kKindNoPtrBss || symbol.size > 0) {  // not a placeholder
        names_.insert({symbol.name, symbol.abi});
      }
    }
  }
}

void Definitions::AddHostMember(absl::string_view elf) {
  Elf64_Ehdr header;
  if (!ReadAt(elf, 0, &header) || header.e_ident[EI_CLASS] != ELFCLASS64) return;
  for (uint32_t i = 0; i < header.e_shnum; i++) {
    Elf64_Shdr section, names_section;
    if (!ReadAt(elf, header.e_shoff + uint64_t{i} * sizeof section, &section)) return;
    if (section.sh_type != SHT_SYMTAB) continue;
    if (!ReadAt(elf, header.e_shoff + uint64_t{section.sh_link} * sizeof section, &names_section) ||
        names_section.sh_offset > elf.size()) {
      return;
    }
    const absl::string_view names = elf.substr(names_section.sh_offset, names_section.sh_size);
    for (uint64_t at = 0; at + sizeof(Elf64_Sym) <= section.sh_size; at += sizeof(Elf64_Sym)) {
      Elf64_Sym symbol;
      if (!ReadAt(elf, section.sh_offset + at, &symbol)) return;
      const int binding = ELF64_ST_BIND(symbol.st_info);
      if (symbol.st_shndx == SHN_UNDEF || binding == STB_LOCAL) continue;
      host_names_.insert(CStringAt(names, symbol.st_name));
    }
  }
}

bool Definitions::Has(absl::string_view name, uint16_t abi) const {
  if (names_.contains(Key{name, abi})) return true;
  if (aliases_.contains(Key{name, abi}) && names_.contains(Key{name, abi ^ 1})) return true;
  // A host symbol is reached by its ABI0 name, or by the alias of that.
  return host_names_.contains(name) && (abi == kAbi0 || aliases_.contains(Key{name, abi}));
}

namespace {

// Calls `visit` on every named symbol of the Go members that other files can refer to.
void ForEachDefinition(const Package& package, absl::FunctionRef<void(const SymbolInfo&)> visit) {
  for (const Member& member : package.members) {
    const GoMember parts = SplitGoMember(member.data);
    const absl::StatusOr<ObjectView> object = ObjectView::Parse(parts.object);
    if (!object.ok()) continue;
    for (const Block block : {kSymbolDef, kNonPkgDef}) {
      for (size_t i = 0; i < object->Count(block); i++) {
        const SymbolInfo symbol = object->Symbol(block, i);
        if (!symbol.name.empty() && symbol.abi <= kAbiInternal) visit(symbol);
      }
    }
  }
}

// Collects what packages want of package runtime and our archive does not define.
class Scan {
 public:
  Scan(const Definitions& ours, const Package& stock, const std::vector<KnownSymbol>& known)
      : ours_(ours), stock_(stock) {
    for (const KnownSymbol& symbol : known) {
      if (!ours.Has(symbol.name, symbol.abi)) lacking_by_index_[symbol.index] = &symbol;
    }
    // Not those that stock's runtime leaves to others: memequal to internal/bytealg, race* to
    // nobody.
    absl::flat_hash_map<absl::string_view, size_t> missing;
    for (size_t i = 0; i < kBuiltinCount; i++) {
      if (!ours.Has(kBuiltins[i].name, kBuiltins[i].abi)) missing[kBuiltins[i].name] = i;
    }
    if (missing.empty()) return;
    ForEachDefinition(stock, [&](const SymbolInfo& symbol) {
      const auto found = missing.find(symbol.name);
      if (found != missing.end()) lacking_builtins_[found->second] = true;
    });
  }

  absl::Status AddPackage(const LinkedPackage& package);
  // Those of the collected symbols that stock defines, sorted by name.
  std::vector<Lacking> DefinedByStock();

 private:
  struct Wanters {
    std::vector<std::string> of_abi[2];
    bool defined_by_stock[2] = {};
  };

  void AddObject(const ObjectView& object, const std::string& by);
  void Want(absl::string_view name, uint16_t abi, const std::string& by) {
    if (name.empty() || abi > kAbiInternal) return;  // the latter: static, of its own file
    std::vector<std::string>& wanters = wanted_[name].of_abi[abi];
    if (wanters.empty() || wanters.back() != by) wanters.push_back(by);
  }

  const Definitions& ours_;
  const Package& stock_;
  absl::flat_hash_map<uint32_t, const KnownSymbol*> lacking_by_index_;
  std::bitset<kBuiltinCount> lacking_builtins_;
  absl::flat_hash_map<std::string, Wanters> wanted_;
};

absl::Status Scan::AddPackage(const LinkedPackage& package) {
  absl::StatusOr<MappedFile> file = MappedFile::Open(package.file);
  if (!file.ok()) return file.status();
  absl::StatusOr<std::vector<Member>> members = ParseArchive(file->bytes());
  if (!members.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(package.file, ": ", members.status().message()));
  }
  for (const Member& member : *members) {
    if (member.name == kPkgDefName) continue;
    const GoMember parts = SplitGoMember(member.data);
    if (parts.object.empty()) continue;
    absl::StatusOr<ObjectView> object = ObjectView::Parse(parts.object);
    if (!object.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(package.file, ": ", object.status().message()));
    }
    AddObject(*object, package.import_path);
  }
  return absl::OkStatus();
}

void Scan::AddObject(const ObjectView& object, const std::string& by) {
  for (size_t i = 0; i < object.Count(kNonPkgRef); i++) {
    const SymbolInfo symbol = object.Symbol(kNonPkgRef, i);
    if (!ours_.Has(symbol.name, symbol.abi)) Want(symbol.name, symbol.abi, by);
  }
  if (lacking_builtins_.any()) {
    std::bitset<kBuiltinCount> called;
    for (size_t i = 0; i < object.Count(kReloc); i++) {
      const SymRef ref = object.RelocRef(i);
      if (ref.pkg == kPkgBuiltin && ref.index < kBuiltinCount) called[ref.index] = true;
    }
    called &= lacking_builtins_;
    for (size_t i = 0; i < kBuiltinCount; i++) {
      if (called[i]) Want(kBuiltins[i].name, kBuiltins[i].abi, by);
    }
  }
  if (lacking_by_index_.empty()) return;
  for (size_t i = 0; i < object.Count(kRefName); i++) {
    const SymRef ref = object.RefNameRef(i);
    if (ref.pkg >= kPkgSelf || object.PackageName(ref.pkg) != kRuntime) continue;
    const auto found = lacking_by_index_.find(ref.index);
    if (found != lacking_by_index_.end()) Want(found->second->name, found->second->abi, by);
  }
}

std::vector<Lacking> Scan::DefinedByStock() {
  std::vector<Lacking> result;
  if (wanted_.empty()) return result;
  // Most of stock's symbols are wanted by nobody, so each is looked up here rather than all put in
  // a set.
  ForEachDefinition(stock_, [&](const SymbolInfo& symbol) {
    const auto found = wanted_.find(symbol.name);
    if (found != wanted_.end()) found->second.defined_by_stock[symbol.abi] = true;
  });
  for (auto& [name, wanters] : wanted_) {
    Lacking lacking{name, {}};
    for (const uint16_t abi : {kAbi0, kAbiInternal}) {
      if (!wanters.defined_by_stock[abi]) continue;
      for (const std::string& by : wanters.of_abi[abi]) {
        if (!absl::c_linear_search(lacking.wanted_by, by)) lacking.wanted_by.push_back(by);
      }
    }
    if (!lacking.wanted_by.empty()) result.push_back(std::move(lacking));
  }
  absl::c_sort(result, [](const Lacking& a, const Lacking& b) { return a.name < b.name; });
  return result;
}

}  // namespace

absl::StatusOr<std::vector<Lacking>> FindLacking(const Package& stock, const Package& ours,
                                                 const std::vector<LinkedPackage>& packages) {
  const Definitions our_definitions(ours.members);
  absl::StatusOr<std::vector<KnownSymbol>> known = KnownByIndex(stock);
  if (!known.ok()) return known.status();
  Scan scan(our_definitions, stock, *known);
  for (const LinkedPackage& package : packages) {
    if (package.import_path == kRuntime) continue;
    if (absl::Status status = scan.AddPackage(package); !status.ok()) return status;
  }
  return scan.DefinedByStock();
}

std::string DescribeLacking(const std::vector<Lacking>& lacking, size_t limit) {
  std::string text;
  for (size_t i = 0; i < lacking.size() && i < limit; i++) {
    absl::StrAppend(&text, "\t", lacking[i].name, " (wanted by ",
                    absl::StrJoin(lacking[i].wanted_by, ", "), ")\n");
  }
  if (lacking.size() > limit) absl::StrAppend(&text, "\tand ", lacking.size() - limit, " more\n");
  return text;
}

}  // namespace gort::relink
