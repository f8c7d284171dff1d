// SPDX-License-Identifier: BSD-3-Clause

// Goroutines, threads and the records that live in stack frames. The compiler and bodies that
// stock's export data inlines into other packages read a few words of g and m at fixed offsets
// (contract section 4, relink notes); the fields named here are those words and what debuggers and
// DWARF ask for. The rest of both structures is private to C++ (runtime/abi/g.h, m.h) and appears
// as padding.
//
// Before: type.go  After: main.go
package runtime

import "unsafe"

type stack struct {
	lo uintptr
	hi uintptr
}

type gobuf struct {
	sp   uintptr
	pc   uintptr
	g    uintptr
	ctxt unsafe.Pointer
	ret  uintptr
	lr   uintptr
	bp   uintptr
}

type g struct {
	stack       stack
	stackguard0 uintptr
	stackguard1 uintptr
	_panic      *_panic
	_defer      *_defer
	m           *m
	sched       gobuf
	_           [0xd8 - 112]byte
	lockedm     uintptr
}

type m struct {
	g0        *g
	_         [0x160 - 8]byte
	lockedg   uintptr
	_         [0x268 - 0x168]byte
	lockedExt uint32
	lockedInt uint32
}

type _defer struct {
	siz       int32
	started   bool
	heap      bool
	openDefer bool
	sp        uintptr
	pc        uintptr
	fn        *funcval
	_panic    *_panic
	link      *_defer
	fd        unsafe.Pointer
	varp      uintptr
	depth     uintptr
}

type _panic struct {
	argp      unsafe.Pointer
	arg       interface{}
	link      *_panic
	pc        uintptr
	sp        unsafe.Pointer
	recovered bool
	aborted   bool
	goexit    bool
	trap      bool
}

type mutex struct {
	key uintptr
}

//gort:goonly
type note struct {
	key uintptr
}

// sudog is a goroutine waiting on a channel or a semaphore.
type sudog struct {
	g           *g
	next        *sudog
	prev        *sudog
	elem        unsafe.Pointer
	acquiretime int64
	releasetime int64
	ticket      uint32
	isSelect    bool
	parent      *sudog
	waitlink    *sudog
	waittail    *sudog
	c           *hchan
	blocktime   int64
}

type waitq struct {
	first *sudog
	last  *sudog
}

type waitReason uint8

// Caller's code address, stack pointer and closure word: compiler intrinsics.

//gort:extern
func getcallerpc() uintptr

//gort:extern
func getcallersp() uintptr

//gort:extern
func getclosureptr() uintptr

//gort:extern
func getg() *g
