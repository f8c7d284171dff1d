// SPDX-License-Identifier: BSD-3-Clause
//
// amd64: a function asks for more stack. Its prologue found SP below g.stackguard0 and called
// morestack before it made a frame; the instruction after that CALL jumps back to the function's
// start. So the function is described as not yet begun, and after C++ has moved the stack (or
// preempted the goroutine) it simply begins again:
//
//            | arguments of f          |
//   SP + 8   | f's return pc           |  <- g.sched.sp        m.morebuf = {pc: f's return pc, sp:
//                                         SP + 16, g}
//   SP + 0   | pc in f                 |     g.sched.pc        DX, f's closure context ->
//                                            g.sched.ctxt
//
// gort_newstack (runtime/stack/grow.cc) runs on the system stack and ends in GoGo(&g->sched) or in
// the scheduler.
//
// Before: arch/amd64/goroutine.s   After: runtime/stack/grow.cc
#include "textflag.h"
#include "funcdata.h"
#include "asm_offsets.h"

// from prologues of closures
TEXT ·morestack(SB), NOSPLIT|NOFRAME, $0-0
	NO_LOCAL_POINTERS
	MOVQ	(TLS), R12
	MOVQ	G_m(R12), R13
	MOVQ	M_g0(R13), R14
	CMPQ	R12, R14
	JEQ	on_g0
	MOVQ	M_gsignal(R13), AX
	CMPQ	R12, AX
	JEQ	on_gsignal

	MOVQ	8(SP), AX
	LEAQ	16(SP), BX
	MOVQ	AX, (M_morebuf+Gobuf_pc)(R13)
	MOVQ	BX, (M_morebuf+Gobuf_sp)(R13)
	MOVQ	R12, (M_morebuf+Gobuf_g)(R13)

	MOVQ	0(SP), AX
	LEAQ	8(SP), BX
	MOVQ	AX, (G_sched+Gobuf_pc)(R12)
	MOVQ	BX, (G_sched+Gobuf_sp)(R12)
	MOVQ	BP, (G_sched+Gobuf_bp)(R12)
	MOVQ	DX, (G_sched+Gobuf_ctxt)(R12)
	MOVQ	R12, (G_sched+Gobuf_g)(R12)

	MOVQ	R14, (TLS)
	MOVQ	(G_sched+Gobuf_sp)(R14), SP
	CALL	gort_newstack(SB)
	INT	$3
on_g0:
	MOVQ	(G_sched+Gobuf_sp)(R14), SP
	CALL	gort_morestack_on_g0(SB)
	INT	$3
on_gsignal:
	ANDQ	$~15, SP
	CALL	gort_morestack_on_gsignal(SB)
	INT	$3

// from prologues of functions that are not closures: DX is stale
TEXT ·morestack_noctxt(SB), NOSPLIT|NOFRAME, $0-0
	MOVL	$0, DX
	JMP	·morestack(SB)

// from prologues of functions marked to run on a system stack, when they find themselves on a
// goroutine's
TEXT ·morestackc(SB), NOSPLIT|NOFRAME, $0-0
	NO_LOCAL_POINTERS
	MOVQ	(TLS), R12
	MOVQ	G_m(R12), R13
	MOVQ	M_g0(R13), R14
	MOVQ	R14, (TLS)
	MOVQ	(G_sched+Gobuf_sp)(R14), SP
	CALL	gort_morestackc(SB)
	INT	$3
