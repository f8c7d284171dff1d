// SPDX-License-Identifier: BSD-3-Clause
//
// arm64: calling leaf entries from tests, and the slow twins they continue in (in a program: stubs
// that go to the system stack).
//
// Before: tests/support/leaf_call.h   After: tests/unit/lang/slow_twins.h
#include "asm/macros.h"
#include "tests/unit/lang/slow_twins.h"

// void gort_test_call_leaf(void (*leaf)(), void* args, size_t size): size is a multiple of 8; the
// block begins 24 bytes above SP at the call.
FUNCTION(gort_test_call_leaf)
  stp x29, x30, [sp, #-48]!
  mov x29, sp
  stp x19, x20, [sp, #16]
  str x21, [sp, #32]
  mov x19, x1
  mov x20, x2
  add x3, x2, #24 + 15
  and x3, x3, #-16
  sub sp, sp, x3
  mov x21, x0
  add x4, sp, #24
  mov x5, #0
1: cmp x5, x20
  b.hs 2f
  ldr x6, [x19, x5]
  str x6, [x4, x5]
  add x5, x5, #8
  b 1b
2: blr x21
  add x4, sp, #24
  mov x5, #0
3: cmp x5, x20
  b.hs 4f
  ldr x6, [x4, x5]
  str x6, [x19, x5]
  add x5, x5, #8
  b 3b
4: mov sp, x29
  ldp x19, x20, [sp, #16]
  ldr x21, [sp, #32]
  ldp x29, x30, [sp], #48
  ret
END_FUNCTION(gort_test_call_leaf)

.macro SLOW name
  .globl gort_tail.\name
gort_tail.\name:
  add x0, sp, #24
  stp x29, x30, [sp, #-16]!
  bl gort_\name
  ldp x29, x30, [sp], #16
  ret
.endm

  .text
  SLOW_TWINS
END_FILE
