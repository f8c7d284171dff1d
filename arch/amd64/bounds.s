// SPDX-License-Identifier: BSD-3-Clause
//
// amd64: failed bounds checks. Compiled code keeps index and length in a pair of registers that its
// allocator likes and calls the function of the failed comparison, with 16 bytes of outgoing
// arguments reserved. Here the pair becomes an argument block, and the Go function of the same name
// with a "go" before it raises the panic; its caller is the function that failed. U: the index is
// unsigned.
//
//   registers         used by
//   AX, CX            Index, SliceB, Slice3C
//   CX, DX            SliceAlen, SliceAcap, Slice3B
//   DX, BX            Slice3Alen, Slice3Acap
//
// Before: asm/shim/panic.go   After: arch/amd64/barrier.s
#include "textflag.h"

#define BOUNDS(name, go_name, index, length) \
TEXT name(SB), NOSPLIT, $0-16 \
	MOVQ	index, x+0(FP) \
	MOVQ	length, y+8(FP) \
	JMP	go_name(SB)

BOUNDS(·panicIndex, ·goPanicIndex, AX, CX)
BOUNDS(·panicIndexU, ·goPanicIndexU, AX, CX)
BOUNDS(·panicSliceAlen, ·goPanicSliceAlen, CX, DX)
BOUNDS(·panicSliceAlenU, ·goPanicSliceAlenU, CX, DX)
BOUNDS(·panicSliceAcap, ·goPanicSliceAcap, CX, DX)
BOUNDS(·panicSliceAcapU, ·goPanicSliceAcapU, CX, DX)
BOUNDS(·panicSliceB, ·goPanicSliceB, AX, CX)
BOUNDS(·panicSliceBU, ·goPanicSliceBU, AX, CX)
BOUNDS(·panicSlice3Alen, ·goPanicSlice3Alen, DX, BX)
BOUNDS(·panicSlice3AlenU, ·goPanicSlice3AlenU, DX, BX)
BOUNDS(·panicSlice3Acap, ·goPanicSlice3Acap, DX, BX)
BOUNDS(·panicSlice3AcapU, ·goPanicSlice3AcapU, DX, BX)
BOUNDS(·panicSlice3B, ·goPanicSlice3B, CX, DX)
BOUNDS(·panicSlice3BU, ·goPanicSlice3BU, CX, DX)
BOUNDS(·panicSlice3C, ·goPanicSlice3C, AX, CX)
BOUNDS(·panicSlice3CU, ·goPanicSlice3CU, AX, CX)
