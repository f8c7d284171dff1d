// SPDX-License-Identifier: BSD-3-Clause
//
// arm64: the instructions that change stacks. Interface and picture: arch/switch.h; the entries
// from Go have their own switch in arch/arm64/stub.h.
//
// C++ follows the AAPCS64: X19-X29 and D8-D15 survive a call. Go code follows ABI0: only SP, X28
// (g) and X29 survive, and it stores X29 below its SP. So whoever calls Go from C++ saves
// everything here.
//
// Before: arch/arm64/context.h   After: arch/arm64/goroutine.s
#include "asm/asm_offsets.h"
#include "asm/macros.h"

// A frame with every register that C++ wants back: 160 bytes, X29 = its bottom.
.macro SAVE_CALLEE_SAVED
  stp x29, x30, [sp, #-160]!
  .cfi_def_cfa_offset 160
  .cfi_offset x29, -160
  .cfi_offset x30, -152
  mov x29, sp
  stp x19, x20, [sp, #16]
  .cfi_offset x19, -144
  .cfi_offset x20, -136
  stp x21, x22, [sp, #32]
  .cfi_offset x21, -128
  .cfi_offset x22, -120
  stp x23, x24, [sp, #48]
  .cfi_offset x23, -112
  .cfi_offset x24, -104
  stp x25, x26, [sp, #64]
  .cfi_offset x25, -96
  .cfi_offset x26, -88
  stp x27, x28, [sp, #80]
  .cfi_offset x27, -80
  .cfi_offset x28, -72
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
.endm

.macro RESTORE_CALLEE_SAVED
  ldp x19, x20, [sp, #16]
  ldp x21, x22, [sp, #32]
  ldp x23, x24, [sp, #48]
  ldp x25, x26, [sp, #64]
  ldp x27, x28, [sp, #80]
  ldp d8, d9, [sp, #96]
  ldp d10, d11, [sp, #112]
  ldp d12, d13, [sp, #128]
  ldp d14, d15, [sp, #144]
  ldp x29, x30, [sp], #160
  .cfi_def_cfa_offset 0
.endm

// void gort_asm_gogo(abi::gobuf* buf)                   from C++ on the system stack; never returns
//   in:  x0 = buf         out: g, SP, LR, R29, R26 = context, R0 = ret, at buf->pc
//   x28 = buf->g; sp = take(buf->sp); x0 = take(buf->ret); x26 = take(buf->ctxt); x29 =
//   take(buf->bp); x30 = buf->lr; goto buf->pc
FUNCTION(gort_asm_gogo)
  ldr x28, [x0, #Gobuf_g]
  ldr x1, [x0, #Gobuf_sp]
  ldr x2, [x0, #Gobuf_ret]
  ldr x26, [x0, #Gobuf_ctxt]
  ldr x29, [x0, #Gobuf_bp]
  ldr x30, [x0, #Gobuf_lr]
  ldr x3, [x0, #Gobuf_pc]
  mov sp, x1
  str xzr, [x0, #Gobuf_sp]
  str xzr, [x0, #Gobuf_ret]
  str xzr, [x0, #Gobuf_ctxt]
  str xzr, [x0, #Gobuf_lr]
  str xzr, [x0, #Gobuf_bp]
  mov x0, x2
  br x3
END_FUNCTION(gort_asm_gogo)

// void gort_asm_run_thread(abi::g* g0, void (*fn)(void*), void* arg)
//   from C++ on the thread's own stack
//   in:  x0, x1, x2       stack: all callee-saved registers; g0->sched.sp is the SP below them
//   save; x28 = g0; g0->sched = {sp, .Lthread_done, g0}; fn(arg);
//   thread_done: restore; return                            reached by fn's return or by
//   GoGo(&g0->sched)
FUNCTION(gort_asm_run_thread)
  SAVE_CALLEE_SAVED
  mov x28, x0
  adr x3, LOCAL(thread_done)
  mov x4, sp
  str x3, [x0, #(G_sched + Gobuf_pc)]
  str x4, [x0, #(G_sched + Gobuf_sp)]
  str x0, [x0, #(G_sched + Gobuf_g)]
  mov x0, x2
  blr x1
LOCAL(thread_done):
  RESTORE_CALLEE_SAVED
  ret
END_FUNCTION(gort_asm_run_thread)

// void gort_asm_call_on_stack(void (*fn)(void*), void* arg, uintptr_t sp)                  from C++
//   in:  x0, x1, x2       out: as a call
//   x29 = sp; sp = new & ~15; fn(arg); sp = x29
FUNCTION(gort_asm_call_on_stack)
  stp x29, x30, [sp, #-16]!
  .cfi_def_cfa_offset 16
  .cfi_offset x29, -16
  .cfi_offset x30, -8
  mov x29, sp
  .cfi_def_cfa_register x29
  and x2, x2, #-16
  mov sp, x2
  mov x3, x0
  mov x0, x1
  blr x3
  mov sp, x29
  .cfi_def_cfa_register sp
  ldp x29, x30, [sp], #16
  .cfi_def_cfa_offset 0
  ret
END_FUNCTION(gort_asm_call_on_stack)

// void gort_asm_call_go(abi::funcval* fn, void* args, size_t size)     from C++ on the system stack
//   in:  x0, x1, x2       Go code keeps SP, X28 and X29 only
//   block = alloca(8 + size); copy(block + 8, args); X26 = fn; call fn->fn; copy(args, block + 8)
FUNCTION(gort_asm_call_go)
  SAVE_CALLEE_SAVED
  .cfi_def_cfa x29, 160
  stp x1, x2, [sp, #-16]!      // args, size at x29 - 16
  add x3, x2, #(8 + 15)
  and x3, x3, #-16
  sub x4, sp, x3
  mov sp, x4
  mov x26, x0
  add x5, sp, #8
  cbz x2, LOCAL(args_in)
LOCAL(copy_in):
  ldrb w6, [x1], #1
  strb w6, [x5], #1
  subs x2, x2, #1
  b.ne LOCAL(copy_in)
LOCAL(args_in):
  ldr x6, [x26, #Funcval_fn]
  blr x6
  ldp x1, x2, [x29, #-16]
  add x5, sp, #8
  cbz x2, LOCAL(results_out)
LOCAL(copy_out):
  ldrb w6, [x5], #1
  strb w6, [x1], #1
  subs x2, x2, #1
  b.ne LOCAL(copy_out)
LOCAL(results_out):
  mov sp, x29
  .cfi_def_cfa sp, 160
  RESTORE_CALLEE_SAVED
  ret
END_FUNCTION(gort_asm_call_go)

// The M of this thread, for signal handlers (arch/arm64/tls.h).
  .section .tbss, "awT", %nobits
  .globl gort_thread_g0
  .hidden gort_thread_g0
  .type gort_thread_g0, %object
  .balign 8
gort_thread_g0:
  .zero 8
  .size gort_thread_g0, 8

END_FILE
