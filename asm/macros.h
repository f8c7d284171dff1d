// SPDX-License-Identifier: BSD-3-Clause
//
// Vocabulary of the gas files (arch/<cpu>/*.S). One function = one section, so that the linker can
// drop what a program does not use, with its size and its call frame information: FUNCTION opens,
// END_FUNCTION closes, and a function that is left without its END does not assemble.
//
//   FUNCTION(name)      global to libgort, hidden from the outside
//   LOCAL(label)        a label that does not reach the symbol table
//
// Before: asm/offsets.cc   After: arch/arch.h
#ifndef GORT_ASM_MACROS_H_
#define GORT_ASM_MACROS_H_

// Not C++: a formatter would take the directives apart.
// clang-format off
#define FUNCTION(name)                          \
  .section .text.name, "ax", %progbits;         \
  .globl name;                                  \
  .hidden name;                                 \
  .type name, %function;                        \
  .balign 16;                                   \
  name:                                         \
  .cfi_startproc

#define END_FUNCTION(name) \
  .cfi_endproc;            \
  .size name, . - name

#define LOCAL(label) .L##label

#define END_FILE .section .note.GNU-stack, "", %progbits
// clang-format on

#endif  // GORT_ASM_MACROS_H_
