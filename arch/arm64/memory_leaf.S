// SPDX-License-Identifier: BSD-3-Clause
//
// arm64: moving and clearing memory, for compiled code (memmove, memclrNoHeapPointers) and for C++
// of ours.
//
// What is promised beyond the C library: an aligned word is read and written whole, so that the
// collector, which reads pointers while they are moved, never sees half of one. Pairs of registers
// and vectors are read and written in units of at least 8 bytes where the address is aligned to 8.
//
// Up to 128 bytes everything is loaded before anything is stored, from both ends with an overlap in
// the middle, so neither the exact size nor the overlap of the two regions matters:
//
//      n = 40:  [-- first 16 --][-- second 16 --]
//                       [-- last 32 ..........--]
//
// Above, a loop of 64 bytes stores to aligned addresses. It starts at the end that the other region
// does not reach first; the first and the last bytes are loaded before the loop and stored after
// it.
//
// No stack is used. Registers: x10 = to, x11 = from, x12 = n. From Go the three are on the stack.
// The general registers that stock's functions leave alone are left alone: assembly of public
// packages may rely on it.
//
// Before: arch/memory.h   After: arch/arm64/duff_leaf.S
#include "asm/macros.h"

// func memmove(to, from unsafe.Pointer, n uintptr)       from compiled code and reflect
//   in:  SP + 8 = to, from, n     out: x3 to x8, x10 to x12 and vector registers may change
FUNCTION(runtime.memmove)
  .globl reflect.memmove
  .hidden reflect.memmove
reflect.memmove:
  ldp x10, x11, [sp, #8]
  ldr x12, [sp, #24]
LOCAL(move):
  add x3, x10, x12             // ends
  add x4, x11, x12
  cmp x12, #16
  b.hi LOCAL(move_17_or_more)
  cmp x12, #8
  b.hs LOCAL(move_8_to_16)
  cmp x12, #4
  b.hs LOCAL(move_4_to_7)
  cbz x12, LOCAL(move_0)
  ldrb w5, [x11]
  cmp x12, #2
  b.lo LOCAL(move_1)
  ldurh w6, [x4, #-2]
  sturh w6, [x3, #-2]
LOCAL(move_1):
  strb w5, [x10]
LOCAL(move_0):
  ret
LOCAL(move_8_to_16):
  ldr x5, [x11]
  ldur x6, [x4, #-8]
  str x5, [x10]
  stur x6, [x3, #-8]
  ret
LOCAL(move_4_to_7):
  ldr w5, [x11]
  ldur w6, [x4, #-4]
  str w5, [x10]
  stur w6, [x3, #-4]
  ret

LOCAL(move_17_or_more):
  cmp x12, #32
  b.hi LOCAL(move_33_or_more)
  ldr q0, [x11]
  ldur q1, [x4, #-16]
  str q0, [x10]
  stur q1, [x3, #-16]
  ret
LOCAL(move_33_or_more):
  ldp q0, q1, [x11]
  ldp q6, q7, [x4, #-32]
  cmp x12, #64
  b.hi LOCAL(move_65_or_more)
  stp q0, q1, [x10]
  stp q6, q7, [x3, #-32]
  ret
LOCAL(move_65_or_more):
  ldp q2, q3, [x11, #32]
  ldp q4, q5, [x4, #-64]
  cmp x12, #128
  b.hi LOCAL(move_129_or_more)
LOCAL(store_both):
  stp q0, q1, [x10]
  stp q2, q3, [x10, #32]
LOCAL(store_end):
  stp q4, q5, [x3, #-64]
  stp q6, q7, [x3, #-32]
  ret

LOCAL(move_129_or_more):
  sub x5, x10, x11             // to - from; below n as unsigned: `to` begins inside `from`
  cbz x5, LOCAL(move_0)
  cmp x5, x12
  b.lo LOCAL(backward)
  // x6 = first address of the loop, aligned, in (to, to + 16]; x7 = the same in `from`; x8 = to + n
  // - 64.
  add x6, x10, #16
  and x6, x6, #-16
  sub x7, x6, x5
  sub x8, x3, #64
LOCAL(forward_loop):
  ldp q16, q17, [x7]
  ldp q18, q19, [x7, #32]
  add x7, x7, #64
  stp q16, q17, [x6]
  stp q18, q19, [x6, #32]
  add x6, x6, #64
  cmp x6, x8
  b.lo LOCAL(forward_loop)
  str q0, [x10]
  b LOCAL(store_end)
LOCAL(backward):
  // x6 = end of the loop's next block, aligned, in [to + n - 16, to + n); x7 = the same in `from`;
  // x8 = to + 64.
  sub x6, x3, #1
  and x6, x6, #-16
  sub x7, x6, x5
  add x8, x10, #64
LOCAL(backward_loop):
  ldp q16, q17, [x7, #-32]
  ldp q18, q19, [x7, #-64]
  sub x7, x7, #64
  stp q16, q17, [x6, #-32]
  stp q18, q19, [x6, #-64]
  sub x6, x6, #64
  cmp x6, x8
  b.hi LOCAL(backward_loop)
  b LOCAL(store_both)

// void gort_asm_move(void* to, const void* from, size_t n)
  .globl gort_asm_move
  .hidden gort_asm_move
  .type gort_asm_move, %function
gort_asm_move:
  mov x10, x0
  mov x11, x1
  mov x12, x2
  b LOCAL(move)
END_FUNCTION(runtime.memmove)

// func memclrNoHeapPointers(ptr unsafe.Pointer, n uintptr)
//   from compiled code and reflect; also as C:
// void gort_asm_clear(void* to, size_t n)
//   in:  SP + 8 = ptr, n          out: x0, x1, x3 to x6 and vector registers may change
FUNCTION(runtime.memclrNoHeapPointers)
  .globl reflect.memclrNoHeapPointers
  .hidden reflect.memclrNoHeapPointers
reflect.memclrNoHeapPointers:
  ldp x0, x1, [sp, #8]
  .globl gort_asm_clear
  .hidden gort_asm_clear
  .type gort_asm_clear, %function
gort_asm_clear:
  add x3, x0, x1
  cmp x1, #16
  b.hi LOCAL(clear_17_or_more)
  cmp x1, #8
  b.hs LOCAL(clear_8_to_16)
  cmp x1, #4
  b.hs LOCAL(clear_4_to_7)
  cbz x1, LOCAL(clear_0)
  strb wzr, [x0]
  cmp x1, #2
  b.lo LOCAL(clear_0)
  sturh wzr, [x3, #-2]
LOCAL(clear_0):
  ret
LOCAL(clear_8_to_16):
  str xzr, [x0]
  stur xzr, [x3, #-8]
  ret
LOCAL(clear_4_to_7):
  str wzr, [x0]
  stur wzr, [x3, #-4]
  ret
LOCAL(clear_17_or_more):
  movi v0.16b, #0
  cmp x1, #32
  b.hi LOCAL(clear_33_or_more)
  str q0, [x0]
  stur q0, [x3, #-16]
  ret
LOCAL(clear_33_or_more):
  stp q0, q0, [x0]
  stp q0, q0, [x3, #-32]
  cmp x1, #64
  b.ls LOCAL(clear_0)
  stp q0, q0, [x0, #32]
  stp q0, q0, [x3, #-64]
  cmp x1, #128
  b.ls LOCAL(clear_0)
  // The first and the last 64 bytes are done. x4 = an aligned address at most 64 above ptr; x5 =
  // ptr + n - 64.
  add x4, x0, #64
  and x4, x4, #-64
  sub x5, x3, #64
  cmp x1, #1024
  b.hs LOCAL(clear_large)
LOCAL(clear_loop):
  stp q0, q0, [x4]
  stp q0, q0, [x4, #32]
  add x4, x4, #64
  cmp x4, x5
  b.lo LOCAL(clear_loop)
  ret
LOCAL(clear_large):
  // DC ZVA clears a whole cache line without reading it. Only where the cpu allows it and its block
  // is 64 bytes.
  mrs x6, dczid_el0
  cmp x6, #4
  b.ne LOCAL(clear_loop)
LOCAL(clear_line_loop):
  dc zva, x4
  add x4, x4, #64
  cmp x4, x5
  b.lo LOCAL(clear_line_loop)
  ret
END_FUNCTION(runtime.memclrNoHeapPointers)

END_FILE
