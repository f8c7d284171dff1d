// SPDX-License-Identifier: BSD-3-Clause
//
// amd64: calling leaf entries from tests, and the slow twins they continue in (in a program: stubs
// that go to the system stack).
//
// Before: tests/support/leaf_call.h   After: tests/unit/lang/slow_twins.h
#include "asm/macros.h"
#include "tests/unit/lang/slow_twins.h"

// void gort_test_call_leaf(void (*leaf)(), void* args, size_t size): size is a multiple of 8.
FUNCTION(gort_test_call_leaf)
  push %rbp
  mov %rsp, %rbp
  push %rbx
  push %r12
  push %r13
  push %r14
  mov %rsi, %rbx
  mov %rdx, %r12
  mov %rdi, %rax
  sub %rdx, %rsp
  and $-16, %rsp
  mov %rsp, %rdi
  mov %rdx, %rcx
  rep movsb
  call *%rax
  mov %rsp, %rsi
  mov %rbx, %rdi
  mov %r12, %rcx
  rep movsb
  lea -32(%rbp), %rsp
  pop %r14
  pop %r13
  pop %r12
  pop %rbx
  pop %rbp
  ret
END_FUNCTION(gort_test_call_leaf)

.macro SLOW name
  .globl gort_tail.\name
gort_tail.\name:
  lea 8(%rsp), %rdi
  push %rbp
  mov %rsp, %rbp
  and $-16, %rsp
  call gort_\name
  leave
  ret
.endm

  .text
  SLOW_TWINS
END_FILE
