// SPDX-License-Identifier: BSD-3-Clause
//
// Calls of the write barrier as compiled code makes them, with a known value in every other
// register, and the registers as they were after the call.
//
// Before: main.go
#include "textflag.h"
#include "funcdata.h"

// func barrierR3(slot **int, value *int, regs *[24]uint64)
TEXT ·barrierR3(SB), NOSPLIT, $16-24
	NO_LOCAL_POINTERS
	MOVD	$0x1110000, R0
	MOVD	$0x1110001, R1
	MOVD	$0x1110002, R2
	MOVD	$0x1110003, R3
	MOVD	$0x1110004, R4
	MOVD	$0x1110005, R5
	MOVD	$0x1110006, R6
	MOVD	$0x1110007, R7
	MOVD	$0x1110008, R8
	MOVD	$0x1110009, R9
	MOVD	$0x111000a, R10
	MOVD	$0x111000b, R11
	MOVD	$0x111000c, R12
	MOVD	$0x111000d, R13
	MOVD	$0x111000e, R14
	MOVD	$0x111000f, R15
	MOVD	$0x1110010, R19
	MOVD	$0x1110011, R20
	MOVD	$0x1110012, R21
	MOVD	$0x1110013, R22
	MOVD	$0x1110014, R23
	MOVD	$0x1110015, R24
	MOVD	$0x1110016, R25
	MOVD	$0x1110017, R26
	MOVD	slot+0(FP), R2
	MOVD	value+8(FP), R3
	CALL	runtime·gcWriteBarrier(SB)
	MOVD	regs+16(FP), R17
	MOVD	R0, 0(R17)
	MOVD	R1, 8(R17)
	MOVD	R2, 16(R17)
	MOVD	R3, 24(R17)
	MOVD	R4, 32(R17)
	MOVD	R5, 40(R17)
	MOVD	R6, 48(R17)
	MOVD	R7, 56(R17)
	MOVD	R8, 64(R17)
	MOVD	R9, 72(R17)
	MOVD	R10, 80(R17)
	MOVD	R11, 88(R17)
	MOVD	R12, 96(R17)
	MOVD	R13, 104(R17)
	MOVD	R14, 112(R17)
	MOVD	R15, 120(R17)
	MOVD	R19, 128(R17)
	MOVD	R20, 136(R17)
	MOVD	R21, 144(R17)
	MOVD	R22, 152(R17)
	MOVD	R23, 160(R17)
	MOVD	R24, 168(R17)
	MOVD	R25, 176(R17)
	MOVD	R26, 184(R17)
	RET
