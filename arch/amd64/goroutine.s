// SPDX-License-Identifier: BSD-3-Clause
//
// amd64: Go text at the ends of a goroutine, and the two switches to the system stack that Go code
// can ask for by name.
//
// Before: arch/amd64/switch.S   After: arch/amd64/morestack.s
#include "textflag.h"
#include "funcdata.h"
#include "asm_offsets.h"
#include "stub.h"

// func goexit()                               a goroutine's function returns to goexit + kPcQuantum
// The first instruction is never executed: an unwinder looks up a return address minus one, which
// must be in goexit. It is the last frame of every traceback, and is where stock has it.
TEXT ·goexit(SB), NOSPLIT|NOFRAME|TOPFRAME, $0-0
	NO_LOCAL_POINTERS
#line 1375 "asm/shim/asm_amd64.s"
	BYTE	$0x90
	CALL	·goexit1(SB)
	BYTE	$0x90
#line 23 "arch/amd64/goroutine.s"

// func mcall(fn func(*g))            from Go code that inlined runtime.Gosched, and public packages
//   in: SP + 8 = fn      the caller continues when somebody resumes g.sched; fn runs on g0 and
//                        never returns
//   g.sched = {pc: return address, sp: SP after the return, bp};  g = g0;  SP = g0.sched.sp;
//   fn(old g)
TEXT ·mcall(SB), NOSPLIT|NOFRAME, $0-8
	GO_ARGS
	NO_LOCAL_POINTERS
	MOVQ	8(SP), DX
	MOVQ	(TLS), R12
	MOVQ	G_m(R12), R13
	MOVQ	M_g0(R13), R14
	CMPQ	R12, R14
	JEQ	on_g0
	MOVQ	0(SP), AX
	LEAQ	8(SP), BX
	MOVQ	AX, (G_sched+Gobuf_pc)(R12)
	MOVQ	BX, (G_sched+Gobuf_sp)(R12)
	MOVQ	BP, (G_sched+Gobuf_bp)(R12)
	MOVQ	R14, (TLS)
	MOVQ	(G_sched+Gobuf_sp)(R14), BX
	LEAQ	-16(BX), SP
	MOVQ	R12, 0(SP)
	MOVQ	Funcval_fn(DX), AX
	CALL	AX
	CALL	gort_mcall_returned(SB)
	INT	$3
on_g0:
	ANDQ	$~15, SP
	CALL	gort_mcall_on_g0(SB)
	INT	$3

// func systemstack(fn func())                     from public packages that link to it by name
// A system entry like any other; its C++ side calls fn.
TEXT ·systemstack(SB), NOSPLIT|NOFRAME, $0-8
	GO_ARGS
	NO_LOCAL_POINTERS
	SYSTEM_STUB(·systemstack, gort_systemstack)

// func breakpoint()
TEXT ·breakpoint(SB), NOSPLIT|NOFRAME, $0-0
	INT	$3
	RET

// func abort()                                    from programs that link to it by name
// A trap, not a fault: nothing can recover from it. The loop keeps the trap's pc inside.
TEXT ·abort(SB), NOSPLIT|NOFRAME, $0-0
	INT	$3
again:
	JMP	again
