// SPDX-License-Identifier: BSD-3-Clause
//
// amd64: system calls without libc, for code that may not touch errno: signal handlers, a forked
// child, leaf code.
//
// Before: arch/amd64/sigcontext.h   After: arch/features.h
#ifndef GORT_ARCH_AMD64_SYSCALL_H_
#define GORT_ARCH_AMD64_SYSCALL_H_

#include <cstdint>

namespace gort::arch {

// The kernel's answer as it is: -errno on failure.
inline intptr_t RawSyscall(intptr_t number, uintptr_t a1 = 0, uintptr_t a2 = 0, uintptr_t a3 = 0,
                           uintptr_t a4 = 0, uintptr_t a5 = 0, uintptr_t a6 = 0) {
  intptr_t result;
  register uintptr_t r10 __asm__("r10") = a4;
  register uintptr_t r8 __asm__("r8") = a5;
  register uintptr_t r9 __asm__("r9") = a6;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a1), "S"(a2), "d"(a3), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

}  // namespace gort::arch

#endif  // GORT_ARCH_AMD64_SYSCALL_H_
