// SPDX-License-Identifier: BSD-3-Clause
//
// arm64: clearing and copying of medium-sized values without a loop. Compiled code calls into the
// middle of these functions: the size decides how far from the end, so the bytes of every block are
// part of the contract with gc (tests/unit/arch/duff_test.cc).
//
// Nothing is saved and no stack is used.
//
// Before: arch/arm64/memory_leaf.S   After: arch/arm64/bounds.s
#include "asm/macros.h"

// duffzero: 64 blocks of 4 bytes, each clears 16 bytes
//   in:  x20 = start              out: x20 = the last 16 bytes, which are cleared without moving on
FUNCTION(runtime.duffzero)
  .rept 63
  stp xzr, xzr, [x20], #16
  .endr
  stp xzr, xzr, [x20]
  ret
END_FUNCTION(runtime.duffzero)

// duffcopy: 64 blocks of 8 bytes, each copies 16 bytes
//   in:  x20 = from, x21 = to     out: both past the end, x26 and x27 changed
FUNCTION(runtime.duffcopy)
  .rept 64
  ldp x26, x27, [x20], #16
  stp x26, x27, [x21], #16
  .endr
  ret
END_FUNCTION(runtime.duffcopy)

END_FILE
