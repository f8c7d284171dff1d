// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"runtime"
	"runtime/debug"
	"sync"
	"unsafe"
)

func init() {
	register("GoexitInMain", func() { deferredGoexit() })
	register("DeadlockReceive", func() { <-make(chan int) })
	register("DeadlockSendOnNil", func() { var c chan int; c <- zero })
	register("DeadlockSelect", func() { deadlockSelect() })
	register("DeadlockMutex", deadlockMutex)
	register("DeadlockWithOthers", deadlockWithOthers)
	register("LockedDeadlock", lockedDeadlock)
	register("UnlockOfUnlocked", func() { new(sync.Mutex).Unlock() })
	register("UnlockInGoroutine", unlockInGoroutine)
	register("StackOverflow", stackOverflow)
	register("StackOverflowInGoroutine", stackOverflowInGoroutine)
	register("ConcurrentMapWrites", concurrentMapWrites)
	register("ConcurrentMapRead", concurrentMapRead)
	register("ConcurrentFastMap", concurrentFastMap)
	register("ConcurrentMapDelete", concurrentMapDelete)
	register("ConcurrentMapIteration", concurrentMapIteration)
	register("MakesliceTooLarge", func() { sink = make([]byte, zero-1) })
	register("OutOfMemory", func() { sink = make([]byte, 1<<46+zero) })
	register("TooManyThreads", func() { debug.SetMaxThreads(1) })
}

func deferredGoexit() {
	defer func() { zero++ }()
	runtime.Goexit()
}

func deadlockSelect() {
	a, b := make(chan int), make(chan string)
	select {
	case <-a:
	case b <- "":
	}
}

func deadlockMutex() {
	var m sync.Mutex
	m.Lock()
	m.Lock()
}

func deadlockWithOthers() {
	var wait sync.WaitGroup
	wait.Add(1)
	started := make(chan bool)
	go func() {
		started <- true
		select {}
	}()
	<-started
	go func(n int) {
		started <- true
		<-make(chan bool)
	}(5)
	<-started
	wait.Wait()
}

func lockedDeadlock() {
	runtime.LockOSThread()
	go func() {
		runtime.LockOSThread()
		<-make(chan bool)
	}()
	<-make(chan bool)
}

func unlockInGoroutine() {
	go func() { new(sync.RWMutex).RUnlock() }()
	select {}
}

//go:noinline
func recurse(n int, text string) int {
	var words [16]int
	words[n&15] = recurse(n+1, text)
	return words[(n+1)&15]
}

func stackOverflow() {
	debug.SetMaxStack(1 << 16)
	recurse(0, "text")
}

func stackOverflowInGoroutine() {
	debug.SetMaxStack(1 << 16)
	go recurse(0, "text")
	select {}
}

// The map as one that another goroutine is writing to: the bit of package runtime's hmap.flags.
func beingWritten(m unsafe.Pointer) {
	type hmap struct {
		count int
		flags uint8
	}
	(*hmap)(m).flags |= 4
}

type key struct {
	a int
	s string
}

func writtenMap() map[key]int {
	m := map[key]int{{1, "x"}: 1}
	beingWritten(*(*unsafe.Pointer)(unsafe.Pointer(&m)))
	return m
}

func concurrentMapWrites() { writtenMap()[key{2, "y"}] = 1 }
func concurrentMapRead()   { zero = writtenMap()[key{2, "y"}] }
func concurrentMapDelete() { delete(writtenMap(), key{1, "x"}) }
func concurrentMapIteration() {
	for k := range writtenMap() {
		zero += k.a
	}
}

func concurrentFastMap() {
	m := map[int]int{1: 1}
	beingWritten(*(*unsafe.Pointer)(unsafe.Pointer(&m)))
	m[2] = 2
}
