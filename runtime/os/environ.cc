// SPDX-License-Identifier: BSD-3-Clause
//
// The three arrays follow each other, so argc and argv find them all.
//
// Before: runtime/os/clock.cc   After: runtime/mem/malloc.h
#include "runtime/os/environ.h"

#include <cstring>

#include "runtime/sched/sched.h"  // upward: entries find their G

namespace gort::os {
namespace {

// Written once at boot by the only thread there is.
int32_t argument_count;
char** arguments;
int32_t environment_count;
char** environment;
const uint64_t* auxiliary_vector;

}  // namespace

void SetArguments(int32_t argc, char** argv) {
  argument_count = argc;
  arguments = argv;
  environment = argv + argc + 1;
  environment_count = 0;
  while (environment[environment_count] != nullptr) environment_count++;
  auxiliary_vector = reinterpret_cast<const uint64_t*>(environment + environment_count + 1);
}

int32_t ArgumentCount() { return argument_count; }
char** Arguments() { return arguments; }
int32_t EnvironmentCount() { return environment_count; }
char** Environment() { return environment; }

const char* Environ(const char* name) {
  size_t length = strlen(name);
  for (int32_t i = 0; i < environment_count; i++) {
    const char* entry = environment[i];
    if (strncmp(entry, name, length) == 0 && entry[length] == '=') return entry + length + 1;
  }
  return nullptr;
}

uint64_t Auxiliary(uint64_t tag) {
  if (auxiliary_vector == nullptr) return 0;
  for (const uint64_t* entry = auxiliary_vector; entry[0] != 0; entry += 2) {
    if (entry[0] == tag) return entry[1];
  }
  return 0;
}

}  // namespace gort::os

namespace gort::sched {

const char* GetEnv(const char* name) { return os::Environ(name); }

}  // namespace gort::sched
