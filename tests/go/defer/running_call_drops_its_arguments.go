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

func run(end func(), deep int) {
	collected := make(chan bool, 1)
	done := make(chan bool)
	go func() {
		defer close(done)
		defer func() { recover() }()
		for i := 0; i < 1; i++ { // in a loop: a record on the heap
			defer func(o *object, n int) {
				fmt.Print(use(o)+n, " ", grow(deep), " ")
				fmt.Println(wait(collected))
			}(fresh(collected), 5)
		}
		end()
	}()
	<-done
}

func main() {
	for _, deep := range []int{0, 50} {
		run(func() { panic("a panic") }, deep)
		run(runtime.Goexit, deep)
		run(func() {
			defer func() { panic("another") }()
			panic("a panic")
		}, deep)
		run(func() {}, deep)
	}
}
