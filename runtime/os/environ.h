// SPDX-License-Identifier: BSD-3-Clause
//
// Arguments, environment and auxiliary vector as the kernel left them at the start of the first
// thread's stack.
//
//   argc | argv[0..argc) | NULL | environment strings | NULL | (tag, value) pairs, ended by tag 0
//
// Before: runtime/os/clock.h   After: runtime/mem/malloc.h
#ifndef GORT_RUNTIME_OS_ENVIRON_H_
#define GORT_RUNTIME_OS_ENVIRON_H_

#include <cstdint>

namespace gort::os {

// Boot, before anything else of this file.
void SetArguments(int32_t argc, char** argv);

int32_t ArgumentCount();
char** Arguments();
int32_t EnvironmentCount();
char** Environment();
// Value of an environment variable; nullptr: not set. The memory is the kernel's and stays.
const char* Environ(const char* name);
// Value of an entry of the auxiliary vector (AT_...); 0: not there.
uint64_t Auxiliary(uint64_t tag);

}  // namespace gort::os

#endif  // GORT_RUNTIME_OS_ENVIRON_H_
