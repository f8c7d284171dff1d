// SPDX-License-Identifier: BSD-3-Clause
//
// arm64: the write barrier. While the collector marks, compiled code replaces a store of a pointer
// to memory by a call of gcWriteBarrier, which notes both pointers, the one stored and the one
// overwritten, in a buffer of the P and does the store. One store in 512/2 finds the buffer full
// and empties it into the mark queue.
//
//   *next++ = value; *next++ = *slot; if (next == end) flush(); *slot = value;
//
// Between reading P and the store nothing may stop the goroutine; it is in text of package runtime,
// which is never preempted by a signal. Compiled code expects all general registers back but R16,
// R17 and R30, whichever path is taken; flags and vector registers are free.
//
// Before: arch/arm64/bounds.s   After: runtime/gc/barrier.cc
#include "textflag.h"
#include "funcdata.h"
#include "asm_offsets.h"
#include "stub.h"

// in: R2 = slot, R3 = value     out: *R2 = R3
TEXT ·gcWriteBarrier(SB), NOSPLIT|NOFRAME, $0-0
	NO_LOCAL_POINTERS
	MOVD	G_m(g), R16
	MOVD	M_p(R16), R16
	ADD	$P_wb, R16
	MOVD	WbBuf_next(R16), R17
	ADD	$16, R17
	MOVD	R17, WbBuf_next(R16)
	MOVD	R3, -16(R17)
	MOVD	(R2), R27
	MOVD	R27, -8(R17)
	MOVD	WbBuf_end(R16), R16
	CMP	R16, R17
	BEQ	full
	MOVD	R3, (R2)
	RET
full:
	SUB	$192, RSP
	MOVD	R30, 0(RSP)
	STP	(R0, R1), 8(RSP)
	STP	(R2, R3), 24(RSP)
	STP	(R4, R5), 40(RSP)
	STP	(R6, R7), 56(RSP)
	STP	(R8, R9), 72(RSP)
	STP	(R10, R11), 88(RSP)
	STP	(R12, R13), 104(RSP)
	STP	(R14, R15), 120(RSP)
	STP	(R19, R20), 136(RSP)
	STP	(R21, R22), 152(RSP)
	BL	flush<>(SB)
	MOVD	0(RSP), R30
	LDP	8(RSP), (R0, R1)
	LDP	24(RSP), (R2, R3)
	LDP	40(RSP), (R4, R5)
	LDP	56(RSP), (R6, R7)
	LDP	72(RSP), (R8, R9)
	LDP	88(RSP), (R10, R11)
	LDP	104(RSP), (R12, R13)
	LDP	120(RSP), (R14, R15)
	LDP	136(RSP), (R19, R20)
	LDP	152(RSP), (R21, R22)
	ADD	$192, RSP
	MOVD	R3, (R2)
	RET

// A system entry without a Go declaration: void gort_flush_write_barrier(void*) in
// runtime/gc/barrier.cc. R23 to R26 and R29 survive it.
TEXT flush<>(SB), NOSPLIT|NOFRAME, $0-0
	NO_LOCAL_POINTERS
	SYSTEM_STUB(flush<>, gort_flush_write_barrier)
