// SPDX-License-Identifier: BSD-3-Clause
//
// arm64: the exit of a function that defers. Compiled code ends with BL deferreturn; RET. As long
// as the frame owes a call, deferreturn does not return but jumps into the deferred function, in
// such a way that the function returns to the BL instruction: the loop over the records is the BL
// executed again.
//
// Before: runtime/panic/defer_leaf.cc   After: runtime/panic/panic.cc
#include "textflag.h"
#include "funcdata.h"

// void deferreturn(uintptr arg0)          from compiled code, at the exit of a function that defers
//   in:  R30 = return pc, just after the BL of 4 bytes;  RSP + 8 = the caller's outgoing argument
//                                                        area
//   fn = gort_next_deferred(RSP + 8)               moves the arguments there, unlinks and frees the
//                                                  record
//   if (fn == 1) return;                           1: nothing is left
//   pc = fn->fn;                                   nullptr: a deferred nil function faults here
//   R30 -= 4;  R26 = fn;  goto pc
TEXT ·deferreturn(SB), NOSPLIT|NOFRAME, $0-8
	GO_ARGS
	NO_LOCAL_POINTERS
	SUB	$16, RSP
	MOVD	R30, 0(RSP)
	ADD	$24, RSP, R0
	BL	gort_next_deferred(SB)
	MOVD	0(RSP), R30
	ADD	$16, RSP
	CMP	$1, R0
	BEQ	done
	MOVD	R0, R26
	MOVD	0(R26), R1
	SUB	$4, R30
	B	(R1)
done:
	RET
