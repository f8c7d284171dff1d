// SPDX-License-Identifier: BSD-3-Clause
//
// Moving and clearing for unit tests that do not link arch/<cpu>/memory_leaf.S. Weak: a test that
// links it gets it.
//
// Before: arch/memory.h   After: tests/support/fatal.h
#include "arch/memory.h"

#include <cstring>

extern "C" {
[[gnu::weak]] void gort_asm_move(void* to, const void* from, size_t n) { memmove(to, from, n); }
[[gnu::weak]] void gort_asm_clear(void* to, size_t n) { memset(to, 0, n); }
}
