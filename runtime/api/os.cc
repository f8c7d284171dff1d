// SPDX-License-Identifier: BSD-3-Clause
//
// What packages os, syscall and time ask of the process: arguments, environment, exit, clocks.
//
// Strings given to Go point to the kernel's memory at the top of the first stack, which stays for
// as long as the process.
//
// Before: docs/seam.md   After: runtime/api/debug.cc
#include <string.h>
#include <unistd.h>

#include "arch/arch.h"
#include "asm/gen/entries.h"
#include "runtime/abi/roots.h"
#include "runtime/mem/malloc.h"
#include "runtime/os/clock.h"
#include "runtime/os/environ.h"
#include "runtime/panic/panic.h"
#include "runtime/sched/sched.h"

namespace gort::api {

namespace {

abi::String Text(const char* text) {
  if (text == nullptr) return {nullptr, 0};
  return {reinterpret_cast<const uint8_t*>(text), static_cast<intptr_t>(strlen(text))};
}

// A new []string of C strings.
abi::Slice Strings(char** texts, int32_t count) {
  auto* array =
      static_cast<abi::String*>(mem::MallocArray(abi::TypeOf(abi::roots->stringPtr), count));
  for (int32_t i = 0; i < count; ++i) array[i] = Text(texts[i]);
  return {array, count, count};
}

}  // namespace

// ---- Entered from Go ----

extern "C" void gort_os_runtime_args(entry::os_runtime_args* a) {
  a->ret = Strings(os::Arguments(), os::ArgumentCount());
}

extern "C" void gort_syscall_runtime_envs(entry::syscall_runtime_envs* a) {
  a->ret = Strings(os::Environment(), os::EnvironmentCount());
}

extern "C" void gort_gogetenv(entry::gogetenv* a) {
  a->ret = {nullptr, 0};
  for (int32_t i = 0; i < os::EnvironmentCount(); ++i) {
    const char* entry = os::Environment()[i];
    if (strncmp(entry, reinterpret_cast<const char*>(a->key.str),
                static_cast<size_t>(a->key.len)) != 0)
      continue;
    if (entry[a->key.len] != '=') continue;
    a->ret = Text(entry + a->key.len + 1);
    return;
  }
}

// internal/cpu reads its options out of all of GODEBUG.
extern "C" void gort_cpuOptions(entry::cpuOptions* a) { a->ret = Text(os::Environ("GODEBUG")); }

extern "C" void gort_syscall_Getpagesize(entry::syscall_Getpagesize* a) { a->ret = getpagesize(); }

extern "C" void gort_syscall_Exit(entry::syscall_Exit* a) {
  panic::Exit(static_cast<int>(a->code));
}

extern "C" void gort_os_beforeExit(entry::os_beforeExit*) {}

// Without cgo there is no C environment to keep equal.
extern "C" void gort_syscall_setenv_c(entry::syscall_setenv_c*) {}
extern "C" void gort_syscall_unsetenv_c(entry::syscall_unsetenv_c*) {}

extern "C" void gort_nanotime(entry::nanotime* a) { a->ret = os::Nanotime(); }
extern "C" void gort_nanotime1(entry::nanotime1* a) { a->ret = os::Nanotime(); }
extern "C" void gort_sync_nanotime(entry::sync_nanotime* a) { a->ret = os::Nanotime(); }

extern "C" void gort_walltime(entry::walltime* a) {
  os::WallTime now = os::Walltime();
  a->sec = now.sec;
  a->nsec = now.nsec;
}

extern "C" void gort_time_now(entry::time_now* a) {
  os::WallTime now = os::Walltime();
  a->sec = now.sec;
  a->nsec = now.nsec;
  a->mono = os::Nanotime();
}

}  // namespace gort::api
