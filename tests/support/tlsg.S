// SPDX-License-Identifier: BSD-3-Clause
//
// The thread-local word of the current g, which cmd/link makes in a program. Unit tests are linked
// without it.
//
// Before: arch/amd64/tls.h
  .section .tbss, "awT", %nobits
  .globl runtime.tlsg
  .type runtime.tlsg, %object
  .balign 8
runtime.tlsg:
  .zero 8
  .size runtime.tlsg, 8
  .section .note.GNU-stack, "", %progbits
