// SPDX-License-Identifier: BSD-3-Clause
//
// arm64: how a leaf entry is named and where its argument block is. LEAF_STUB (stub.h) dropped SP
// by 16 and called gort_leaf.X, whose CFA is that SP: LR is at CFA, the caller's R29 at CFA + 8,
// its own slot for LR at CFA + 16.
//
// Before: arch/leaf.h   After: arch/arm64/switch.S
#ifndef GORT_ARCH_ARM64_LEAF_H_
#define GORT_ARCH_ARM64_LEAF_H_

#include <cstddef>
#include <cstdint>

namespace gort::arch {

inline constexpr size_t kLeafArgs = 24;  // from the CFA

// The frame pointer register as the caller of the function that asks left it. A frame by x29 would
// not do: rows of leaf code count from SP. Without one, GCC keeps x29 for the last of many values.
[[gnu::always_inline]] inline uintptr_t CallersFramePointer() {
  uintptr_t fp;
  asm volatile("mov %0, x29" : "=r"(fp));
  return fp;
}
}  // namespace gort::arch

#define GORT_LEAF_SYMBOL(name) "gort_leaf." #name
#define GORT_TAIL_SYMBOL(name) "gort_tail." #name

#endif  // GORT_ARCH_ARM64_LEAF_H_
