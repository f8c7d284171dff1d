// SPDX-License-Identifier: BSD-3-Clause

// Builtins of build modes that gort does not have: the race and memory sanitizers, coverage-guided
// fuzzing, cgo, 32-bit arithmetic. The compiler numbers all 198 builtins, and the linker turns a
// reference to a missing one into a call of address 0 without a message; so each exists. -race,
// -msan and cgo are refused when a program is linked.
//
// Before: softfloat.go  After: docs/seam.md
package runtime

import "unsafe"

//gort:system
func racefuncenter(pc uintptr)

//gort:system
func racefuncenterfp()

//gort:system
func racefuncexit()

//gort:system
func raceread(addr uintptr)

//gort:system
func racewrite(addr uintptr)

//gort:system
func racereadrange(addr, size uintptr)

//gort:system
func racewriterange(addr, size uintptr)

//gort:system
func msanread(addr, size uintptr)

//gort:system
func msanwrite(addr, size uintptr)

//gort:leaf
func libfuzzerTraceCmp1(arg0, arg1 uint8)

//gort:leaf
func libfuzzerTraceCmp2(arg0, arg1 uint16)

//gort:leaf
func libfuzzerTraceCmp4(arg0, arg1 uint32)

//gort:leaf
func libfuzzerTraceCmp8(arg0, arg1 uint64)

//gort:leaf
func libfuzzerTraceConstCmp1(arg0, arg1 uint8)

//gort:leaf
func libfuzzerTraceConstCmp2(arg0, arg1 uint16)

//gort:leaf
func libfuzzerTraceConstCmp4(arg0, arg1 uint32)

//gort:leaf
func libfuzzerTraceConstCmp8(arg0, arg1 uint64)

// -d=checkptr, which -race and -msan imply and which can be asked for alone.

//gort:system
func checkptrAlignment(p unsafe.Pointer, elem *_type, n uintptr)

//gort:system
func checkptrArithmetic(p unsafe.Pointer, originals []unsafe.Pointer)

// Arithmetic that 32-bit machines call for.

func int64div(n, d int64) int64        { return n / d }
func uint64div(n, d uint64) uint64     { return n / d }
func int64mod(n, d int64) int64        { return n % d }
func uint64mod(n, d uint64) uint64     { return n % d }
func float64toint64(x float64) int64   { return int64(x) }
func float64touint64(x float64) uint64 { return uint64(x) }
func float64touint32(x float64) uint32 { return uint32(x) }
func int64tofloat64(x int64) float64   { return float64(x) }
func uint64tofloat64(x uint64) float64 { return float64(x) }
func uint32tofloat64(x uint32) float64 { return float64(x) }

// cgo.

//gort:system
func cgocall(fn, arg unsafe.Pointer) int32

//gort:system
func cgocallback(fn, frame unsafe.Pointer, framesize, ctxt uintptr)

//gort:system
func cgoCheckPointer(ptr interface{}, arg interface{})

//gort:system
func cgoCheckResult(val interface{})

//gort:leaf
func cgoUse(x interface{})

//gort:system
func _cgo_panic_internal(p *byte)
