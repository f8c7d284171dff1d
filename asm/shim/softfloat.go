// SPDX-License-Identifier: BSD-3-Clause

// Floating point by function calls: what code compiled with -gcflags=-d=softfloat calls in place of
// an instruction. Both cpus have the instructions, so each function is one or two of them, between
// the bit patterns that the compiler passes. Results are those of the software arithmetic that the
// functions stand for: one NaN, without sign or payload, and 0 for a conversion that does not fit.
//
// The compiler takes the difference as a sum with the negated operand, and != as the negation of
// feq.
//
// Before: poll.go  After: unused.go
package runtime

import "unsafe"

func from32(x uint32) float32 { return *(*float32)(unsafe.Pointer(&x)) }
func from64(x uint64) float64 { return *(*float64)(unsafe.Pointer(&x)) }

func bits32(f float32) uint32 {
	if f != f {
		return 0x7fc00000
	}
	return *(*uint32)(unsafe.Pointer(&f))
}

func bits64(f float64) uint64 {
	if f != f {
		return 0x7ff8000000000000
	}
	return *(*uint64)(unsafe.Pointer(&f))
}

func fadd32(x, y uint32) uint32 { return bits32(from32(x) + from32(y)) }
func fmul32(x, y uint32) uint32 { return bits32(from32(x) * from32(y)) }
func fdiv32(x, y uint32) uint32 { return bits32(from32(x) / from32(y)) }
func fadd64(x, y uint64) uint64 { return bits64(from64(x) + from64(y)) }
func fmul64(x, y uint64) uint64 { return bits64(from64(x) * from64(y)) }
func fdiv64(x, y uint64) uint64 { return bits64(from64(x) / from64(y)) }

func feq32(x, y uint32) bool { return from32(x) == from32(y) }
func fgt32(x, y uint32) bool { return from32(x) > from32(y) }
func fge32(x, y uint32) bool { return from32(x) >= from32(y) }
func feq64(x, y uint64) bool { return from64(x) == from64(y) }
func fgt64(x, y uint64) bool { return from64(x) > from64(y) }
func fge64(x, y uint64) bool { return from64(x) >= from64(y) }

func f32to64(x uint32) uint64 { return bits64(float64(from32(x))) }
func f64to32(x uint64) uint32 { return bits32(float32(from64(x))) }

// An integer goes to float32 by way of float64, as it does in software: it is rounded twice.

func fint32to32(x int32) uint32    { return bits32(float32(float64(x))) }
func fint64to32(x int64) uint32    { return bits32(float32(float64(x))) }
func fuint64to32(x uint64) float32 { return float32(float64(x)) }
func fint32to64(x int32) uint64    { return bits64(float64(x)) }
func fint64to64(x int64) uint64    { return bits64(float64(x)) }
func fuint64to64(x uint64) float64 { return float64(x) }

func f32toint32(x uint32) int32    { return int32(truncate(float64(from32(x)))) }
func f32toint64(x uint32) int64    { return truncate(float64(from32(x))) }
func f32touint64(x float32) uint64 { return uint64(x) }
func f64toint32(x uint64) int32    { return int32(truncate(from64(x))) }
func f64toint64(x uint64) int64    { return truncate(from64(x)) }
func f64touint64(x float64) uint64 { return uint64(x) }

// truncate takes the low 64 bits of the magnitude when it has no more, and 0 when it has.
func truncate(f float64) int64 {
	const end = 1 << 64
	switch {
	case f > -end && f < 0:
		return -int64(uint64(-f))
	case f >= 0 && f < end:
		return int64(uint64(f))
	}
	return 0
}
