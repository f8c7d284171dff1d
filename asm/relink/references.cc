// SPDX-License-Identifier: BSD-3-Clause
//
// The scan described in references.h, and the little of ELF that it needs.
//
// Before: references.h   After: relink_main.cc
#include "asm/relink/references.h"

#include <elf.h>

#include <algorithm>
#include <bitset>
#include <cstring>
#include <iterator>

#include "absl/container/flat_hash_map.h"
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

absl::StatusOr<std::vector<Lacking>> FindLacking(const Package& stock, const Package& ours,
                                                 const std::vector<LinkedPackage>& packages) {
  using Key = std::pair<std::string, uint16_t>;
  const Definitions our_definitions(ours.members);
  absl::StatusOr<std::vector<KnownSymbol>> known = KnownByIndex(stock);
  if (!known.ok()) return known.status();
  absl::flat_hash_map<uint32_t, const KnownSymbol*> lacking_by_index;
  for (const KnownSymbol& symbol : *known) {
    if (!our_definitions.Has(symbol.name, symbol.abi)) lacking_by_index[symbol.index] = &symbol;
  }
  std::bitset<kBuiltinCount> lacking_builtins;
  for (size_t i = 0; i < kBuiltinCount; i++) {
    lacking_builtins[i] = !our_definitions.Has(kBuiltins[i].name, kBuiltins[i].abi);
  }

  absl::flat_hash_map<Key, std::vector<std::string>> wanted;  // not defined by ours
  const auto want = [&](absl::string_view name, uint16_t abi, const std::string& by) {
    std::vector<std::string>& wanters = wanted[Key{std::string(name), abi}];
    if (wanters.empty() || wanters.back() != by) wanters.push_back(by);
  };
  for (const LinkedPackage& package : packages) {
    if (package.import_path == kRuntime) continue;
    absl::StatusOr<MappedFile> file = MappedFile::Open(package.file);
    if (!file.ok()) return file.status();
    absl::StatusOr<std::vector<Member>> members = ParseArchive(file->bytes());
    if (!members.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(package.file, ": ", members.status().message()));
    }
    for (const Member& member : *members) {
      if (member.name == kPkgDefName) continue;
      const GoMember parts = SplitGoMember(member.data);
      if (parts.object.empty()) continue;
      absl::StatusOr<ObjectView> parsed = ObjectView::Parse(parts.object);
      if (!parsed.ok()) {
        return absl::InvalidArgumentError(
            absl::StrCat(package.file, ": ", parsed.status().message()));
      }
      const ObjectView& object = *parsed;
      for (size_t i = 0; i < object.Count(kNonPkgRef); i++) {
        const SymbolInfo symbol = object.Symbol(kNonPkgRef, i);
        if (!our_definitions.Has(symbol.name, symbol.abi)) {
          want(symbol.name, symbol.abi, package.import_path);
        }
      }
      if (lacking_builtins.any()) {
        std::bitset<kBuiltinCount> called;
        for (size_t i = 0; i < object.Count(kReloc); i++) {
          const SymRef ref = object.RelocRef(i);
          if (ref.pkg == kPkgBuiltin && ref.index < kBuiltinCount) called[ref.index] = true;
        }
        called &= lacking_builtins;
        for (size_t i = 0; called.any(); i++) {
          if (called[i]) want(kBuiltins[i].name, kBuiltins[i].abi, package.import_path);
          called[i] = false;
        }
      }
      if (lacking_by_index.empty()) continue;
      for (size_t i = 0; i < object.Count(kRefName); i++) {
        const SymRef ref = object.RefNameRef(i);
        if (ref.pkg >= kPkgSelf || object.PackageName(ref.pkg) != kRuntime) continue;
        const auto found = lacking_by_index.find(ref.index);
        if (found == lacking_by_index.end()) continue;
        want(found->second->name, found->second->abi, package.import_path);
      }
    }
  }

  std::vector<Lacking> result;
  if (wanted.empty()) return result;
  const Definitions stock_definitions(stock.members);
  for (auto& [key, wanters] : wanted) {
    if (stock_definitions.Has(key.first, key.second)) result.push_back({key.first, wanters});
  }
  std::sort(result.begin(), result.end(),
            [](const Lacking& a, const Lacking& b) { return a.name < b.name; });
  return result;
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
