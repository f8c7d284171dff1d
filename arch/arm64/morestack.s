// SPDX-License-Identifier: BSD-3-Clause
//
// arm64: a function asks for more stack. Its prologue found SP below g.stackguard0 and called
// morestack before it made a frame; the instruction after that BL jumps back to the function's
// start. So the function is described as not yet begun, and after C++ has moved the stack (or
// preempted the goroutine) it simply begins again:
//
//   RSP + 8  | arguments of f          |     R30  pc in f           -> g.sched.pc, with g.sched.sp
//                                                 = RSP
//   RSP + 0  | slot of the caller's LR |     R3   f's return pc     -> g.sched.lr and m.morebuf.pc
//                                            R26  closure context   -> g.sched.ctxt
//
// gort_newstack (runtime/stack/grow.cc) runs on the system stack and ends in GoGo(&g->sched) or in
// the scheduler.
//
// Before: arch/arm64/goroutine.s   After: runtime/stack/grow.cc
#include "textflag.h"
#include "funcdata.h"
#include "asm_offsets.h"

// from prologues of closures
TEXT ·morestack(SB), NOSPLIT|NOFRAME, $0-0
	NO_LOCAL_POINTERS
	MOVD	G_m(g), R20
	MOVD	M_g0(R20), R21
	CMP	g, R21
	BEQ	on_g0
	MOVD	M_gsignal(R20), R4
	CMP	g, R4
	BEQ	on_gsignal

	MOVD	RSP, R4
	MOVD	R3, (M_morebuf+Gobuf_pc)(R20)
	MOVD	R4, (M_morebuf+Gobuf_sp)(R20)
	MOVD	g, (M_morebuf+Gobuf_g)(R20)

	MOVD	R30, (G_sched+Gobuf_pc)(g)
	MOVD	R4, (G_sched+Gobuf_sp)(g)
	MOVD	R3, (G_sched+Gobuf_lr)(g)
	MOVD	R29, (G_sched+Gobuf_bp)(g)
	MOVD	R26, (G_sched+Gobuf_ctxt)(g)
	MOVD	g, (G_sched+Gobuf_g)(g)

	MOVD	(G_sched+Gobuf_sp)(R21), R4
	MOVD	R21, g
	MOVD	R4, RSP
	BL	gort_newstack(SB)
	BRK
on_g0:
	MOVD	(G_sched+Gobuf_sp)(R21), R4
	MOVD	R4, RSP
	BL	gort_morestack_on_g0(SB)
	BRK
on_gsignal:
	SUB	$16, RSP
	BL	gort_morestack_on_gsignal(SB)
	BRK

// from prologues of functions that are not closures: R26 is stale
TEXT ·morestack_noctxt(SB), NOSPLIT|NOFRAME, $0-0
	MOVD	$0, R26
	B	·morestack(SB)

// from prologues of functions marked to run on a system stack, when they find themselves on a
// goroutine's
TEXT ·morestackc(SB), NOSPLIT|NOFRAME, $0-0
	NO_LOCAL_POINTERS
	MOVD	G_m(g), R20
	MOVD	M_g0(R20), R21
	MOVD	R21, g
	MOVD	(G_sched+Gobuf_sp)(R21), R4
	MOVD	R4, RSP
	BL	gort_morestackc(SB)
	BRK
