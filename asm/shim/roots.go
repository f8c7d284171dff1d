// SPDX-License-Identifier: BSD-3-Clause

// Package runtime is the Go half of gort: what the compiler, the linker and other packages insist
// on having as Go objects. Everything else is C++.
//
// This file holds the variables that the linker fills in or looks for, the link flags, and the
// roots: the one table through which C++ reaches Go. The external linker sees every Go symbol of a
// program as local, so C++ cannot name main.main or firstmoduledata; the process entry
// (arch/<cpu>/entry.s) passes the address of `roots` to gort_start instead. The table is a Go
// variable with a static initialiser: the compiler type-checks it, and a function in it is a func
// value, in C++ a funcval*, whose first word is the code address. The C++ mirror is
// gort::abi::Roots in runtime/abi/roots.h, checked when it is compiled.
//
// A body-less function carries a directive that says how Go code enters C++ there; docs/seam.md
// explains the kinds:
//	//gort:leaf     C++ on the goroutine stack       //gort:system   C++ on the system stack
//	//gort:park     C++ that ends in the scheduler   //gort:asm      text in arch/<cpu>
//	//gort:host     hand-written gas text that is the Go symbol itself
//	//gort:extern   defined by another package
// `int` after leaf or system: the C++ function's result goes to AX or R0 as it is (deferproc and
// its kin). `func` after leaf: go and defer may be given this function. The name of a cpu after a
// kind: only that cpu has the function. //gort:at file.go:line beside the kind: where stock's
// tracebacks say a goroutine is that waits there.
//
// Before: docs/seam.md  After: module.go
package runtime

import (
	_ "internal/bytealg"
	_ "runtime/cgo"
	_ "runtime/internal/atomic"
	_ "runtime/internal/math"
	"runtime/internal/sys"
	"unsafe"
)

//go:cgo_export_static main
//go:cgo_export_static runtime.tlsg
//go:cgo_ldflag "-static"
// The ELF header lies in the first executable segment, where stock has it: pprof's mappings begin
// there.
//go:cgo_ldflag "-Wl,-z,noseparate-code"
//go:cgo_ldflag "-lstdc++"
//go:cgo_ldflag "-lm"

// Filled in by cmd/link.
var (
	firstmoduledata moduledata
	lastmoduledatap *moduledata
	buildVersion    string
	modinfo         string
)

//go:linkname runtime_inittask runtime..inittask
var runtime_inittask initTask

//go:linkname main_inittask main..inittask
var main_inittask initTask

//go:linkname main_main main.main
//gort:extern
func main_main()

// rootTable is the type of roots. Order and names equal gort::abi::Roots.
type rootTable struct {
	firstmoduledata *moduledata
	buildVersion    *string
	modinfo         *string
	defaultGOROOT   *string

	// Code.
	main          func() // the first goroutine starts here
	goexit        func() // every goroutine returns into goexit+PCQuantum
	panicPending  func() // the target of a panic raised in C++
	sigpanic      func() // the target of a fault in Go code
	panicmem      func()
	panicdivide   func()
	panicoverflow func()
	runfinq       func() // the finalizer goroutine
	asyncPreempt  func()
	gopanic       func(interface{})
	mcall         func(func(*g))
	reflectcall   func(*_type, unsafe.Pointer, unsafe.Pointer, uint32, uint32)
	deferreturn   func(uintptr)

	runOpenDeferFrame func()
	memhashVarlen     func(unsafe.Pointer, uintptr) uintptr

	// Markers of the CPU profile.
	System       func()
	ExternalCode func()
	GC           func()
	newstack     func()

	// Markers of the execution trace.
	startTheWorld   func()
	startTheWorldGC func()
	gcBgMarkWorker  func()

	// Words that compiled code reads.
	writeBarrier        *writeBarrierFlags
	zerobase            *uintptr
	ncpu                *int32
	memProfileRate      *int
	mutexprofilerate    *uint64
	x86HasPOPCNT        *bool
	x86HasSSE41         *bool
	x86HasFMA           *bool
	arm64HasATOMICS     *bool
	vdsoGettimeofdaySym *uintptr

	// Types of values that C++ makes, each carried by a nil pointer to it: the type word of such an
	// interface is the pointer type, whose elem is the type wanted. TypeAssertionError is used as
	// the pointer itself.
	stringPtr             interface{}
	intPtr                interface{}
	uintptrPtr            interface{}
	bytePtr               interface{}
	runePtr               interface{}
	boolPtr               interface{}
	pointerPtr            interface{}
	efacePtr              interface{}
	int32SlicePtr         interface{}
	deferPtr              interface{}
	hmapPtr               interface{}
	mapextraPtr           interface{}
	bmapPtrSlicePtr       interface{} // *[]*bmap, what mapextra.overflow points to
	hiterPtr              interface{}
	hchanPtr              interface{}
	errorStringPtr        interface{}
	plainErrorPtr         interface{}
	boundsErrorPtr        interface{}
	TypeAssertionErrorPtr interface{}

	// An errorString as an error: its first word is the itab.
	errorStringError error
}

var roots = rootTable{
	firstmoduledata: &firstmoduledata,
	buildVersion:    &buildVersion,
	modinfo:         &modinfo,
	defaultGOROOT:   &sys.DefaultGoroot,

	main:          main,
	goexit:        goexit,
	panicPending:  panicPending,
	sigpanic:      sigpanic,
	panicmem:      panicmem,
	panicdivide:   panicdivide,
	panicoverflow: panicoverflow,
	runfinq:       runfinq,
	asyncPreempt:  asyncPreempt,
	gopanic:       gopanic,
	mcall:         mcall,
	reflectcall:   reflectcall,
	deferreturn:   deferreturn,

	runOpenDeferFrame: runOpenDeferFrame,
	memhashVarlen:     memhash_varlen,

	System:       _System,
	ExternalCode: _ExternalCode,
	GC:           _GC,
	newstack:     newstack,

	startTheWorld:   startTheWorld,
	startTheWorldGC: startTheWorldGC,
	gcBgMarkWorker:  gcBgMarkWorker,

	writeBarrier:        &writeBarrier,
	zerobase:            &zerobase,
	ncpu:                &ncpu,
	memProfileRate:      &MemProfileRate,
	mutexprofilerate:    &mutexprofilerate,
	x86HasPOPCNT:        &x86HasPOPCNT,
	x86HasSSE41:         &x86HasSSE41,
	x86HasFMA:           &x86HasFMA,
	arm64HasATOMICS:     &arm64HasATOMICS,
	vdsoGettimeofdaySym: &vdsoGettimeofdaySym,

	stringPtr:             (*string)(nil),
	intPtr:                (*int)(nil),
	uintptrPtr:            (*uintptr)(nil),
	bytePtr:               (*byte)(nil),
	runePtr:               (*rune)(nil),
	boolPtr:               (*bool)(nil),
	pointerPtr:            (*unsafe.Pointer)(nil),
	efacePtr:              (*interface{})(nil),
	int32SlicePtr:         (*[]int32)(nil),
	deferPtr:              (*_defer)(nil),
	hmapPtr:               (*hmap)(nil),
	mapextraPtr:           (*mapextra)(nil),
	bmapPtrSlicePtr:       (*[]*bmap)(nil),
	hiterPtr:              (*hiter)(nil),
	hchanPtr:              (*hchan)(nil),
	errorStringPtr:        (*errorString)(nil),
	plainErrorPtr:         (*plainError)(nil),
	boundsErrorPtr:        (*boundsError)(nil),
	TypeAssertionErrorPtr: (*TypeAssertionError)(nil),

	errorStringError: errorString(""),
}

// The linker wants these words; compiled code reads most of them without a call.
var (
	writeBarrier        writeBarrierFlags
	zerobase            uintptr // the address of every zero-sized object
	ncpu                int32
	mutexprofilerate    uint64
	x86HasPOPCNT        bool
	x86HasSSE41         bool
	x86HasFMA           bool
	armHasVFPv4         bool
	arm64HasATOMICS     bool
	vdsoGettimeofdaySym uintptr
	iscgo               bool
	_cgo_setenv         unsafe.Pointer
	_cgo_unsetenv       unsafe.Pointer
	cgoAlwaysFalse      bool
	islibrary           bool
	isarchive           bool
)

// MemProfileRate controls the fraction of allocations that the memory profile records: one sample
// per that many bytes on average, 0 for none, 1 for all. Set it once, as early as possible.
var MemProfileRate int = 512 * 1024

type writeBarrierFlags struct {
	enabled bool
	pad     [3]byte
	needed  bool
	cgo     bool
	alignme uint64
}
