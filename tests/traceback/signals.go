// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

func init() {
	register("NilDereference", func() { loadField(nil) })
	register("NilDereferenceInGoroutine", func() { go loadField(nil); select {} })
	register("NilFunction", func() { callNil() })
	register("NilMapWrite", func() { var m map[string]int; m["x"] = zero })
	register("CopyFromNil", copyFromNil)
	register("CompareWithNil", compareWithNil)
	register("MapKeyAtNil", mapKeyAtNil)
	register("Divide", func() { zero = 1 / zero })
	register("WildAddress", wildAddress)
	register("WildAddressExpected", wildAddressExpected)
	register("Quit", quit)
	register("QuitInLoop", quitInLoop)
	register("QuitIdleThread", quitIdleThread)
	register("AbortFromOutside", abortFromOutside)
	register("LockedThreadPanics", lockedThreadPanics)
}

type large struct {
	a [100]int
	b int
}

//go:noinline
func loadField(p *large) int { return p.b }

//go:noinline
func callNil() {
	var f func(int) int
	if zero > 0 {
		f = func(n int) int { return n }
	}
	zero = f(1)
}

// A slice whose bytes are at the address 8.
func badSlice(n int) []byte {
	var s []byte
	header := (*[3]uintptr)(unsafe.Pointer(&s))
	header[0], header[1], header[2] = 8, uintptr(n), uintptr(n)
	return s
}

func copyFromNil() { copy(make([]byte, 300), badSlice(300)) }

func compareWithNil() {
	s := badSlice(64)
	text := *(*string)(unsafe.Pointer(&s))
	if text == string(make([]byte, 64+zero)) {
		zero++
	}
}

func mapKeyAtNil() {
	s := badSlice(3)
	zero = map[string]int{"abc": 1, "def": 2}[*(*string)(unsafe.Pointer(&s))]
}

//go:noinline
func loadWord(address uintptr) int { return *(*int)(unsafe.Pointer(address)) }

func wildAddress() { zero = loadWord(0x123450000) }

func wildAddressExpected() {
	debug.SetPanicOnFault(true)
	zero = loadWord(0x123450000)
}

// The kernel would choose a thread; these name one.
func signalThread(thread int, signal syscall.Signal) {
	syscall.Syscall(syscall.SYS_TGKILL, uintptr(syscall.Getpid()), uintptr(thread), uintptr(signal))
}

func quit() {
	runtime.LockOSThread()
	signalThread(syscall.Gettid(), syscall.SIGQUIT)
}

var spinning int32

//go:noinline
func spin() {
	for atomic.LoadInt32(&spinning) > 0 {
	}
}

// Sends the signal to a thread while the main goroutine sleeps. The sender then waits in a system
// call that the runtime does not know of, so it is running, whatever is looked at when.
func quitLater(thread *int32) {
	go func() {
		time.Sleep(20 * time.Millisecond)
		syscall.RawSyscall(syscall.SYS_TGKILL, uintptr(syscall.Getpid()),
			uintptr(atomic.LoadInt32(thread)), uintptr(syscall.SIGQUIT))
		for {
			syscall.RawSyscall6(syscall.SYS_PPOLL, 0, 0, 0, 0, 0, 0)
		}
	}()
	time.Sleep(time.Hour)
}

// A thread with a goroutine in a loop.
func quitInLoop() {
	runtime.GOMAXPROCS(2)
	go func() {
		runtime.LockOSThread()
		atomic.StoreInt32(&spinning, int32(syscall.Gettid()))
		spin()
	}()
	quitLater(&spinning)
}

// A thread whose goroutine waits: it is in the scheduler.
func quitIdleThread() {
	var thread int32
	go func() {
		runtime.LockOSThread()
		atomic.StoreInt32(&thread, int32(syscall.Gettid()))
		select {}
	}()
	quitLater(&thread)
}

func abortFromOutside() {
	runtime.LockOSThread()
	signalThread(syscall.Gettid(), syscall.SIGABRT)
}

func lockedThreadPanics() {
	go func() {
		runtime.LockOSThread()
		panicAt(1)
	}()
	select {}
}
