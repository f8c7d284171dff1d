// SPDX-License-Identifier: BSD-3-Clause
//
// amd64: the exit of a function that defers. Compiled code ends with CALL deferreturn; RET. As long
// as the frame owes a call, deferreturn does not return but jumps into the deferred function, in
// such a way that the function returns to the CALL instruction: the loop over the records is the
// CALL executed again.
//
// Before: runtime/panic/defer_leaf.cc   After: runtime/panic/panic.cc
#include "textflag.h"
#include "funcdata.h"

// void deferreturn(uintptr arg0)          from compiled code, at the exit of a function that defers
//   in:  SP + 0 = return pc, just after the CALL of 5 bytes;  SP + 8 = the caller's outgoing
//        argument area
//   fn = gort_next_deferred(SP + 8)                moves the arguments there, unlinks and frees the
//                                                  record
//   if (fn == 1) return;                           1: nothing is left
//   pc = fn->fn;                                   nullptr: a deferred nil function faults here
//   *(SP + 0) -= 5;  DX = fn;  goto pc
TEXT ·deferreturn(SB), NOSPLIT|NOFRAME, $0-8
	GO_ARGS
	NO_LOCAL_POINTERS
	LEAQ	8(SP), DI
	CALL	gort_next_deferred(SB)
	CMPQ	AX, $1
	JEQ	done
	MOVQ	AX, DX
	MOVQ	0(DX), AX
	SUBQ	$5, 0(SP)
	JMP	AX
done:
	RET
