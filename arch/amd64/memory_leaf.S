// SPDX-License-Identifier: BSD-3-Clause
//
// amd64: moving and clearing memory, for compiled code (memmove, memclrNoHeapPointers) and for C++
// of ours.
//
// What is promised beyond the C library: an aligned word is read and written whole, so that the
// collector, which reads pointers while they are moved, never sees half of one. So there is no `rep
// movsb` here; vector accesses of aligned words keep the promise on every x86-64 made.
//
// Up to 256 bytes everything is loaded before anything is stored, from both ends with an overlap in
// the middle, so neither the exact size nor the overlap of the two regions matters:
//
//      n = 40:  [-- first 16 --][-- second 16 --]
//                       [-- last 32 ..........--]
//
// Above, a loop of 128 bytes stores to aligned addresses. It starts at the end that the other
// region does not reach first; the first 32 and the last 128 bytes are loaded before the loop and
// stored after it. Regions of at least 1 MB that do not overlap are stored past the caches, which
// they would only empty.
//
// No stack is used. Registers: rdi = to, rsi = from, rdx = n, as in C. From Go the three are on the
// stack.
//
// Before: arch/memory.h   After: arch/amd64/duff_leaf.S
#include "asm/asm_offsets.h"
#include "asm/macros.h"

#define kPastCaches 0x100000

// func memmove(to, from unsafe.Pointer, n uintptr)       from compiled code and reflect; also as C:
// void gort_asm_move(void* to, const void* from, size_t n)
//   in:  SP + 8 = to, from, n     out: all registers but SP, BP, R12 to R15, BX may change
FUNCTION(runtime.memmove)
  .globl reflect.memmove
  .hidden reflect.memmove
reflect.memmove:
  mov 8(%rsp), %rdi
  mov 16(%rsp), %rsi
  mov 24(%rsp), %rdx
  .globl gort_asm_move
  .hidden gort_asm_move
  .type gort_asm_move, %function
gort_asm_move:
  cmp $16, %rdx
  ja LOCAL(move_17_or_more)
  cmp $8, %rdx
  jae LOCAL(move_8_to_16)
  cmp $4, %rdx
  jae LOCAL(move_4_to_7)
  test %rdx, %rdx
  je LOCAL(move_0)
  movzbl (%rsi), %eax
  cmp $2, %rdx
  jb LOCAL(move_1)
  movzwl -2(%rsi, %rdx), %ecx
  mov %cx, -2(%rdi, %rdx)
LOCAL(move_1):
  mov %al, (%rdi)
LOCAL(move_0):
  ret
LOCAL(move_8_to_16):
  mov (%rsi), %rax
  mov -8(%rsi, %rdx), %rcx
  mov %rax, (%rdi)
  mov %rcx, -8(%rdi, %rdx)
  ret
LOCAL(move_4_to_7):
  mov (%rsi), %eax
  mov -4(%rsi, %rdx), %ecx
  mov %eax, (%rdi)
  mov %ecx, -4(%rdi, %rdx)
  ret

LOCAL(move_17_or_more):
  cmp $32, %rdx
  ja LOCAL(move_33_or_more)
  movups (%rsi), %xmm0
  movups -16(%rsi, %rdx), %xmm1
  movups %xmm0, (%rdi)
  movups %xmm1, -16(%rdi, %rdx)
  ret
LOCAL(move_33_or_more):
  cmp $64, %rdx
  ja LOCAL(move_65_or_more)
  movups (%rsi), %xmm0
  movups 16(%rsi), %xmm1
  movups -32(%rsi, %rdx), %xmm2
  movups -16(%rsi, %rdx), %xmm3
  movups %xmm0, (%rdi)
  movups %xmm1, 16(%rdi)
  movups %xmm2, -32(%rdi, %rdx)
  movups %xmm3, -16(%rdi, %rdx)
  ret
LOCAL(move_65_or_more):
  cmpb $0, gort_features + Features_wide_move(%rip)
  je LOCAL(move_narrow)

  cmp $128, %rdx
  ja LOCAL(wide_129_or_more)
  vmovups (%rsi), %ymm0
  vmovups 32(%rsi), %ymm1
  vmovups -64(%rsi, %rdx), %ymm2
  vmovups -32(%rsi, %rdx), %ymm3
  vmovups %ymm0, (%rdi)
  vmovups %ymm1, 32(%rdi)
  vmovups %ymm2, -64(%rdi, %rdx)
  vmovups %ymm3, -32(%rdi, %rdx)
  vzeroupper
  ret
LOCAL(wide_129_or_more):
  vmovups -128(%rsi, %rdx), %ymm4
  vmovups -96(%rsi, %rdx), %ymm5
  vmovups -64(%rsi, %rdx), %ymm6
  vmovups -32(%rsi, %rdx), %ymm7
  vmovups (%rsi), %ymm0
  cmp $256, %rdx
  ja LOCAL(wide_257_or_more)
  vmovups 32(%rsi), %ymm1
  vmovups 64(%rsi), %ymm2
  vmovups 96(%rsi), %ymm3
  vmovups %ymm0, (%rdi)
  vmovups %ymm1, 32(%rdi)
  vmovups %ymm2, 64(%rdi)
  vmovups %ymm3, 96(%rdi)
LOCAL(wide_store_end):
  vmovups %ymm4, -128(%rdi, %rdx)
  vmovups %ymm5, -96(%rdi, %rdx)
  vmovups %ymm6, -64(%rdi, %rdx)
  vmovups %ymm7, -32(%rdi, %rdx)
  vzeroupper
  ret

LOCAL(wide_257_or_more):
  mov %rdi, %rax
  sub %rsi, %rax               // to - from; below n as unsigned: `to` begins inside `from`
  je LOCAL(wide_same)
  cmp %rdx, %rax
  jb LOCAL(wide_backward)
  // Forward. r8 = first address of the loop, aligned, in (to, to + 32]; rcx = from - to; r9 = to +
  // n - 128.
  lea 32(%rdi), %r8
  and $-32, %r8
  mov %rsi, %rcx
  sub %rdi, %rcx
  lea -128(%rdi, %rdx), %r9
  cmp $kPastCaches, %rdx
  jae LOCAL(wide_very_large)
  .balign 32
LOCAL(wide_forward_loop):
  vmovups (%r8, %rcx), %ymm8
  vmovups 32(%r8, %rcx), %ymm9
  vmovups 64(%r8, %rcx), %ymm10
  vmovups 96(%r8, %rcx), %ymm11
  vmovaps %ymm8, (%r8)
  vmovaps %ymm9, 32(%r8)
  vmovaps %ymm10, 64(%r8)
  vmovaps %ymm11, 96(%r8)
  sub $-128, %r8
  cmp %r9, %r8
  jb LOCAL(wide_forward_loop)
  vmovups %ymm0, (%rdi)
  jmp LOCAL(wide_store_end)
LOCAL(wide_very_large):
  mov %rsi, %rax
  sub %rdi, %rax               // from - to; below n: `from` begins inside `to`: keep the order
  cmp %rdx, %rax
  jb LOCAL(wide_forward_loop)
  .balign 32
LOCAL(wide_past_caches_loop):
  prefetchnta 1024(%r8, %rcx)
  prefetchnta 1088(%r8, %rcx)
  vmovups (%r8, %rcx), %ymm8
  vmovups 32(%r8, %rcx), %ymm9
  vmovups 64(%r8, %rcx), %ymm10
  vmovups 96(%r8, %rcx), %ymm11
  vmovntps %ymm8, (%r8)
  vmovntps %ymm9, 32(%r8)
  vmovntps %ymm10, 64(%r8)
  vmovntps %ymm11, 96(%r8)
  sub $-128, %r8
  cmp %r9, %r8
  jb LOCAL(wide_past_caches_loop)
  sfence
  vmovups %ymm0, (%rdi)
  jmp LOCAL(wide_store_end)
LOCAL(wide_same):
  vzeroupper
  ret
LOCAL(wide_backward):
  // r8 = end of the loop's next block, aligned, in [to + n - 32, to + n); r9 = to + 128.
  vmovups 32(%rsi), %ymm1
  vmovups 64(%rsi), %ymm2
  vmovups 96(%rsi), %ymm3
  lea -1(%rdi, %rdx), %r8
  and $-32, %r8
  mov %rsi, %rcx
  sub %rdi, %rcx
  lea 128(%rdi), %r9
  .balign 32
LOCAL(wide_backward_loop):
  vmovups -32(%r8, %rcx), %ymm8
  vmovups -64(%r8, %rcx), %ymm9
  vmovups -96(%r8, %rcx), %ymm10
  vmovups -128(%r8, %rcx), %ymm11
  vmovaps %ymm8, -32(%r8)
  vmovaps %ymm9, -64(%r8)
  vmovaps %ymm10, -96(%r8)
  vmovaps %ymm11, -128(%r8)
  add $-128, %r8
  cmp %r9, %r8
  ja LOCAL(wide_backward_loop)
  vmovups %ymm0, (%rdi)
  vmovups %ymm1, 32(%rdi)
  vmovups %ymm2, 64(%rdi)
  vmovups %ymm3, 96(%rdi)
  vmovups %ymm7, -32(%rdi, %rdx)
  vzeroupper
  ret

// The same with 16-byte vectors, for cpus without wider ones: 64 bytes per turn.
LOCAL(move_narrow):
  movups -64(%rsi, %rdx), %xmm4
  movups -48(%rsi, %rdx), %xmm5
  movups -32(%rsi, %rdx), %xmm6
  movups -16(%rsi, %rdx), %xmm7
  movups (%rsi), %xmm0
  movups 16(%rsi), %xmm1
  movups 32(%rsi), %xmm2
  movups 48(%rsi), %xmm3
  cmp $128, %rdx
  jbe LOCAL(narrow_store_both)
  mov %rdi, %rax
  sub %rsi, %rax
  je LOCAL(move_0)
  mov %rsi, %rcx
  sub %rdi, %rcx
  cmp %rdx, %rax
  jb LOCAL(narrow_backward)
  lea 16(%rdi), %r8
  and $-16, %r8
  lea -64(%rdi, %rdx), %r9
LOCAL(narrow_forward_loop):
  movups (%r8, %rcx), %xmm8
  movups 16(%r8, %rcx), %xmm9
  movups 32(%r8, %rcx), %xmm10
  movups 48(%r8, %rcx), %xmm11
  movaps %xmm8, (%r8)
  movaps %xmm9, 16(%r8)
  movaps %xmm10, 32(%r8)
  movaps %xmm11, 48(%r8)
  add $64, %r8
  cmp %r9, %r8
  jb LOCAL(narrow_forward_loop)
  movups %xmm0, (%rdi)
  jmp LOCAL(narrow_store_end)
LOCAL(narrow_backward):
  lea -1(%rdi, %rdx), %r8
  and $-16, %r8
  lea 64(%rdi), %r9
LOCAL(narrow_backward_loop):
  movups -16(%r8, %rcx), %xmm8
  movups -32(%r8, %rcx), %xmm9
  movups -48(%r8, %rcx), %xmm10
  movups -64(%r8, %rcx), %xmm11
  movaps %xmm8, -16(%r8)
  movaps %xmm9, -32(%r8)
  movaps %xmm10, -48(%r8)
  movaps %xmm11, -64(%r8)
  add $-64, %r8
  cmp %r9, %r8
  ja LOCAL(narrow_backward_loop)
LOCAL(narrow_store_both):
  movups %xmm0, (%rdi)
  movups %xmm1, 16(%rdi)
  movups %xmm2, 32(%rdi)
  movups %xmm3, 48(%rdi)
LOCAL(narrow_store_end):
  movups %xmm4, -64(%rdi, %rdx)
  movups %xmm5, -48(%rdi, %rdx)
  movups %xmm6, -32(%rdi, %rdx)
  movups %xmm7, -16(%rdi, %rdx)
  ret
END_FUNCTION(runtime.memmove)

// func memclrNoHeapPointers(ptr unsafe.Pointer, n uintptr)
//   from compiled code and reflect; also as C:
// void gort_asm_clear(void* to, size_t n)
//   in:  SP + 8 = ptr, n          out: as memmove
FUNCTION(runtime.memclrNoHeapPointers)
  .globl reflect.memclrNoHeapPointers
  .hidden reflect.memclrNoHeapPointers
reflect.memclrNoHeapPointers:
  mov 8(%rsp), %rdi
  mov 16(%rsp), %rsi
  .globl gort_asm_clear
  .hidden gort_asm_clear
  .type gort_asm_clear, %function
gort_asm_clear:
  cmp $16, %rsi
  ja LOCAL(clear_17_or_more)
  xor %eax, %eax
  cmp $8, %rsi
  jae LOCAL(clear_8_to_16)
  cmp $4, %rsi
  jae LOCAL(clear_4_to_7)
  test %rsi, %rsi
  je LOCAL(clear_0)
  mov %al, (%rdi)
  cmp $2, %rsi
  jb LOCAL(clear_0)
  mov %ax, -2(%rdi, %rsi)
LOCAL(clear_0):
  ret
LOCAL(clear_8_to_16):
  mov %rax, (%rdi)
  mov %rax, -8(%rdi, %rsi)
  ret
LOCAL(clear_4_to_7):
  mov %eax, (%rdi)
  mov %eax, -4(%rdi, %rsi)
  ret
LOCAL(clear_17_or_more):
  xorps %xmm0, %xmm0
  cmp $32, %rsi
  ja LOCAL(clear_33_or_more)
  movups %xmm0, (%rdi)
  movups %xmm0, -16(%rdi, %rsi)
  ret
LOCAL(clear_33_or_more):
  movups %xmm0, (%rdi)
  movups %xmm0, 16(%rdi)
  movups %xmm0, -32(%rdi, %rsi)
  movups %xmm0, -16(%rdi, %rsi)
  cmp $64, %rsi
  jbe LOCAL(clear_0)
  movups %xmm0, 32(%rdi)
  movups %xmm0, 48(%rdi)
  movups %xmm0, -64(%rdi, %rsi)
  movups %xmm0, -48(%rdi, %rsi)
  cmp $128, %rsi
  jbe LOCAL(clear_0)
  // The first and the last 64 bytes are done. r8 = first aligned address at most 64 above ptr; r9 =
  // ptr + n - 64.
  lea 64(%rdi), %r8
  lea -64(%rdi, %rsi), %r9
  cmpb $0, gort_features + Features_wide_move(%rip)
  je LOCAL(clear_narrow)
  and $-32, %r8
  vxorps %xmm0, %xmm0, %xmm0
  lea 128(%r8), %rax
  cmp %r9, %rax
  ja LOCAL(clear_wide_rest)
  .balign 32
LOCAL(clear_wide_loop):
  vmovaps %ymm0, (%r8)
  vmovaps %ymm0, 32(%r8)
  vmovaps %ymm0, 64(%r8)
  vmovaps %ymm0, 96(%r8)
  sub $-128, %r8
  lea 128(%r8), %rax
  cmp %r9, %rax
  jbe LOCAL(clear_wide_loop)
LOCAL(clear_wide_rest):
  cmp %r9, %r8
  jae LOCAL(clear_wide_done)
LOCAL(clear_wide_rest_loop):
  vmovaps %ymm0, (%r8)
  add $32, %r8
  cmp %r9, %r8
  jb LOCAL(clear_wide_rest_loop)
LOCAL(clear_wide_done):
  vzeroupper
  ret
LOCAL(clear_narrow):
  and $-16, %r8
LOCAL(clear_narrow_loop):
  movaps %xmm0, (%r8)
  add $16, %r8
  cmp %r9, %r8
  jb LOCAL(clear_narrow_loop)
  ret
END_FUNCTION(runtime.memclrNoHeapPointers)

END_FILE
