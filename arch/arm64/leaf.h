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

namespace gort::arch {
inline constexpr size_t kLeafArgs = 24;  // from the CFA
}

#define GORT_LEAF_SYMBOL(name) "gort_leaf." #name
#define GORT_TAIL_SYMBOL(name) "gort_tail." #name

#endif  // GORT_ARCH_ARM64_LEAF_H_
