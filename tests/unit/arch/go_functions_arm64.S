// SPDX-License-Identifier: BSD-3-Clause
//
// Functions with gc's calling convention, for switch_test.cc: they clobber every register that Go
// code may clobber. And the call of one, for memory_test.cc.
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

// Calls test_entered(context, result register, SP) on the stack it was started on; it switches
// away.
FUNCTION(test_go_entry)
  mov x1, x0
  mov x0, x26
  mov x2, sp
  bl test_entered
  brk #0
END_FUNCTION(test_go_entry)

// void test_duffzero(void* to, size_t n): entry 4 * (64 - n/16)
FUNCTION(test_duffzero)
  stp x29, x30, [sp, #-32]!
  .cfi_def_cfa_offset 32
  stp x20, x21, [sp, #16]
  mov x20, x0
  adrp x2, runtime.duffzero
  add x2, x2, #:lo12:runtime.duffzero
  mov x3, #64
  sub x3, x3, x1, lsr #4
  add x2, x2, x3, lsl #2
  blr x2
  ldp x20, x21, [sp, #16]
  ldp x29, x30, [sp], #32
  .cfi_def_cfa_offset 0
  ret
END_FUNCTION(test_duffzero)

// void test_duffcopy(void* to, const void* from, size_t n): entry 8 * (64 - n/16)
FUNCTION(test_duffcopy)
  stp x29, x30, [sp, #-48]!
  .cfi_def_cfa_offset 48
  stp x20, x21, [sp, #16]
  stp x26, x27, [sp, #32]
  mov x20, x1
  mov x21, x0
  adrp x4, runtime.duffcopy
  add x4, x4, #:lo12:runtime.duffcopy
  mov x3, #64
  sub x3, x3, x2, lsr #4
  add x4, x4, x3, lsl #3
  blr x4
  ldp x20, x21, [sp, #16]
  ldp x26, x27, [sp, #32]
  ldp x29, x30, [sp], #48
  .cfi_def_cfa_offset 0
  ret
END_FUNCTION(test_duffcopy)

// Reads address 0x10 at test_fault_pc with known values in registers.
FUNCTION(test_fault)
  mov x19, #0x1111
  mov x25, #0x2222
  mov x0, #0x10
  .globl test_fault_pc
test_fault_pc:
  ldr x1, [x0]
  brk #0
END_FUNCTION(test_fault)

// What a handler injects a call of: tells its return address and the SP after a return, and
// switches away.
FUNCTION(test_injected)
  mov x0, x30
  add x1, sp, #16
  bl test_saw_injected
  brk #0
END_FUNCTION(test_injected)

// Counts in test_injections and returns to the interrupted instruction with everything as it was
// but x27.
FUNCTION(test_injected_returning)
  stp x0, x1, [sp, #-16]!
  adrp x0, test_injections
  ldr x1, [x0, #:lo12:test_injections]
  add x1, x1, #1
  str x1, [x0, #:lo12:test_injections]
  ldp x0, x1, [sp], #16
  mov x27, x30
  ldr x30, [sp], #16
  br x27
END_FUNCTION(test_injected_returning)

// uint64_t test_spin(): counts registers up until test_injections is not 0; returns 0 if nothing
// was disturbed.
FUNCTION(test_spin)
  stp x27, x30, [sp, #-16]!
  .cfi_def_cfa_offset 16
  mov x0, #0
  mov x1, #0
  adrp x2, test_injections
  add x2, x2, #:lo12:test_injections
LOCAL(spin):
  add x0, x0, #1
  add x1, x1, #1
  cmp x0, x1
  b.ne LOCAL(disturbed)
  ldr x3, [x2]
  cbz x3, LOCAL(spin)
  sub x0, x0, x1
  b LOCAL(spun)
LOCAL(disturbed):
  mov x0, #1
LOCAL(spun):
  ldp x27, x30, [sp], #16
  .cfi_def_cfa_offset 0
  ret
END_FUNCTION(test_spin)

// void test_call_with_registers(void (*function)(), const uint64_t args[3],
//                               uint64_t registers[16])
// loads x0 to x15 and stores what the function leaves in them.
FUNCTION(test_call_with_registers)
  stp x29, x30, [sp, #-16]!
  sub sp, sp, #48
  str x2, [sp, #32]
  mov x17, x0
  ldp x3, x4, [x1], #16
  stp x3, x4, [sp, #8]
  ldr x3, [x1]
  str x3, [sp, #24]
  mov x16, x2
  .macro EACH op
  \op x0, x1, [x16], #16
  \op x2, x3, [x16], #16
  \op x4, x5, [x16], #16
  \op x6, x7, [x16], #16
  \op x8, x9, [x16], #16
  \op x10, x11, [x16], #16
  \op x12, x13, [x16], #16
  \op x14, x15, [x16], #16
  .endm
  EACH ldp
  blr x17
  ldr x16, [sp, #32]
  EACH stp
  add sp, sp, #48
  ldp x29, x30, [sp], #16
  ret
END_FUNCTION(test_call_with_registers)

  .bss
  .globl test_injections
  .balign 8
test_injections: .zero 8

  .section .rodata
  .balign 8
  .globl test_duffzero_block, test_duffzero_step, test_duffcopy_block
  .globl test_changed_by_move, test_changed_by_clear
test_duffzero_block: .quad 4
test_duffzero_step: .quad 16
test_duffcopy_block: .quad 8
test_changed_by_move: .quad 0x3ff << 3
test_changed_by_clear: .quad 1 << 0 | 1 << 1 | 0x1f << 3 | 1 << 9

END_FILE
