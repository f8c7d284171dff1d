// SPDX-License-Identifier: BSD-3-Clause
//
// amd64: a call whose arguments are known only at run time, with a Go frame of the right size in
// between: reflection, deferred calls of a panic, finalizers.
//
//   func reflectcall(argtype *_type, fn, arg unsafe.Pointer, argsize, retoffset uint32)
//
//   reflectcall -> callN, N the next power of two:  copy arg to the bottom of the frame; DX = fn;
//                                                   call; copy the results
//                  (from retoffset) back to arg
//
// The results go where the heap may be, so they are written by C++ with the barrier and in whole
// words; argtype says where pointers are, nil that arg is on a stack. Frames of callN are WRAPPERs:
// they hand recover's argument pointer on, and tracebacks hide them. While callN calls, the
// argument block is described by the callee's map.
//
// Before: arch/amd64/defer.s   After: runtime/panic/panic.cc
#include "textflag.h"
#include "funcdata.h"
#include "asm_offsets.h"
#include "stub.h"

TEXT ·reflectcall(SB), NOSPLIT|NOFRAME, $0-32
	GO_ARGS
	NO_LOCAL_POINTERS
	MOVL	argsize+24(FP), AX
	CMPL	AX, $0x40000000
	JHI	too_large
	// index of the highest bit of size - 1, at least 4: call32 is calls[0]
	CMPL	AX, $1
	ADCL	$-1, AX
	ORL	$31, AX
	BSRL	AX, AX
	LEAQ	calls<>(SB), BX
	MOVQ	-32(BX)(AX*8), AX
	JMP	AX
too_large:
	JMP	·badreflectcall(SB)

// Raises the panic that stock raises: void gort_reflectcall_too_large(void*) in
// runtime/panic/errors.cc.
TEXT ·badreflectcall(SB), NOSPLIT|NOFRAME, $0-32
	FUNCDATA	$FUNCDATA_ArgsPointerMaps, arguments<>(SB)
	NO_LOCAL_POINTERS
	SYSTEM_STUB(·badreflectcall, gort_reflectcall_too_large)

// The argument map of reflectcall and of every callN: one map of four words, the first three are
// pointers.
DATA arguments<>+0(SB)/4, $1
DATA arguments<>+4(SB)/4, $4
DATA arguments<>+8(SB)/1, $7
GLOBL arguments<>(SB), RODATA, $9

#define CALL_OF_SIZE(name, size) \
TEXT name(SB), WRAPPER, $size-32 \
	FUNCDATA	$FUNCDATA_ArgsPointerMaps, arguments<>(SB) \
	NO_LOCAL_POINTERS \
	MOVQ	arg+16(FP), SI \
	MOVL	argsize+24(FP), CX \
	MOVQ	SP, DI \
	JMP	words_left \
copy_word: \
	MOVQ	(SI), AX \
	MOVQ	AX, (DI) \
	ADDQ	$8, SI \
	ADDQ	$8, DI \
words_left: \
	SUBQ	$8, CX \
	JGE	copy_word \
	ADDQ	$8, CX \
	JEQ	copied \
	REP; MOVSB \
copied: \
	MOVQ	fn+8(FP), DX \
	MOVQ	0(DX), AX \
	PCDATA	$PCDATA_StackMapIndex, $0 \
	CALL	AX \
	MOVL	argsize+24(FP), CX \
	MOVL	retoffset+28(FP), BX \
	SUBQ	BX, CX \
	JEQ	done \
	MOVQ	argtype+0(FP), DX \
	MOVQ	arg+16(FP), DI \
	MOVQ	SP, SI \
	ADDQ	BX, DI \
	ADDQ	BX, SI \
	CALL	results<>(SB) \
done: \
	RET

// Hands the results to void gort_reflectcallmove(entry::reflectcallmove*): type DX, to DI, from SI,
// size CX.
TEXT results<>(SB), NOSPLIT, $32-0
	NO_LOCAL_POINTERS
	MOVQ	DX, 0(SP)
	MOVQ	DI, 8(SP)
	MOVQ	SI, 16(SP)
	MOVQ	CX, 24(SP)
	CALL	·reflectcallmove(SB)
	RET

CALL_OF_SIZE(·call32, 32)
CALL_OF_SIZE(·call64, 64)
CALL_OF_SIZE(·call128, 128)
CALL_OF_SIZE(·call256, 256)
CALL_OF_SIZE(·call512, 512)
CALL_OF_SIZE(·call1024, 1024)
CALL_OF_SIZE(·call2048, 2048)
CALL_OF_SIZE(·call4096, 4096)
CALL_OF_SIZE(·call8192, 8192)
CALL_OF_SIZE(·call16384, 16384)
CALL_OF_SIZE(·call32768, 32768)
CALL_OF_SIZE(·call65536, 65536)
CALL_OF_SIZE(·call131072, 131072)
CALL_OF_SIZE(·call262144, 262144)
CALL_OF_SIZE(·call524288, 524288)
CALL_OF_SIZE(·call1048576, 1048576)
CALL_OF_SIZE(·call2097152, 2097152)
CALL_OF_SIZE(·call4194304, 4194304)
CALL_OF_SIZE(·call8388608, 8388608)
CALL_OF_SIZE(·call16777216, 16777216)
CALL_OF_SIZE(·call33554432, 33554432)
CALL_OF_SIZE(·call67108864, 67108864)
CALL_OF_SIZE(·call134217728, 134217728)
CALL_OF_SIZE(·call268435456, 268435456)
CALL_OF_SIZE(·call536870912, 536870912)
CALL_OF_SIZE(·call1073741824, 1073741824)

DATA calls<>+0(SB)/8, $·call32(SB)
DATA calls<>+8(SB)/8, $·call64(SB)
DATA calls<>+16(SB)/8, $·call128(SB)
DATA calls<>+24(SB)/8, $·call256(SB)
DATA calls<>+32(SB)/8, $·call512(SB)
DATA calls<>+40(SB)/8, $·call1024(SB)
DATA calls<>+48(SB)/8, $·call2048(SB)
DATA calls<>+56(SB)/8, $·call4096(SB)
DATA calls<>+64(SB)/8, $·call8192(SB)
DATA calls<>+72(SB)/8, $·call16384(SB)
DATA calls<>+80(SB)/8, $·call32768(SB)
DATA calls<>+88(SB)/8, $·call65536(SB)
DATA calls<>+96(SB)/8, $·call131072(SB)
DATA calls<>+104(SB)/8, $·call262144(SB)
DATA calls<>+112(SB)/8, $·call524288(SB)
DATA calls<>+120(SB)/8, $·call1048576(SB)
DATA calls<>+128(SB)/8, $·call2097152(SB)
DATA calls<>+136(SB)/8, $·call4194304(SB)
DATA calls<>+144(SB)/8, $·call8388608(SB)
DATA calls<>+152(SB)/8, $·call16777216(SB)
DATA calls<>+160(SB)/8, $·call33554432(SB)
DATA calls<>+168(SB)/8, $·call67108864(SB)
DATA calls<>+176(SB)/8, $·call134217728(SB)
DATA calls<>+184(SB)/8, $·call268435456(SB)
DATA calls<>+192(SB)/8, $·call536870912(SB)
DATA calls<>+200(SB)/8, $·call1073741824(SB)
GLOBL calls<>(SB), RODATA, $208
