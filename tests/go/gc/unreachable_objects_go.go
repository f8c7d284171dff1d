// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"time"
)

type object struct {
	next *object
	data [100]uintptr
}

var sink *object

//go:noinline
func chain(n int, dead chan<- int) {
	var head *object
	for i := 0; i < n; i++ {
		o := &object{next: head}
		head = o
	}
	runtime.SetFinalizer(head, func(*object) { dead <- n })
}

// runtime.GC returns when garbage has been swept; finalizers come; the heap stays near GOGC's goal;
// with the collector switched off no cycle begins.
func main() {
	dead := make(chan int, 100)
	for i := 1; i <= 5; i++ {
		chain(i*10, dead)
	}
	runtime.GC()
	sum := 0
	for i := 1; i <= 5; i++ {
		select {
		case n := <-dead:
			sum += n
		case <-time.After(10 * time.Second):
			fmt.Println("no finalizer")
		}
	}
	fmt.Println("finalized", sum)

	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := 0; i < 100000; i++ {
		sink = &object{}
	}
	sink = nil
	runtime.GC()
	runtime.ReadMemStats(&after)
	fmt.Println("cycles", after.NumGC > before.NumGC+1,
		"heap", after.HeapAlloc < before.HeapAlloc+8<<20, "sys", after.HeapSys < 80<<20)

	old := debug.SetGCPercent(-1)
	runtime.ReadMemStats(&before)
	for i := 0; i < 20000; i++ {
		sink = &object{}
	}
	runtime.ReadMemStats(&after)
	off := after.NumGC == before.NumGC || os.Getenv("GODEBUG") != "" // gortgcevery does not ask
	fmt.Println("old", old, "off", off, debug.SetGCPercent(50))

	n := after.NumForcedGC
	runtime.GC()
	debug.FreeOSMemory()
	runtime.ReadMemStats(&after)
	fmt.Println("forced", after.NumForcedGC-n, after.PauseTotalNs > 0, after.GCCPUFraction >= 0)
}
