// SPDX-License-Identifier: BSD-3-Clause
//
// arm64: failed bounds checks. Compiled code keeps index and length in a pair of registers that its
// allocator likes and calls the function of the failed comparison, with 16 bytes of outgoing
// arguments reserved. Here the pair becomes an argument block, and the Go function of the same name
// with a "go" before it raises the panic; its caller is the function that failed. U: the index is
// unsigned.
//
//   registers         used by
//   R0, R1            Index, SliceB, Slice3C
//   R1, R2            SliceAlen, SliceAcap, Slice3B
//   R2, R3            Slice3Alen, Slice3Acap
//
// Before: asm/shim/panic.go   After: arch/arm64/barrier.s
#include "textflag.h"

#define BOUNDS(name, go_name, index, length) \
TEXT name(SB), NOSPLIT, $0-16 \
	MOVD	index, x+0(FP) \
	MOVD	length, y+8(FP) \
	B	go_name(SB)

BOUNDS(·panicIndex, ·goPanicIndex, R0, R1)
BOUNDS(·panicIndexU, ·goPanicIndexU, R0, R1)
BOUNDS(·panicSliceAlen, ·goPanicSliceAlen, R1, R2)
BOUNDS(·panicSliceAlenU, ·goPanicSliceAlenU, R1, R2)
BOUNDS(·panicSliceAcap, ·goPanicSliceAcap, R1, R2)
BOUNDS(·panicSliceAcapU, ·goPanicSliceAcapU, R1, R2)
BOUNDS(·panicSliceB, ·goPanicSliceB, R0, R1)
BOUNDS(·panicSliceBU, ·goPanicSliceBU, R0, R1)
BOUNDS(·panicSlice3Alen, ·goPanicSlice3Alen, R2, R3)
BOUNDS(·panicSlice3AlenU, ·goPanicSlice3AlenU, R2, R3)
BOUNDS(·panicSlice3Acap, ·goPanicSlice3Acap, R2, R3)
BOUNDS(·panicSlice3AcapU, ·goPanicSlice3AcapU, R2, R3)
BOUNDS(·panicSlice3B, ·goPanicSlice3B, R1, R2)
BOUNDS(·panicSlice3BU, ·goPanicSlice3BU, R1, R2)
BOUNDS(·panicSlice3C, ·goPanicSlice3C, R0, R1)
BOUNDS(·panicSlice3CU, ·goPanicSlice3CU, R0, R1)
