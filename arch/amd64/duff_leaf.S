// SPDX-License-Identifier: BSD-3-Clause
//
// amd64: clearing and copying of medium-sized values without a loop. Compiled code calls into the
// middle of these functions: the size decides how far from the end, so the bytes of every block are
// part of the contract with gc (tests/unit/arch/duff_test.cc).
//
// Nothing is saved and no stack is used; the caller has put its frame pointer aside.
//
// Before: arch/amd64/memory_leaf.S   After: arch/amd64/bounds.s
#include "asm/macros.h"

// duffzero: 16 blocks of 19 bytes, each clears 64 bytes: stores of 3, 4, 4, 4 bytes and LEA of 4
//   in:  rdi = start (adjusted by the caller for an entry inside a block), xmm0 = 0     out: rdi
//        past the end
FUNCTION(runtime.duffzero)
  .rept 16
  movups %xmm0, (%rdi)
  movups %xmm0, 16(%rdi)
  movups %xmm0, 32(%rdi)
  movups %xmm0, 48(%rdi)
  lea 64(%rdi), %rdi
  .endr
  ret
END_FUNCTION(runtime.duffzero)

// duffcopy: 64 blocks of 14 bytes, each copies 16 bytes
//   in:  rsi = from, rdi = to     out: both past the end, xmm0 and flags changed
FUNCTION(runtime.duffcopy)
  .rept 64
  movups (%rsi), %xmm0
  add $16, %rsi
  movups %xmm0, (%rdi)
  add $16, %rdi
  .endr
  ret
END_FUNCTION(runtime.duffcopy)

END_FILE
