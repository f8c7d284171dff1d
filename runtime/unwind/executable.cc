// SPDX-License-Identifier: BSD-3-Clause
//
// See executable.h.
//
// Before: runtime/unwind/executable.h   After: runtime/unwind/cxx_frames.cc
#include "runtime/unwind/executable.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gort::unwind {
namespace {

struct Section {
  uint64_t address, offset, size;
};

class Executable {
 public:
  // Maps the file at the first call.
  bool Open();

  Section Find(const char* name) const;
  // A part of the file; nullptr when it is not all there.
  const uint8_t* At(uint64_t offset, uint64_t size) const {
    return offset <= size_ && size <= size_ - offset ? file_ + offset : nullptr;
  }
  // What the loader added to the file's addresses.
  uintptr_t bias() const { return bias_; }
  const Section& symbols() const { return symbols_; }
  const Section& names() const { return names_; }
  const Section& frames() const { return frames_; }

 private:
  bool Map();
  bool ReadHeaders();

  const uint8_t* file_ = nullptr;
  uint64_t size_ = 0;
  uintptr_t bias_ = 0;
  const Elf64_Shdr* sections_ = nullptr;
  uint32_t section_count_ = 0;
  Section section_names_ = {};
  Section symbols_ = {}, names_ = {}, frames_ = {};
  bool tried_ = false;
};

Executable executable;

bool Executable::Map() {
  const int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  struct stat st = {};
  void* p = MAP_FAILED;
  if (fstat(fd, &st) == 0 && st.st_size > 0) {
    size_ = static_cast<uint64_t>(st.st_size);
    p = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0);
  }
  close(fd);
  if (p == MAP_FAILED) return false;
  file_ = static_cast<const uint8_t*>(p);
  return true;
}

bool Executable::ReadHeaders() {
  const auto* header = reinterpret_cast<const Elf64_Ehdr*>(At(0, sizeof(Elf64_Ehdr)));
  if (header == nullptr || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return false;
  section_count_ = header->e_shnum;
  sections_ = reinterpret_cast<const Elf64_Shdr*>(
      At(header->e_shoff, uint64_t{section_count_} * sizeof(Elf64_Shdr)));
  const auto* segments = reinterpret_cast<const Elf64_Phdr*>(
      At(header->e_phoff, uint64_t{header->e_phnum} * sizeof(Elf64_Phdr)));
  if (sections_ == nullptr || segments == nullptr || header->e_shstrndx >= section_count_)
    return false;
  // The kernel says where the program headers are in memory; the file, where they were to be.
  for (uint32_t i = 0; i < header->e_phnum; ++i) {
    if (segments[i].p_type != PT_LOAD || segments[i].p_offset != 0) continue;
    bias_ = getauxval(AT_PHDR) - (segments[i].p_vaddr + header->e_phoff);
  }
  const Elf64_Shdr& names = sections_[header->e_shstrndx];
  section_names_ = {names.sh_addr, names.sh_offset, names.sh_size};
  return true;
}

bool Executable::Open() {
  if (!tried_) {
    tried_ = true;
    if (Map() && ReadHeaders()) {
      symbols_ = Find(".symtab");
      names_ = Find(".strtab");
      frames_ = Find(".eh_frame");
    } else {
      section_count_ = 0;
    }
  }
  return section_count_ != 0;
}

Section Executable::Find(const char* name) const {
  const uint64_t length = strlen(name) + 1;
  for (uint32_t i = 0; i < section_count_; ++i) {
    const Elf64_Shdr& s = sections_[i];
    const uint8_t* here = At(section_names_.offset + s.sh_name, length);
    if (here != nullptr && memcmp(here, name, length) == 0)
      return {s.sh_addr, s.sh_offset, s.sh_size};
  }
  return {};
}

// A number of decimal digits; 0: none.
intptr_t ReadLength(const char** at) {
  intptr_t n = 0;
  while (**at >= '0' && **at <= '9' && n < 1000) n = n * 10 + (*(*at)++ - '0');
  return n;
}

}  // namespace

MemoryRange UnwindTables() {
  if (!executable.Open()) return {};
  const auto* begin =
      reinterpret_cast<const uint8_t*>(executable.bias() + executable.frames().address);
  return {begin, begin + executable.frames().size};
}

CxxSymbol FindSymbol(uintptr_t pc) {
  if (!executable.Open()) return {};
  const Section& table = executable.symbols();
  const auto* symbols = reinterpret_cast<const Elf64_Sym*>(executable.At(table.offset, table.size));
  if (symbols == nullptr) return {};
  const uint64_t address = pc - executable.bias();
  for (uint64_t i = 0; i < table.size / sizeof(Elf64_Sym); ++i) {
    const Elf64_Sym& s = symbols[i];
    if (ELF64_ST_TYPE(s.st_info) != STT_FUNC || address - s.st_value >= s.st_size) continue;
    const uint8_t* name = s.st_name < executable.names().size
                              ? executable.At(executable.names().offset + s.st_name, 1)
                              : nullptr;
    if (name == nullptr) return {};
    return {reinterpret_cast<const char*>(name), s.st_value + executable.bias()};
  }
  return {};
}

// _Z3fooi is foo; _ZN1a1bEv is a::b; _ZNK..., a method that is const; L in front of a name, one
// that its file keeps; _GLOBAL__N_1, the namespace without a name.
intptr_t ReadableName(const char* symbol, char* out, intptr_t size) {
  intptr_t n = 0;
  auto put = [&](const char* text, intptr_t length) {
    for (intptr_t i = 0; i < length && n < size - 1; ++i) out[n++] = text[i];
  };
  const char* at = symbol;
  if (at[0] == '_' && at[1] == 'Z') {
    at += 2;
    const bool nested = *at == 'N';
    if (nested) at++;
    if (nested && *at == 'K') at++;
    do {
      if (*at == 'L') at++;
      const intptr_t length = ReadLength(&at);
      if (length == 0 || strnlen(at, static_cast<size_t>(length)) < static_cast<size_t>(length))
        break;
      if (n != 0) put("::", 2);
      constexpr char kNameless[] = "_GLOBAL__N_1";
      constexpr intptr_t kNamelessLength = sizeof(kNameless) - 1;
      if (length == kNamelessLength && memcmp(at, kNameless, kNamelessLength) == 0) {
        put("(anonymous)", 11);
      } else {
        put(at, length);
      }
      at += length;
      if (!nested && *at != 'I') return n;
      if (nested && *at == 'E') return n;
    } while (nested);
  }
  n = 0;
  put(symbol, static_cast<intptr_t>(strlen(symbol)));
  return n;
}

}  // namespace gort::unwind
