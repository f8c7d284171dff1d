// SPDX-License-Identifier: BSD-3-Clause
//
// Functions with gc's calling convention, for switch_test.cc. They clobber every register that Go code may clobber.
//
// Before: tests/unit/arch/switch_test.cc
#include "asm/macros.h"

.macro CLOBBER
  mov x19, #0x5151
  mov x20, x19
  mov x21, x19
  mov x22, x19
  mov x23, x19
  mov x24, x19
  mov x25, x19
  mov x27, x19
  fmov d8, x19
  fmov d15, x19
.endm

// func goAdd(a, b int) (sum int, context *funcval)
FUNCTION(test_go_add)
  ldr x0, [sp, #8]
  ldr x1, [sp, #16]
  add x0, x0, x1
  str x0, [sp, #24]
  str x26, [sp, #32]
  CLOBBER
  ret
END_FUNCTION(test_go_add)

// Calls test_entered(context, result register, SP) on the stack it was started on; it switches away.
FUNCTION(test_go_entry)
  mov x1, x0
  mov x0, x26
  mov x2, sp
  bl test_entered
  brk #0
END_FUNCTION(test_go_entry)

END_FILE
