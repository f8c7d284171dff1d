// SPDX-License-Identifier: BSD-3-Clause

// Defer, panic, recover and the entry points of failed checks. The records' rules, the order of
// calls and all messages are C++ (runtime/panic); the bodies here are the frames that call Go
// closures or that a traceback must show.
//
// Before: iface.go  After: errors.go
package runtime

import "unsafe"

//gort:leaf int
func deferproc(siz int32, fn *funcval)

//gort:system int
func deferproc_slow(siz int32, fn *funcval)

//gort:leaf int
func deferprocStack(d *_defer)

//gort:asm
func deferreturn(arg0 uintptr)

//gort:leaf func
func gorecover(argp unsafe.Pointer) interface{}

// gopanic runs deferred calls until one recovers. Which call is next is decided in C++; it is
// called from here because its frame must be walkable. panicReturned does not return when the call
// recovered. A traceback through a panic shows the line of that call: it is stock's.
func gopanic(e interface{}) {
	var p _panic
	fn, args, siz := panicStart(uintptr(unsafe.Pointer(&p)), e, getcallerpc(), getcallersp())
	for fn != nil {
//line asm/shim/panic.go:969
		reflectcall(nil, fn, args, siz, siz)
//line asm/shim/panic.go:37
		fn, args, siz = panicReturned(&p)
	}
	preprintpanics(&p)
	fatalPanic(&p)
}

// Goexit terminates the goroutine that calls it. Other goroutines go on. Deferred calls run first;
// a recover in them returns nil, as this is not a panic. When the main goroutine calls it, the
// program goes on without main's return and crashes when all other goroutines are gone.
func Goexit() {
	var p _panic
	fn, args, siz := goexitStart(&p, getcallerpc(), getcallersp())
	for fn != nil {
		reflectcall(nil, fn, args, siz, siz)
		fn, args, siz = panicReturned(&p)
	}
	goexit1()
}

// runOpenDeferFrame makes the calls that a frame with open-coded defers still owes after a recovery
// in it. deferreturn jumps here as if the frame had called it; it is left out of tracebacks.
func runOpenDeferFrame() {
	for {
		fn, args, siz := openDeferNext()
		if fn == nil {
			return
		}
		reflectcall(nil, fn, args, siz, siz)
	}
}

//gort:system
func openDeferNext() (fn, args unsafe.Pointer, siz uint32)

// e escapes, since recover returns it; p is an address in this frame, and as a uintptr it does not.
//gort:system
func panicStart(p uintptr, e interface{}, callerpc, callersp uintptr) (
	fn, args unsafe.Pointer, siz uint32)

//go:noescape
//gort:system
func goexitStart(p *_panic, callerpc, callersp uintptr) (fn, args unsafe.Pointer, siz uint32)

//go:noescape
//gort:system
func panicReturned(p *_panic) (fn, args unsafe.Pointer, siz uint32)

//go:noescape
//gort:system
func fatalPanic(p *_panic)

// panicPending is where a C++ function that wants to panic returns to: it looks as if the Go caller
// had called it.
//
//go:nosplit
func panicPending() {
	gopanic(takePendingPanic())
}

//gort:system
func takePendingPanic() interface{}

// sigpanic looks as if the faulting instruction had called it; the signal handler left the signal
// in g.
func sigpanic() {
	switch k, e := sigpanicKind(); k {
	case 1:
		panicmem()
	case 2:
		panicdivide()
	case 3:
		panicoverflow()
	case 4:
		panicfloat()
	default:
		gopanic(e)
	}
}

//gort:system
func sigpanicKind() (kind int, e interface{})

func panicmem()      { gopanic(memoryError) }
func panicdivide()   { gopanic(divideError) }
func panicoverflow() { gopanic(overflowError) }
func panicfloat()    { gopanic(floatError) }
func panicshift()    { gopanic(shiftError) }

//gort:system
func panicwrap()

//gort:asm
func reflectcall(argtype *_type, fn, arg unsafe.Pointer, argsize uint32, retoffset uint32)

//gort:system
func reflectcallmove(typ *_type, dst, src unsafe.Pointer, size uintptr)

//gort:system
func throw(s string)

//gort:system
func throwinit()

//go:linkname sync_throw sync.throw
//gort:system
func sync_throw(s string)

// Bounds checks. The compiled check passes index and length in registers to panicX
// (arch/<cpu>/bounds.s), which stores them as arguments and jumps here.

func goPanicIndex(x int, y int)   { gopanic(boundsError{int64(x), y, true, 0}) }
func goPanicIndexU(x uint, y int) { gopanic(boundsError{int64(x), y, false, 0}) }

func goPanicSliceAlen(x int, y int)   { gopanic(boundsError{int64(x), y, true, 1}) }
func goPanicSliceAlenU(x uint, y int) { gopanic(boundsError{int64(x), y, false, 1}) }

func goPanicSliceAcap(x int, y int)   { gopanic(boundsError{int64(x), y, true, 2}) }
func goPanicSliceAcapU(x uint, y int) { gopanic(boundsError{int64(x), y, false, 2}) }

func goPanicSliceB(x int, y int)   { gopanic(boundsError{int64(x), y, true, 3}) }
func goPanicSliceBU(x uint, y int) { gopanic(boundsError{int64(x), y, false, 3}) }

func goPanicSlice3Alen(x int, y int)   { gopanic(boundsError{int64(x), y, true, 4}) }
func goPanicSlice3AlenU(x uint, y int) { gopanic(boundsError{int64(x), y, false, 4}) }

func goPanicSlice3Acap(x int, y int)   { gopanic(boundsError{int64(x), y, true, 5}) }
func goPanicSlice3AcapU(x uint, y int) { gopanic(boundsError{int64(x), y, false, 5}) }

func goPanicSlice3B(x int, y int)   { gopanic(boundsError{int64(x), y, true, 6}) }
func goPanicSlice3BU(x uint, y int) { gopanic(boundsError{int64(x), y, false, 6}) }

func goPanicSlice3C(x int, y int)   { gopanic(boundsError{int64(x), y, true, 7}) }
func goPanicSlice3CU(x uint, y int) { gopanic(boundsError{int64(x), y, false, 7}) }

//gort:asm
func panicIndex(x int, y int)

//gort:asm
func panicIndexU(x uint, y int)

//gort:asm
func panicSliceAlen(x int, y int)

//gort:asm
func panicSliceAlenU(x uint, y int)

//gort:asm
func panicSliceAcap(x int, y int)

//gort:asm
func panicSliceAcapU(x uint, y int)

//gort:asm
func panicSliceB(x int, y int)

//gort:asm
func panicSliceBU(x uint, y int)

//gort:asm
func panicSlice3Alen(x int, y int)

//gort:asm
func panicSlice3AlenU(x uint, y int)

//gort:asm
func panicSlice3Acap(x int, y int)

//gort:asm
func panicSlice3AcapU(x uint, y int)

//gort:asm
func panicSlice3B(x int, y int)

//gort:asm
func panicSlice3BU(x uint, y int)

//gort:asm
func panicSlice3C(x int, y int)

//gort:asm
func panicSlice3CU(x uint, y int)
