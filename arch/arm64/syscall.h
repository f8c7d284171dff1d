// SPDX-License-Identifier: BSD-3-Clause
//
// arm64: system calls without libc, for code that may not touch errno: signal handlers, a forked
// child, leaf code.
//
// Before: arch/arm64/sigcontext.h   After: arch/features.h
#ifndef GORT_ARCH_ARM64_SYSCALL_H_
#define GORT_ARCH_ARM64_SYSCALL_H_

#include <cstdint>

namespace gort::arch {

// The kernel's answer as it is: -errno on failure.
inline intptr_t RawSyscall(intptr_t number, uintptr_t a1 = 0, uintptr_t a2 = 0, uintptr_t a3 = 0,
                           uintptr_t a4 = 0, uintptr_t a5 = 0, uintptr_t a6 = 0) {
  register intptr_t x8 __asm__("x8") = number;
  register uintptr_t x0 __asm__("x0") = a1;
  register uintptr_t x1 __asm__("x1") = a2;
  register uintptr_t x2 __asm__("x2") = a3;
  register uintptr_t x3 __asm__("x3") = a4;
  register uintptr_t x4 __asm__("x4") = a5;
  register uintptr_t x5 __asm__("x5") = a6;
  __asm__ volatile("svc #0"
                   : "+r"(x0)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                   : "memory");
  return static_cast<intptr_t>(x0);
}

}  // namespace gort::arch

#endif  // GORT_ARCH_ARM64_SYSCALL_H_
