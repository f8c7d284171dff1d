// SPDX-License-Identifier: BSD-3-Clause
//
// amd64: how a leaf entry is named and where its argument block is. The compiler's reference to
// runtime.X reaches the C++ function itself, so its CFA (the SP before the CALL) is the address of
// the argument block.
//
// Before: arch/leaf.h   After: arch/amd64/switch.S
#ifndef GORT_ARCH_AMD64_LEAF_H_
#define GORT_ARCH_AMD64_LEAF_H_

#include <cstddef>
#include <cstdint>

namespace gort::arch {

inline constexpr size_t kLeafArgs = 0;  // from the CFA

// The frame pointer register as the caller of the function that asks left it.
[[gnu::always_inline]] inline uintptr_t CallersFramePointer() {
  return *static_cast<const uintptr_t*>(__builtin_frame_address(0));
}
}  // namespace gort::arch

#define GORT_LEAF_SYMBOL(name) GORT_SYM_##name
#define GORT_TAIL_SYMBOL(name) "gort_tail." #name

#endif  // GORT_ARCH_AMD64_LEAF_H_
