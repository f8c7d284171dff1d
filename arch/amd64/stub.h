// SPDX-License-Identifier: BSD-3-Clause
//
// The stubs between Go and C++, as macros of the Plan 9 assembler (included by generated .s files,
// not by C++).
//
// A stub is the callee that a Go caller sees: an ABI0 function without a frame, NOSPLIT|NOFRAME,
// whose Go declaration gives it an argument map. At its entry
//
//      SP + 8   argument block: parameters, then results; C++ sees it as gort::entry::X
//      SP + 0   return address into the Go caller
//
// SYSTEM_STUB(self, impl)
//   Calls impl(args) on the system stack of the M. While C++ runs, g.sched describes this stub at
//   its entry, so an unwinder that starts at g.sched sees the argument block and all Go callers.
//   C++ may move the stack: everything after the call is reloaded from g.sched. A panic is raised
//   by a pc in sched.ret: the stub then calls that function instead of returning
//   (arch::RedirectReturn), so that the function which panics is in the traceback. A caller that
//   already is on the system stack keeps it.
// PARK_STUB(self, impl)
//   As above, but impl never comes back, and g.sched.pc is the stub's return instruction: whoever
//   resumes g.sched returns from the call, and until then the stub's frame shows where the
//   goroutine waits. That instruction is at a place known without a label's address, PARK_RESUME
//   bytes into the stub, behind a jump over it.
// LEAF_STUB(impl)
//   For the few leaves that go and defer can be given as a func value. All other leaves need none:
//   their Go symbol is the C++ function itself (leaf.h). Where a cpu needs it always, and TAIL_STUB
//   with it, it defines LEAF_NEEDS_STUB.
//
// R12, R13, R14 and BX are callee-saved in C++ and free at a Go call.
//
// Before: docs/seam.md   After: arch/amd64/leaf.h
#define SYSTEM_STUB(self, impl) \
	LEAQ	8(SP), DI \
	MOVQ	(TLS), R12 \
	MOVQ	G_m(R12), R13 \
	MOVQ	M_g0(R13), R14 \
	CMPQ	R12, R14 \
	JEQ	on_g0 \
	LEAQ	self(SB), AX \
	MOVQ	AX, (G_sched+Gobuf_pc)(R12) \
	MOVQ	SP, (G_sched+Gobuf_sp)(R12) \
	MOVQ	BP, (G_sched+Gobuf_bp)(R12) \
	MOVQ	R14, (TLS) \
	MOVQ	(G_sched+Gobuf_sp)(R14), SP \
	CALL	impl(SB) \
	MOVQ	R12, (TLS) \
	MOVQ	(G_sched+Gobuf_sp)(R12), SP \
	MOVQ	(G_sched+Gobuf_bp)(R12), BP \
	MOVQ	(G_sched+Gobuf_ret)(R12), AX \
	MOVQ	$0, (G_sched+Gobuf_sp)(R12) \
	TESTQ	AX, AX \
	JNE	redirect \
	RET \
redirect: \
	MOVQ	$0, (G_sched+Gobuf_ret)(R12) \
	CALL	AX \
	INT	$3 \
on_g0: \
	MOVQ	SP, BX \
	ANDQ	$~15, SP \
	CALL	impl(SB) \
	MOVQ	BX, SP \
	RET

#define LEAF_STUB(impl) \
	JMP	impl(SB)

#define PARK_RESUME 2

#define PARK_STUB(self, impl) \
	BYTE	$0xeb; BYTE $0x01 \
	RET \
	LEAQ	8(SP), DI \
	MOVQ	(TLS), R12 \
	MOVQ	G_m(R12), R13 \
	MOVQ	M_g0(R13), R14 \
	CMPQ	R12, R14 \
	JEQ	on_g0 \
	LEAQ	self(SB), AX \
	ADDQ	$PARK_RESUME, AX \
	MOVQ	AX, (G_sched+Gobuf_pc)(R12) \
	MOVQ	SP, (G_sched+Gobuf_sp)(R12) \
	MOVQ	BP, (G_sched+Gobuf_bp)(R12) \
	MOVQ	R14, (TLS) \
	MOVQ	(G_sched+Gobuf_sp)(R14), SP \
	CALL	impl(SB) \
	INT	$3 \
on_g0: \
	ANDQ	$~15, SP \
	CALL	gort_park_on_g0(SB) \
	INT	$3
