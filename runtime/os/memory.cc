// SPDX-License-Identifier: BSD-3-Clause
//
// mmap, madvise and their two ways to say no: ENOMEM is passed on (the caller knows what could not
// be allocated), EACCES and EAGAIN are settings of the machine that the user has to hear about, so
// they end the program here.
//
// Before: runtime/os/memory.h   After: runtime/os/thread.cc
#include "runtime/os/memory.h"

#include <cerrno>

#include <sys/mman.h>
#include <unistd.h>

#include "runtime/base/check.h"
#include "runtime/base/print.h"

namespace gort::os {
namespace {

void* MapOrNull(void* hint, uintptr_t size, int protection, int flags) {
  void* p = mmap(hint, size, protection, MAP_ANONYMOUS | MAP_PRIVATE | flags, -1, 0);
  if (p != MAP_FAILED) return p;
  if (errno == EACCES) {
    PrintText("runtime: mmap: access denied\n");
    _exit(2);
  }
  if (errno == EAGAIN) {
    PrintText("runtime: mmap: too much locked memory (check 'ulimit -l').\n");
    _exit(2);
  }
  return nullptr;
}

}  // namespace

void* Reserve(void* hint, uintptr_t size) {
  return MapOrNull(hint, size, PROT_NONE, MAP_NORESERVE);
}

bool Commit(void* p, uintptr_t size) {
  void* got = MapOrNull(p, size, PROT_READ | PROT_WRITE, MAP_FIXED);
  if (got == nullptr) return false;
  GORT_CHECK(got == p, "runtime: cannot map pages in arena address space");
  return true;
}

// MADV_DONTNEED, not MADV_FREE: the pages leave the resident set now, and what is read afterwards
// is zero, which the page heap relies on.
void Discard(void* p, uintptr_t size) { madvise(p, size, MADV_DONTNEED); }

void PreferHugePages(void* p, uintptr_t size) { madvise(p, size, MADV_HUGEPAGE); }

void AvoidHugePages(void* p, uintptr_t size) { madvise(p, size, MADV_NOHUGEPAGE); }

void* Map(uintptr_t size) {
  return MapOrNull(nullptr, size, PROT_READ | PROT_WRITE, MAP_NORESERVE);
}

void Unmap(void* p, uintptr_t size) { munmap(p, size); }

bool Forbid(void* p, uintptr_t size) {
  Discard(p, size);
  return mprotect(p, size, PROT_NONE) == 0;
}

uintptr_t PhysicalPageSize() {
  static uintptr_t size = 0;  // benign race: every thread stores the same number
  if (size == 0) size = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  return size;
}

}  // namespace gort::os
