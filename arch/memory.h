// SPDX-License-Identifier: BSD-3-Clause
//
// Moving, clearing and comparing memory from C++ that runs on a goroutine stack: the C library's
// functions may not be called there, and give no promise about words that the collector reads at
// the same time.
//
// The functions are arch/<cpu>/memory_leaf.S, in the C calling convention: aligned words are moved
// whole, nothing but caller-saved registers is used, and their stack use is the return address.
//
// Before: arch/leaf.h   After: arch/amd64/memory_leaf.S
#ifndef GORT_ARCH_MEMORY_H_
#define GORT_ARCH_MEMORY_H_

#include <cstddef>

extern "C" {
void gort_asm_move(void* to, const void* from, size_t n);  // regions may overlap
void gort_asm_clear(void* to, size_t n);
}

namespace gort::arch {

inline void MoveMemory(void* to, const void* from, size_t n) { gort_asm_move(to, from, n); }
inline void ClearMemory(void* to, size_t n) { gort_asm_clear(to, n); }

}  // namespace gort::arch

#endif  // GORT_ARCH_MEMORY_H_
