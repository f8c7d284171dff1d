// SPDX-License-Identifier: BSD-3-Clause
//
// The kernel maps a small shared library, the vDSO, into every process; the auxiliary vector says
// where. Its clock functions read memory that the kernel keeps up to date. libc finds them by
// itself; this looks up one for package syscall.
//
//   ELF header -> program headers: PT_LOAD (load bias)
//   PT_DYNAMIC -> DT_SYMTAB, DT_STRTAB (which follows the symbols)
//
// Before: runtime/os/vdso.h   After: runtime/os/environ.cc
#include "runtime/os/vdso.h"

#include <elf.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include "arch/arch.h"
#include "runtime/os/environ.h"

namespace gort::os {

namespace {

// Without a vDSO: the system call. It needs no more stack than the vDSO's own function.
intptr_t BySystemCall(struct timeval* tv, void* tz) {
  return arch::RawSyscall(SYS_gettimeofday, reinterpret_cast<uintptr_t>(tv),
                          reinterpret_cast<uintptr_t>(tz));
}

uintptr_t Find(uintptr_t image, const char* name) {
  auto* header = reinterpret_cast<const Elf64_Ehdr*>(image);
  auto* segments = reinterpret_cast<const Elf64_Phdr*>(image + header->e_phoff);
  uintptr_t bias = 0;
  bool loaded = false;
  const Elf64_Dyn* dynamic = nullptr;
  for (int i = 0; i < header->e_phnum; ++i) {
    const Elf64_Phdr& segment = segments[i];
    if (segment.p_type == PT_LOAD && !loaded) {
      bias = image + segment.p_offset - segment.p_vaddr;
      loaded = true;
    } else if (segment.p_type == PT_DYNAMIC) {
      dynamic = reinterpret_cast<const Elf64_Dyn*>(image + segment.p_offset);
    }
  }
  if (!loaded || dynamic == nullptr) return 0;
  uintptr_t symbols = 0;
  uintptr_t names = 0;
  for (; dynamic->d_tag != DT_NULL; ++dynamic) {
    if (dynamic->d_tag == DT_SYMTAB) symbols = bias + dynamic->d_un.d_ptr;
    if (dynamic->d_tag == DT_STRTAB) names = bias + dynamic->d_un.d_ptr;
  }
  if (symbols == 0 || names <= symbols) return 0;
  auto* symbol = reinterpret_cast<const Elf64_Sym*>(symbols);
  for (size_t n = (names - symbols) / sizeof(Elf64_Sym); n > 0; --n, ++symbol) {
    if (symbol->st_shndx == SHN_UNDEF || ELF64_ST_TYPE(symbol->st_info) != STT_FUNC) continue;
    if (strcmp(reinterpret_cast<const char*>(names + symbol->st_name), name) == 0)
      return bias + symbol->st_value;
  }
  return 0;
}

}  // namespace

uintptr_t GettimeofdayAddress() {
  uintptr_t image = Auxiliary(AT_SYSINFO_EHDR);
  uintptr_t found = image == 0 ? 0 : Find(image, "__vdso_gettimeofday");
  return found != 0 ? found : reinterpret_cast<uintptr_t>(&BySystemCall);
}

}  // namespace gort::os
