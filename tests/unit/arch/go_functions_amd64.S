// SPDX-License-Identifier: BSD-3-Clause
//
// Functions with gc's calling convention, for switch_test.cc: they clobber every register that Go
// code may clobber. And the call of one, for memory_test.cc.
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

// Calls test_entered(context, result register, SP) on the stack it was started on; it switches
// away.
FUNCTION(test_go_entry)
  mov %rdx, %rdi
  mov %rax, %rsi
  mov %rsp, %rdx
  and $-16, %rsp
  call test_entered
  ud2
END_FUNCTION(test_go_entry)

// void test_duffzero(void* to, size_t n): gc's rule. Blocks of 19 bytes clear 64; inside a block
// the last 4 bytes bump rdi and each 16 bytes still to clear in it need one store of 4 bytes, which
// expects rdi adjusted.
FUNCTION(test_duffzero)
  mov $1024, %eax
  sub %rsi, %rax               // bytes left out
  mov %rax, %rcx
  shr $6, %rax
  imul $19, %rax, %rax         // whole blocks left out
  and $63, %ecx                // bytes left out in the first block
  je LOCAL(whole)
  mov $64, %edx
  sub %rcx, %rdx               // bytes cleared in it
  sub %rcx, %rdi
  shr $2, %edx                 // stores of 4 bytes
  add $15, %rax
  sub %rdx, %rax
LOCAL(whole):
  xorps %xmm0, %xmm0
  lea runtime.duffzero(%rip), %rdx
  add %rdx, %rax
  jmp *%rax
END_FUNCTION(test_duffzero)

// void test_duffcopy(void* to, const void* from, size_t n): entry 14 * (64 - n/16)
FUNCTION(test_duffcopy)
  shr $4, %rdx
  mov $64, %eax
  sub %rdx, %rax
  imul $14, %rax, %rax
  lea runtime.duffcopy(%rip), %rdx
  add %rdx, %rax
  jmp *%rax
END_FUNCTION(test_duffcopy)

// Reads address 0x10 at test_fault_pc with known values in registers.
FUNCTION(test_fault)
  mov $0x1111, %ebx
  mov $0x2222, %r15d
  mov $0x10, %eax
  .globl test_fault_pc
test_fault_pc:
  mov (%rax), %rcx
  ud2
END_FUNCTION(test_fault)

// What a handler injects a call of: tells its return address and the SP after a return, and
// switches away.
FUNCTION(test_injected)
  mov (%rsp), %rdi
  lea 8(%rsp), %rsi
  and $-16, %rsp
  call test_saw_injected
  ud2
END_FUNCTION(test_injected)

// Counts in test_injections and returns to the interrupted instruction with everything as it was.
FUNCTION(test_injected_returning)
  pushf
  incq test_injections(%rip)
  popf
  ret
END_FUNCTION(test_injected_returning)

// uint64_t test_spin(): counts registers and flags up until test_injections is not 0; returns 0 if
// nothing was disturbed.
FUNCTION(test_spin)
  push %rbx
  .cfi_adjust_cfa_offset 8
  xor %eax, %eax
  xor %ebx, %ebx
LOCAL(spin):
  inc %rax
  inc %rbx
  cmp %rax, %rbx
  jne LOCAL(disturbed)
  cmpq $0, test_injections(%rip)
  je LOCAL(spin)
  sub %rbx, %rax
  pop %rbx
  .cfi_adjust_cfa_offset -8
  ret
  .cfi_adjust_cfa_offset 8
LOCAL(disturbed):
  mov $1, %eax
  pop %rbx
  .cfi_adjust_cfa_offset -8
  ret
END_FUNCTION(test_spin)

// void test_call_with_registers(void (*function)(), const uint64_t args[3],
//                               uint64_t registers[16])
// loads all registers but SP, which is number 4, and stores what the function leaves in them.
FUNCTION(test_call_with_registers)
  push %rbp
  push %rbx
  push %r12
  push %r13
  push %r14
  push %r15
  push %rdi
  push %rdx
  sub $24, %rsp
  .irp offset, 0, 8, 16
  mov \offset(%rsi), %rax
  mov %rax, \offset(%rsp)
  .endr
  mov %rdx, %rax
  .macro EACH op
  \op 8, %rcx
  \op 16, %rdx
  \op 24, %rbx
  \op 40, %rbp
  \op 48, %rsi
  \op 56, %rdi
  \op 64, %r8
  \op 72, %r9
  \op 80, %r10
  \op 88, %r11
  \op 96, %r12
  \op 104, %r13
  \op 112, %r14
  \op 120, %r15
  .endm
  .macro LOAD offset, register
  mov \offset(%rax), \register
  .endm
  .macro STORE offset, register
  mov \register, \offset(%rax)
  .endm
  EACH LOAD
  mov (%rax), %rax
  call *32(%rsp)
  xchg %rax, 24(%rsp)
  EACH STORE
  mov 24(%rsp), %rcx
  mov %rcx, (%rax)
  add $40, %rsp
  pop %r15
  pop %r14
  pop %r13
  pop %r12
  pop %rbx
  pop %rbp
  ret
END_FUNCTION(test_call_with_registers)

  .bss
  .globl test_injections
  .balign 8
test_injections: .zero 8

  .section .rodata
  .globl test_duffzero_block, test_duffzero_step, test_duffcopy_block
  .globl test_changed_by_move, test_changed_by_clear
test_duffzero_block: .quad 19
test_duffzero_step: .quad 64
test_duffcopy_block: .quad 14
test_changed_by_move: .quad 0b110111011011
test_changed_by_clear: .quad 0b000011011001

END_FILE
