// SPDX-License-Identifier: BSD-3-Clause
//
// What GODEBUG=gortpoison=1 fills stacks with, so that a read through a stale pointer shows where
// it comes from.
//
// Before: runtime/stack/alloc.cc   After: runtime/stack/copy.cc
#ifndef GORT_RUNTIME_STACK_POISON_H_
#define GORT_RUNTIME_STACK_POISON_H_

#include <cstdint>

namespace gort::stack {

constexpr uint8_t kPoisonNew = 0xfd;  // a new stack
constexpr uint8_t kPoisonUnused =
    0xfb;  // the part of a stack below the frames that were moved to it
constexpr uint8_t kPoisonFreed = 0xfc;  // a freed stack

}  // namespace gort::stack

#endif  // GORT_RUNTIME_STACK_POISON_H_
