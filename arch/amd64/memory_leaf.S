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
// No stack is used. Registers: rdi = to, rsi = from, r10 = n. From Go the three are on the stack,
// from C++ n is in rdx. What stock's functions leave alone is left alone: assembly of public
// packages relies on it (klauspost/compress/s2 keeps an offset in DX while it calls memmove).
//
// Before: arch/memory.h   After: arch/amd64/duff_leaf.S
#include "asm/asm_offsets.h"
#include "asm/macros.h"

#define kPastCaches 0x100000

// func memmove(to, from unsafe.Pointer, n uintptr)       from compiled code and reflect
//   in:  SP + 8 = to, from, n     out: AX, CX, SI, DI, R8, R10, R11 and vector registers may change
FUNCTION(runtime.memmove)
  .globl reflect.memmove
  .hidden reflect.memmove
reflect.memmove:
  mov 8(%rsp), %rdi
  mov 16(%rsp), %rsi
  mov 24(%rsp), %r10
LOCAL(move):
  cmp $16, %r10
  ja LOCAL(move_17_or_more)
  cmp $8, %r10
  jae LOCAL(move_8_to_16)
  cmp $4, %r10
  jae LOCAL(move_4_to_7)
  test %r10, %r10
  je LOCAL(move_0)
  movzbl (%rsi), %eax
  cmp $2, %r10
  jb LOCAL(move_1)
  movzwl -2(%rsi, %r10), %ecx
  mov %cx, -2(%rdi, %r10)
LOCAL(move_1):
  mov %al, (%rdi)
LOCAL(move_0):
  ret
LOCAL(move_8_to_16):
  mov (%rsi), %rax
  mov -8(%rsi, %r10), %rcx
  mov %rax, (%rdi)
  mov %rcx, -8(%rdi, %r10)
  ret
LOCAL(move_4_to_7):
  mov (%rsi), %eax
  mov -4(%rsi, %r10), %ecx
  mov %eax, (%rdi)
  mov %ecx, -4(%rdi, %r10)
  ret

LOCAL(move_17_or_more):
  cmp $32, %r10
  ja LOCAL(move_33_or_more)
  movups (%rsi), %xmm0
  movups -16(%rsi, %r10), %xmm1
  movups %xmm0, (%rdi)
  movups %xmm1, -16(%rdi, %r10)
  ret
LOCAL(move_33_or_more):
  cmp $64, %r10
  ja LOCAL(move_65_or_more)
  movups (%rsi), %xmm0
  movups 16(%rsi), %xmm1
  movups -32(%rsi, %r10), %xmm2
  movups -16(%rsi, %r10), %xmm3
  movups %xmm0, (%rdi)
  movups %xmm1, 16(%rdi)
  movups %xmm2, -32(%rdi, %r10)
  movups %xmm3, -16(%rdi, %r10)
  ret
LOCAL(move_65_or_more):
  cmpb $0, gort_features + Features_wide_move(%rip)
  je LOCAL(move_narrow)

  cmp $128, %r10
  ja LOCAL(wide_129_or_more)
  vmovups (%rsi), %ymm0
  vmovups 32(%rsi), %ymm1
  vmovups -64(%rsi, %r10), %ymm2
  vmovups -32(%rsi, %r10), %ymm3
  vmovups %ymm0, (%rdi)
  vmovups %ymm1, 32(%rdi)
  vmovups %ymm2, -64(%rdi, %r10)
  vmovups %ymm3, -32(%rdi, %r10)
  vzeroupper
  ret
LOCAL(wide_129_or_more):
  vmovups -128(%rsi, %r10), %ymm4
  vmovups -96(%rsi, %r10), %ymm5
  vmovups -64(%rsi, %r10), %ymm6
  vmovups -32(%rsi, %r10), %ymm7
  vmovups (%rsi), %ymm0
  cmp $256, %r10
  ja LOCAL(wide_257_or_more)
  vmovups 32(%rsi), %ymm1
  vmovups 64(%rsi), %ymm2
  vmovups 96(%rsi), %ymm3
  vmovups %ymm0, (%rdi)
  vmovups %ymm1, 32(%rdi)
  vmovups %ymm2, 64(%rdi)
  vmovups %ymm3, 96(%rdi)
LOCAL(wide_store_end):
  vmovups %ymm4, -128(%rdi, %r10)
  vmovups %ymm5, -96(%rdi, %r10)
  vmovups %ymm6, -64(%rdi, %r10)
  vmovups %ymm7, -32(%rdi, %r10)
  vzeroupper
  ret

LOCAL(wide_257_or_more):
  mov %rdi, %rax
  sub %rsi, %rax               // to - from; below n as unsigned: `to` begins inside `from`
  je LOCAL(wide_same)
  cmp %r10, %rax
  jb LOCAL(wide_backward)
  // Forward. r8 = first address of the loop, aligned, in (to, to + 32]; rcx = from - to; r11 = to +
  // n - 128.
  lea 32(%rdi), %r8
  and $-32, %r8
  mov %rsi, %rcx
  sub %rdi, %rcx
  lea -128(%rdi, %r10), %r11
  cmp $kPastCaches, %r10
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
  cmp %r11, %r8
  jb LOCAL(wide_forward_loop)
  vmovups %ymm0, (%rdi)
  jmp LOCAL(wide_store_end)
LOCAL(wide_very_large):
  mov %rsi, %rax
  sub %rdi, %rax               // from - to; below n: `from` begins inside `to`: keep the order
  cmp %r10, %rax
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
  cmp %r11, %r8
  jb LOCAL(wide_past_caches_loop)
  sfence
  vmovups %ymm0, (%rdi)
  jmp LOCAL(wide_store_end)
LOCAL(wide_same):
  vzeroupper
  ret
LOCAL(wide_backward):
  // r8 = end of the loop's next block, aligned, in [to + n - 32, to + n); r11 = to + 128.
  vmovups 32(%rsi), %ymm1
  vmovups 64(%rsi), %ymm2
  vmovups 96(%rsi), %ymm3
  lea -1(%rdi, %r10), %r8
  and $-32, %r8
  mov %rsi, %rcx
  sub %rdi, %rcx
  lea 128(%rdi), %r11
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
  cmp %r11, %r8
  ja LOCAL(wide_backward_loop)
  vmovups %ymm0, (%rdi)
  vmovups %ymm1, 32(%rdi)
  vmovups %ymm2, 64(%rdi)
  vmovups %ymm3, 96(%rdi)
  vmovups %ymm7, -32(%rdi, %r10)
  vzeroupper
  ret

// The same with 16-byte vectors, for cpus without wider ones: 64 bytes per turn.
LOCAL(move_narrow):
  movups -64(%rsi, %r10), %xmm4
  movups -48(%rsi, %r10), %xmm5
  movups -32(%rsi, %r10), %xmm6
  movups -16(%rsi, %r10), %xmm7
  movups (%rsi), %xmm0
  movups 16(%rsi), %xmm1
  movups 32(%rsi), %xmm2
  movups 48(%rsi), %xmm3
  cmp $128, %r10
  jbe LOCAL(narrow_store_both)
  mov %rdi, %rax
  sub %rsi, %rax
  je LOCAL(move_0)
  mov %rsi, %rcx
  sub %rdi, %rcx
  cmp %r10, %rax
  jb LOCAL(narrow_backward)
  lea 16(%rdi), %r8
  and $-16, %r8
  lea -64(%rdi, %r10), %r11
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
  cmp %r11, %r8
  jb LOCAL(narrow_forward_loop)
  movups %xmm0, (%rdi)
  jmp LOCAL(narrow_store_end)
LOCAL(narrow_backward):
  lea -1(%rdi, %r10), %r8
  and $-16, %r8
  lea 64(%rdi), %r11
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
  cmp %r11, %r8
  ja LOCAL(narrow_backward_loop)
LOCAL(narrow_store_both):
  movups %xmm0, (%rdi)
  movups %xmm1, 16(%rdi)
  movups %xmm2, 32(%rdi)
  movups %xmm3, 48(%rdi)
LOCAL(narrow_store_end):
  movups %xmm4, -64(%rdi, %r10)
  movups %xmm5, -48(%rdi, %r10)
  movups %xmm6, -32(%rdi, %r10)
  movups %xmm7, -16(%rdi, %r10)
  ret

// void gort_asm_move(void* to, const void* from, size_t n)
  .globl gort_asm_move
  .hidden gort_asm_move
  .type gort_asm_move, %function
gort_asm_move:
  mov %rdx, %r10
  jmp LOCAL(move)
END_FUNCTION(runtime.memmove)

// func memclrNoHeapPointers(ptr unsafe.Pointer, n uintptr)
//   from compiled code and reflect; also as C:
// void gort_asm_clear(void* to, size_t n)
//   in:  SP + 8 = ptr, n          out: AX, SI, DI and vector registers may change
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
  // The first and the last 64 bytes are done. rdi = first aligned address at most 64 above ptr; rsi
  // = ptr + n - 64.
  lea -64(%rdi, %rsi), %rsi
  add $64, %rdi
  cmpb $0, gort_features + Features_wide_move(%rip)
  je LOCAL(clear_narrow)
  and $-32, %rdi
  vxorps %xmm0, %xmm0, %xmm0
  lea 128(%rdi), %rax
  cmp %rsi, %rax
  ja LOCAL(clear_wide_rest)
  .balign 32
LOCAL(clear_wide_loop):
  vmovaps %ymm0, (%rdi)
  vmovaps %ymm0, 32(%rdi)
  vmovaps %ymm0, 64(%rdi)
  vmovaps %ymm0, 96(%rdi)
  sub $-128, %rdi
  lea 128(%rdi), %rax
  cmp %rsi, %rax
  jbe LOCAL(clear_wide_loop)
LOCAL(clear_wide_rest):
  cmp %rsi, %rdi
  jae LOCAL(clear_wide_done)
LOCAL(clear_wide_rest_loop):
  vmovaps %ymm0, (%rdi)
  add $32, %rdi
  cmp %rsi, %rdi
  jb LOCAL(clear_wide_rest_loop)
LOCAL(clear_wide_done):
  vzeroupper
  ret
LOCAL(clear_narrow):
  and $-16, %rdi
LOCAL(clear_narrow_loop):
  movaps %xmm0, (%rdi)
  add $16, %rdi
  cmp %rsi, %rdi
  jb LOCAL(clear_narrow_loop)
  ret
END_FUNCTION(runtime.memclrNoHeapPointers)

END_FILE
