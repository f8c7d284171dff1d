// SPDX-License-Identifier: BSD-3-Clause

// A deferred call that a panic runs has its arguments for itself: what it no longer uses can be
// collected while it runs, although the record of the call is still there.
package main

import (
	"fmt"
	"runtime"
	"time"
)

type object struct{ data [4]int }

//go:noinline
func fresh(collected chan bool) *object {
	o := &object{data: [4]int{1, 2, 3, 4}}
	runtime.SetFinalizer(o, func(*object) { collected <- true })
	return o
}

//go:noinline
func use(o *object) int { return o.data[3] }

//go:noinline
func grow(n int) int {
	var frame [64]int
	if n == 0 {
		return frame[0]
	}
	return grow(n-1) + frame[n]
}

//go:noinline
func wait(collected chan bool) bool {
	for i := 0; i < 50; i++ {
		runtime.GC()
		select {
		case <-collected:
			return true
		case <-time.After(10 * time.Millisecond):
		}
	}
	return false
}

// The deferred call: what it does not use any more goes while it runs.
func call(o *object, collected chan bool, deep int) {
	fmt.Print(use(o)+5, " ", grow(deep), " ")
	fmt.Println(wait(collected))
}

// A defer statement in a loop makes a record on the heap.
//go:noinline
func heapRecord(collected chan bool, deep int, end func()) {
	for i := 0; i < 1; i++ {
		defer call(fresh(collected), collected, deep)
	}
	end()
}

// So many statements are not open-coded: each has its record in the frame.
//go:noinline
func stackRecord(collected chan bool, deep int, end func()) {
	defer func() {}()
	defer func() {}()
	defer func() {}()
	defer func() {}()
	defer func() {}()
	defer func() {}()
	defer func() {}()
	defer func() {}()
	defer call(fresh(collected), collected, deep)
	end()
}

//go:noinline
func openCoded(collected chan bool, deep int, end func()) {
	defer call(fresh(collected), collected, deep)
	end()
}

// What is owed after a recovery is called by the runtime, too.
//go:noinline
func openCodedRecovers(collected chan bool, deep int, end func()) {
	defer call(fresh(collected), collected, deep)
	defer func() { recover() }()
	end()
}

func run(f func(chan bool, int, func()), deep int, end func()) {
	collected := make(chan bool, 1)
	done := make(chan bool)
	go func() {
		defer close(done)
		defer func() { recover() }()
		f(collected, deep, end)
	}()
	<-done
}

func main() {
	panics := func() { panic("a panic") }
	panicsTwice := func() {
		defer func() { panic("another") }()
		panic("a panic")
	}
	returns := func() {}
	for _, deep := range []int{0, 50} {
		for _, f := range []func(chan bool, int, func()){heapRecord, stackRecord, openCoded} {
			run(f, deep, panics)
			run(f, deep, runtime.Goexit)
			run(f, deep, panicsTwice)
		}
		run(heapRecord, deep, returns)
		run(stackRecord, deep, returns)
		run(openCodedRecovers, deep, panics)
		run(openCodedRecovers, deep, panicsTwice)
	}
}
