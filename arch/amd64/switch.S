// SPDX-License-Identifier: BSD-3-Clause
//
// amd64: the instructions that change stacks. Interface and picture: arch/switch.h; the entries
// from Go have their own switch in arch/amd64/stub.h.
//
// C++ follows the System V ABI: RBX RBP R12-R15 survive a call and SP is 16-aligned at one. Go code
// follows ABI0: only SP and RBP survive, 8-aligned. So whoever calls Go from C++ saves everything
// here.
//
// Before: arch/amd64/context.h   After: arch/amd64/goroutine.s
#include "asm/asm_offsets.h"
#include "asm/macros.h"

// void gort_asm_gogo(abi::gobuf* buf)                   from C++ on the system stack; never returns
//   in:  rdi = buf        out: g, SP, BP, DX = context, AX = ret, CX = g, at buf->pc
//        CX: where gc's stack check leaves g for the code behind it, which gortmovestack resumes
//        (stack/grow.cc)
//   *tlsg = buf->g; rsp = take(buf->sp); rax = take(buf->ret); rdx = take(buf->ctxt); rbp =
//   take(buf->bp); goto buf->pc
FUNCTION(gort_asm_gogo)
  mov Gobuf_g(%rdi), %rcx
  mov Gobuf_pc(%rdi), %rbx
  mov Gobuf_ret(%rdi), %rax
  mov Gobuf_ctxt(%rdi), %rdx
  mov Gobuf_bp(%rdi), %rbp
  mov %rcx, %fs:runtime.tlsg@tpoff
  mov Gobuf_sp(%rdi), %rsp
  xor %esi, %esi
  mov %rsi, Gobuf_sp(%rdi)
  mov %rsi, Gobuf_ret(%rdi)
  mov %rsi, Gobuf_ctxt(%rdi)
  mov %rsi, Gobuf_bp(%rdi)
  jmp *%rbx
END_FUNCTION(gort_asm_gogo)

// void gort_asm_run_thread(abi::g* g0, void (*fn)(void*), void* arg)
//   from C++ on the thread's own stack
//   in:  rdi, rsi, rdx    stack: six saved registers and the old g; g0->sched.sp is the 16-aligned
//                         SP below
//   save; tlsg = g0; g0->sched = {rsp, .Lthread_done, g0}; fn(arg);
//   thread_done: restore; return                            reached by fn's return or by
//   GoGo(&g0->sched)
FUNCTION(gort_asm_run_thread)
  push %rbp
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %rbp, 0
  push %rbx
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %rbx, 0
  push %r12
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %r12, 0
  push %r13
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %r13, 0
  push %r14
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %r14, 0
  push %r15
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %r15, 0
  push %fs:runtime.tlsg@tpoff
  .cfi_adjust_cfa_offset 8
  mov %rdi, %fs:runtime.tlsg@tpoff
  lea LOCAL(thread_done)(%rip), %rax
  mov %rax, (G_sched + Gobuf_pc)(%rdi)
  mov %rsp, (G_sched + Gobuf_sp)(%rdi)
  mov %rdi, (G_sched + Gobuf_g)(%rdi)
  mov %rdx, %rdi
  call *%rsi
LOCAL(thread_done):
  pop %fs:runtime.tlsg@tpoff
  .cfi_adjust_cfa_offset -8
  pop %r15
  .cfi_adjust_cfa_offset -8
  pop %r14
  .cfi_adjust_cfa_offset -8
  pop %r13
  .cfi_adjust_cfa_offset -8
  pop %r12
  .cfi_adjust_cfa_offset -8
  pop %rbx
  .cfi_adjust_cfa_offset -8
  pop %rbp
  .cfi_adjust_cfa_offset -8
  ret
END_FUNCTION(gort_asm_run_thread)

// void gort_asm_call_on_stack(void (*fn)(void*), void* arg, uintptr_t sp)                  from C++
//   in:  rdi, rsi, rdx    out: as a call
//   rbp = rsp; rsp = sp & ~15; fn(arg); rsp = rbp
FUNCTION(gort_asm_call_on_stack)
  push %rbp
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %rbp, 0
  mov %rsp, %rbp
  .cfi_def_cfa_register %rbp
  mov %rdx, %rsp
  and $-16, %rsp
  mov %rdi, %rax
  mov %rsi, %rdi
  call *%rax
  mov %rbp, %rsp
  .cfi_def_cfa_register %rsp
  pop %rbp
  .cfi_adjust_cfa_offset -8
  ret
END_FUNCTION(gort_asm_call_on_stack)

// void gort_asm_call_go(abi::funcval* fn, void* args, size_t size)     from C++ on the system stack
//   in:  rdi, rsi, rdx    Go code keeps SP and RBP only
//   block = alloca(size); copy(block, args); DX = fn; call fn->fn; copy(args, block)
FUNCTION(gort_asm_call_go)
  push %rbp
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %rbp, 0
  mov %rsp, %rbp
  .cfi_def_cfa_register %rbp
  push %rbx
  .cfi_rel_offset %rbx, -8
  push %r12
  .cfi_rel_offset %r12, -16
  push %r13
  .cfi_rel_offset %r13, -24
  push %r14
  .cfi_rel_offset %r14, -32
  push %r15
  .cfi_rel_offset %r15, -40
  push %rsi                    // args, -48(%rbp)
  push %rdx                    // size, -56(%rbp)
  sub %rdx, %rsp
  and $-16, %rsp
  mov %rdx, %rcx
  mov %rdi, %rdx               // context
  mov %rsp, %rdi
  rep movsb
  call *Funcval_fn(%rdx)
  mov %rsp, %rsi
  mov -48(%rbp), %rdi
  mov -56(%rbp), %rcx
  rep movsb
  lea -40(%rbp), %rsp
  pop %r15
  pop %r14
  pop %r13
  pop %r12
  pop %rbx
  pop %rbp
  .cfi_def_cfa %rsp, 8
  ret
END_FUNCTION(gort_asm_call_go)

END_FILE
