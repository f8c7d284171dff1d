// SPDX-License-Identifier: BSD-3-Clause
//
// amd64: the write barrier. While the collector marks, compiled code replaces a store of a pointer
// to memory by a call of gcWriteBarrier, which notes both pointers, the one stored and the one
// overwritten, in a buffer of the P and does the store. One store in 512/2 finds the buffer full
// and empties it into the mark queue.
//
//   *next++ = value; *next++ = *slot; if (next == end) flush(); *slot = value;
//
// Between reading P and the store nothing may stop the goroutine; it is in text of package runtime,
// which is never preempted by a signal. Compiled code expects all general registers back, whichever
// path is taken; flags and vector registers are free.
//
// Before: arch/amd64/bounds.s   After: runtime/gc/barrier.cc
#include "textflag.h"
#include "funcdata.h"
#include "asm_offsets.h"
#include "stub.h"

// in: DI = slot, AX = value     out: *DI = AX, all general registers as before
TEXT ·gcWriteBarrier(SB), NOSPLIT|NOFRAME, $0-0
	NO_LOCAL_POINTERS
	PUSHQ	R13
	PUSHQ	R14
	MOVQ	(TLS), R13
	MOVQ	G_m(R13), R13
	MOVQ	M_p(R13), R13
	MOVQ	(P_wb+WbBuf_next)(R13), R14
	ADDQ	$16, R14
	MOVQ	R14, (P_wb+WbBuf_next)(R13)
	CMPQ	R14, (P_wb+WbBuf_end)(R13)
	MOVQ	AX, -16(R14)
	MOVQ	(DI), R13
	MOVQ	R13, -8(R14)
	JEQ	full
store:
	POPQ	R14
	POPQ	R13
	MOVQ	AX, (DI)
	RET
full:
	PUSHQ	AX
	PUSHQ	BX
	PUSHQ	CX
	PUSHQ	DX
	PUSHQ	SI
	PUSHQ	DI
	PUSHQ	R8
	PUSHQ	R9
	PUSHQ	R10
	PUSHQ	R11
	PUSHQ	R12
	CALL	flush<>(SB)
	POPQ	R12
	POPQ	R11
	POPQ	R10
	POPQ	R9
	POPQ	R8
	POPQ	DI
	POPQ	SI
	POPQ	DX
	POPQ	CX
	POPQ	BX
	POPQ	AX
	JMP	store

// A system entry without a Go declaration: void gort_flush_write_barrier(void*) in
// runtime/gc/barrier.cc. R15 and BP survive it.
TEXT flush<>(SB), NOSPLIT|NOFRAME, $0-0
	NO_LOCAL_POINTERS
	SYSTEM_STUB(flush<>, gort_flush_write_barrier)

// The same with the value in another register.
#define BARRIER_FROM(name, value) \
TEXT name(SB), NOSPLIT|NOFRAME, $0-0 \
	NO_LOCAL_POINTERS \
	XCHGQ	value, AX \
	CALL	·gcWriteBarrier(SB) \
	XCHGQ	value, AX \
	RET

BARRIER_FROM(·gcWriteBarrierCX, CX)
BARRIER_FROM(·gcWriteBarrierDX, DX)
BARRIER_FROM(·gcWriteBarrierBX, BX)
BARRIER_FROM(·gcWriteBarrierBP, BP)
BARRIER_FROM(·gcWriteBarrierSI, SI)
BARRIER_FROM(·gcWriteBarrierR8, R8)
BARRIER_FROM(·gcWriteBarrierR9, R9)
