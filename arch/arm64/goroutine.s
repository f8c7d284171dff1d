// SPDX-License-Identifier: BSD-3-Clause
//
// arm64: Go text at the ends of a goroutine, and the two switches to the system stack that Go code
// can ask for by name.
//
// Before: arch/arm64/switch.S   After: arch/arm64/morestack.s
#include "textflag.h"
#include "funcdata.h"
#include "asm_offsets.h"
#include "stub.h"

// func goexit()                               a goroutine's function returns to goexit + kPcQuantum
// The first instruction is never executed: an unwinder looks up a return address minus one, which
// must be in goexit. It is the last frame of every traceback, and is where stock has it.
TEXT ·goexit(SB), NOSPLIT|NOFRAME|TOPFRAME, $0-0
	NO_LOCAL_POINTERS
#line 1137 "asm/shim/asm_arm64.s"
	NOOP
	BL	·goexit1(SB)
	NOOP
#line 23 "arch/arm64/goroutine.s"

// func mcall(fn func(*g))            from Go code that inlined runtime.Gosched, and public packages
//   in: RSP + 8 = fn     the caller continues when somebody resumes g.sched; fn runs on g0 and
//                        never returns
//   g.sched = {pc: return address, sp: RSP, bp};  g = g0;  RSP = g0.sched.sp;  fn(old g)
TEXT ·mcall(SB), NOSPLIT|NOFRAME, $0-8
	GO_ARGS
	NO_LOCAL_POINTERS
	MOVD	8(RSP), R26
	MOVD	G_m(g), R20
	MOVD	M_g0(R20), R21
	CMP	g, R21
	BEQ	on_g0
	MOVD	RSP, R4
	MOVD	R30, (G_sched+Gobuf_pc)(g)
	MOVD	R4, (G_sched+Gobuf_sp)(g)
	MOVD	ZR, (G_sched+Gobuf_lr)(g)
	MOVD	R29, (G_sched+Gobuf_bp)(g)
	MOVD	g, R3
	MOVD	(G_sched+Gobuf_sp)(R21), R4
	MOVD	R21, g
	SUB	$16, R4
	MOVD	R4, RSP
	MOVD	R3, 8(RSP)
	MOVD	Funcval_fn(R26), R4
	BL	(R4)
	BL	gort_mcall_returned(SB)
	BRK
on_g0:
	SUB	$16, RSP
	BL	gort_mcall_on_g0(SB)
	BRK

// func systemstack(fn func())                     from public packages that link to it by name
// A system entry like any other; its C++ side calls fn.
TEXT ·systemstack(SB), NOSPLIT|NOFRAME, $0-8
	GO_ARGS
	NO_LOCAL_POINTERS
	SYSTEM_STUB(·systemstack, gort_systemstack)

// func breakpoint()
TEXT ·breakpoint(SB), NOSPLIT|NOFRAME, $0-0
	BRK
	RET

// func abort()                                    from programs that link to it by name
// A trap, not a fault: nothing can recover from it. The loop keeps the trap's pc inside.
TEXT ·abort(SB), NOSPLIT|NOFRAME, $0-0
	BRK
again:
	JMP	again
