// SPDX-License-Identifier: BSD-3-Clause
//
// A system call without a switch to the kernel, for the one caller that wants its address.
//
// Before: runtime/os/clock.h   After: runtime/os/vdso.cc
#ifndef GORT_RUNTIME_OS_VDSO_H_
#define GORT_RUNTIME_OS_VDSO_H_

#include <cstdint>

namespace gort::os {

// gettimeofday(tv, tz) by the C calling convention: package syscall's assembly calls this address
// on the goroutine's stack.
uintptr_t GettimeofdayAddress();

}  // namespace gort::os

#endif  // GORT_RUNTIME_OS_VDSO_H_
