// SPDX-License-Identifier: BSD-3-Clause

// The main goroutine and the other Go frames that the runtime itself needs: package initialisation
// and finalizers call Go closures, so their frames have to be Go's.
//
// Before: frame.go  After: alloc.go
package runtime

import (
	"internal/cpu"
	"unsafe"
)

// main is the first goroutine. mainStart checks that it runs on the first thread and starts the
// background of the scheduler; mainReady ends the part in which the thread is locked; mainDone
// waits for a panic in flight and exits.
func main() {
	mainStart()
	cpu.Initialize(cpuOptions())
	setCPUFeatures()
	doInit(&runtime_inittask)
	mainReady(0)
	doInit(&main_inittask)
	mainReady(1)
	fn := main_main // an indirect call, as the address is known to the linker only
//line asm/shim/proc.go:204
	fn()
//line asm/shim/main.go:29
	mainDone()
}

//gort:park
func mainStart()

//gort:park
func mainReady(step int)

//gort:park
func mainDone()

//gort:system
func cpuOptions() string

// setCPUFeatures publishes what internal/cpu found (and GODEBUG=cpu.* switched off) to compiled
// code and to C++.
func setCPUFeatures() {
	x86HasPOPCNT = cpu.X86.HasPOPCNT
	x86HasSSE41 = cpu.X86.HasSSE41
	x86HasFMA = cpu.X86.HasFMA
	arm64HasATOMICS = cpu.ARM64.HasATOMICS
}

// doInit runs the initialisers of a package after those of its imports. initStep returns step i of
// the task: a dependency that has not run, or a function, or that the task is done.
func doInit(t *initTask) {
	for i := uintptr(0); ; i++ {
		dep, fn, done := initStep(t, i)
		switch {
		case done:
			return
		case dep != nil:
			doInit(dep)
		case fn != nil:
			fn()
		}
	}
}

//gort:system
func initStep(t *initTask, i uintptr) (dep *initTask, fn func(), done bool)

// runfinq is the goroutine that runs finalizers, one per round. frame is the argument block.
func runfinq() {
	for {
		fn, frame, siz := nextFinalizer()
		reflectcall(nil, fn, frame, siz, siz)
		finalizerDone(frame)
	}
}

//gort:park
func nextFinalizer() (fn, frame unsafe.Pointer, siz uint32)

//gort:system
func finalizerDone(frame unsafe.Pointer)
