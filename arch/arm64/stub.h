// SPDX-License-Identifier: BSD-3-Clause
//
// The stubs between Go and C++, as macros of the Plan 9 assembler (included by generated .s files,
// not by C++).
//
// A stub is the callee that a Go caller sees: an ABI0 function without a frame, NOSPLIT|NOFRAME,
// whose Go declaration gives it an argument map. At its entry
//
//      RSP + 8   argument block: parameters, then results; C++ sees it as gort::entry::X
//      RSP + 0   the slot where a callee of the Go caller may save LR
//      RSP - 8   the Go caller's saved R29: belongs to the caller although it is below SP
//      R30       return address into the Go caller;   R28 g
//
// SYSTEM_STUB(self, impl)
//   Calls impl(args) on the system stack of the M. While C++ runs, g.sched describes this stub at
//   its entry (LR in sched.lr), so an unwinder that starts at g.sched sees the argument block and
//   all Go callers. C++ may move the stack: everything after the call is reloaded from g.sched. A
//   panic is raised by a pc in sched.ret: the stub then calls that function instead of returning,
//   from a frame of 16 bytes (arch::RedirectReturn), so that the function which panics is in the
//   traceback. A caller that already is on the system stack keeps it.
// PARK_STUB(self, impl)
//   As above, but impl never comes back, and g.sched.pc is the stub's way out: whoever resumes
//   g.sched returns from the call, and until then the stub's frame, 16 bytes with LR at 0(RSP),
//   shows where the goroutine waits. The way out begins at a place known without a label's address,
//   PARK_RESUME bytes into the stub.
// LEAF_STUB(impl)
//   Calls a C++ leaf on the goroutine stack. The 16 bytes keep the caller's R29 slot out of the way
//   and hold LR, so that a fault in the leaf finds the Go caller: the leaf's CFA is the stub's SP,
//   LR is at CFA+0, the argument block at CFA+24.
// TAIL_STUB(target)
//   What a leaf jumps to for its slow path: drops those 16 bytes and enters target as the Go caller
//   called it.
//
// R19 to R22 are callee-saved in C++ and free at a Go call.
//
// Before: docs/seam.md   After: arch/arm64/leaf.h
#define LEAF_NEEDS_STUB

#define SYSTEM_STUB(self, impl) \
	ADD	$8, RSP, R0 \
	MOVD	G_m(g), R20 \
	MOVD	M_g0(R20), R21 \
	CMP	g, R21 \
	BEQ	on_g0 \
	MOVD	g, R22 \
	MOVD	$self(SB), R3 \
	MOVD	RSP, R4 \
	MOVD	R3, (G_sched+Gobuf_pc)(g) \
	MOVD	R4, (G_sched+Gobuf_sp)(g) \
	MOVD	R30, (G_sched+Gobuf_lr)(g) \
	MOVD	R29, (G_sched+Gobuf_bp)(g) \
	MOVD	(G_sched+Gobuf_sp)(R21), R4 \
	MOVD	R21, g \
	MOVD	R4, RSP \
	BL	impl(SB) \
	MOVD	R22, g \
	MOVD	(G_sched+Gobuf_sp)(g), R4 \
	MOVD	(G_sched+Gobuf_ret)(g), R3 \
	MOVD	(G_sched+Gobuf_lr)(g), R30 \
	MOVD	(G_sched+Gobuf_bp)(g), R29 \
	MOVD	R4, RSP \
	MOVD	ZR, (G_sched+Gobuf_sp)(g) \
	CBNZ	R3, redirect \
	RET \
on_g0: \
	MOVD	R30, R19 \
	SUB	$16, RSP \
	MOVD	R30, 0(RSP) \
	BL	impl(SB) \
	ADD	$16, RSP \
	MOVD	R19, R30 \
	RET \
redirect: \
	MOVD	ZR, (G_sched+Gobuf_ret)(g) \
	SUB	$16, RSP \
	MOVD	R30, 0(RSP) \
	MOVD	R29, -8(RSP) \
	BL	(R3) \
	BRK

#define PARK_RESUME 16

#define PARK_STUB(self, impl) \
	SUB	$16, RSP \
	MOVD	R30, 0(RSP) \
	MOVD	R29, -8(RSP) \
	B	enter \
	B	leave \
enter: \
	ADD	$24, RSP, R0 \
	MOVD	G_m(g), R20 \
	MOVD	M_g0(R20), R21 \
	CMP	g, R21 \
	BEQ	on_g0 \
	MOVD	$self(SB), R3 \
	ADD	$PARK_RESUME, R3 \
	MOVD	RSP, R4 \
	MOVD	R3, (G_sched+Gobuf_pc)(g) \
	MOVD	R4, (G_sched+Gobuf_sp)(g) \
	MOVD	ZR, (G_sched+Gobuf_lr)(g) \
	MOVD	R29, (G_sched+Gobuf_bp)(g) \
	MOVD	(G_sched+Gobuf_sp)(R21), R4 \
	MOVD	R21, g \
	MOVD	R4, RSP \
	BL	impl(SB) \
	BRK \
on_g0: \
	BL	gort_park_on_g0(SB) \
	BRK \
leave: \
	MOVD	0(RSP), R30 \
	ADD	$16, RSP \
	RET

#define LEAF_STUB(impl) \
	SUB	$16, RSP \
	MOVD	R30, 0(RSP) \
	BL	impl(SB) \
	MOVD	0(RSP), R30 \
	ADD	$16, RSP \
	RET

#define TAIL_STUB(target) \
	MOVD	0(RSP), R30 \
	ADD	$16, RSP \
	B	target(SB)
