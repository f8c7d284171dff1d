// SPDX-License-Identifier: BSD-3-Clause
//
// Reading ELF with <elf.h>'s structs. Every offset that comes from the file is checked before it is
// used: a truncated object is an error message, not a crash.
//
// Before: elf_object.h   After: frame_rows.cc
#include "tools/leaf/elf_object.h"

#include <elf.h>

#include <algorithm>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace gort::leaf {
namespace {

// A view of `count` structs of type T at `offset`; copied out one by one, as the file guarantees no
// alignment.
template <typename T>
absl::StatusOr<std::vector<T>> ReadArray(absl::string_view bytes, uint64_t offset, uint64_t count) {
  if (offset > bytes.size() || count > (bytes.size() - offset) / sizeof(T)) {
    return absl::DataLossError("truncated ELF object");
  }
  std::vector<T> out(count);
  if (count > 0) std::memcpy(out.data(), bytes.data() + offset, count * sizeof(T));
  return out;
}

std::string StringAt(absl::string_view table, uint64_t offset) {
  if (offset >= table.size()) return "";
  absl::string_view rest = table.substr(offset);
  return std::string(rest.substr(0, rest.find('\0')));
}

}  // namespace

absl::StatusOr<ElfObject> ElfObject::Parse(absl::string_view bytes) {
  auto header = ReadArray<Elf64_Ehdr>(bytes, 0, 1);
  if (!header.ok()) return header.status();
  const Elf64_Ehdr& eh = (*header)[0];
  if (std::memcmp(eh.e_ident, ELFMAG, SELFMAG) != 0 || eh.e_ident[EI_CLASS] != ELFCLASS64 ||
      eh.e_ident[EI_DATA] != ELFDATA2LSB || eh.e_type != ET_REL) {
    return absl::InvalidArgumentError("not a relocatable little-endian ELF64 object");
  }
  ElfObject object;
  if (eh.e_machine == EM_X86_64) {
    object.machine_ = Machine::kAmd64;
  } else if (eh.e_machine == EM_AARCH64) {
    object.machine_ = Machine::kArm64;
  } else {
    return absl::InvalidArgumentError(absl::StrCat("unknown machine ", eh.e_machine));
  }
  auto headers = ReadArray<Elf64_Shdr>(bytes, eh.e_shoff, eh.e_shnum);
  if (!headers.ok()) return headers.status();
  object.sections_.resize(headers->size());
  auto contents = [&](const Elf64_Shdr& sh) -> absl::StatusOr<std::string> {
    if (sh.sh_type == SHT_NOBITS) return std::string();
    auto data = ReadArray<char>(bytes, sh.sh_offset, sh.sh_size);
    if (!data.ok()) return data.status();
    return std::string(data->begin(), data->end());
  };
  for (size_t i = 0; i < headers->size(); ++i) {
    auto data = contents((*headers)[i]);
    if (!data.ok()) return data.status();
    object.sections_[i].data = *std::move(data);
  }
  if (eh.e_shstrndx >= headers->size()) return absl::DataLossError("no section names");
  for (size_t i = 0; i < headers->size(); ++i) {
    object.sections_[i].name =
        StringAt(object.sections_[eh.e_shstrndx].data, (*headers)[i].sh_name);
  }
  for (size_t i = 0; i < headers->size(); ++i) {
    const Elf64_Shdr& sh = (*headers)[i];
    if (sh.sh_type == SHT_SYMTAB) {
      if (sh.sh_link >= headers->size()) return absl::DataLossError("symbols without names");
      auto symbols = ReadArray<Elf64_Sym>(bytes, sh.sh_offset, sh.sh_size / sizeof(Elf64_Sym));
      if (!symbols.ok()) return symbols.status();
      for (const Elf64_Sym& symbol : *symbols) {
        ElfSymbol s;
        s.name = StringAt(object.sections_[sh.sh_link].data, symbol.st_name);
        s.value = symbol.st_value;
        s.size = symbol.st_size;
        s.section = symbol.st_shndx < headers->size() ? symbol.st_shndx : 0;
        int type = ELF64_ST_TYPE(symbol.st_info);
        s.is_function = type == STT_FUNC || type == STT_GNU_IFUNC;
        s.is_section = type == STT_SECTION;
        s.is_global = ELF64_ST_BIND(symbol.st_info) != STB_LOCAL;
        object.symbols_.push_back(std::move(s));
      }
    } else if (sh.sh_type == SHT_RELA && sh.sh_info < headers->size()) {
      auto relocs = ReadArray<Elf64_Rela>(bytes, sh.sh_offset, sh.sh_size / sizeof(Elf64_Rela));
      if (!relocs.ok()) return relocs.status();
      std::vector<ElfReloc>& out = object.sections_[sh.sh_info].relocs;
      for (const Elf64_Rela& r : *relocs) {
        out.push_back({r.r_offset, static_cast<uint32_t>(ELF64_R_TYPE(r.r_info)),
                       static_cast<uint32_t>(ELF64_R_SYM(r.r_info)), r.r_addend});
      }
      std::stable_sort(out.begin(), out.end(),
                       [](const ElfReloc& a, const ElfReloc& b) { return a.offset < b.offset; });
    }
  }
  for (const ElfSection& section : object.sections_) {
    for (const ElfReloc& reloc : section.relocs) {
      if (reloc.symbol >= object.symbols_.size())
        return absl::DataLossError("relocation without symbol");
    }
  }
  return object;
}

int ElfObject::FindSection(absl::string_view name) const {
  for (size_t i = 1; i < sections_.size(); ++i) {
    if (name == sections_[i].name) return static_cast<int>(i);
  }
  return 0;
}

Place ElfObject::Target(const ElfReloc& reloc, bool pc_relative_call) const {
  const ElfSymbol& symbol = symbols_[reloc.symbol];
  int64_t addend = reloc.addend;
  if (pc_relative_call && machine_ == Machine::kAmd64) addend += 4;
  return {symbol.section, symbol.value + static_cast<uint64_t>(addend), symbol.name};
}

const ElfReloc* ElfObject::RelocIn(int section, uint64_t begin, uint64_t end) const {
  const std::vector<ElfReloc>& relocs = sections_[section].relocs;
  auto at = std::lower_bound(
      relocs.begin(), relocs.end(), begin,
      [](const ElfReloc& reloc, uint64_t offset) { return reloc.offset < offset; });
  return at != relocs.end() && at->offset < end ? &*at : nullptr;
}

}  // namespace gort::leaf
