// SPDX-License-Identifier: BSD-3-Clause
//
// Functions with gc's calling convention, for switch_test.cc. They clobber every register that Go code may clobber.
//
// Before: tests/unit/arch/switch_test.cc
#include "asm/macros.h"

.macro CLOBBER
  mov $0x5151, %ebx
  mov %rbx, %r12
  mov %rbx, %r13
  mov %rbx, %r14
  mov %rbx, %r15
  mov %rbx, %rsi
  mov %rbx, %rdi
  mov %rbx, %r8
.endm

// func goAdd(a, b int) (sum int, context *funcval)
FUNCTION(test_go_add)
  mov 8(%rsp), %rax
  add 16(%rsp), %rax
  mov %rax, 24(%rsp)
  mov %rdx, 32(%rsp)
  CLOBBER
  ret
END_FUNCTION(test_go_add)

// Calls test_entered(context, result register, SP) on the stack it was started on; it switches away.
FUNCTION(test_go_entry)
  mov %rdx, %rdi
  mov %rax, %rsi
  mov %rsp, %rdx
  and $-16, %rsp
  call test_entered
  ud2
END_FUNCTION(test_go_entry)

END_FILE
