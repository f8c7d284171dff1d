// SPDX-License-Identifier: BSD-3-Clause

//test:godebug gortpoison=1,gortgcevery=5

// An object that nothing but the argument of a pending deferred call leads to stays: under
// collections while the call is pending, in a panic, a nested panic and Goexit, and in the growth
// of the stack between the making of the call and the beginning of the callee.
package main

import (
	"fmt"
	"runtime"
)

type object struct {
	next *object
	data [4]int
}

//go:noinline
func fresh(n int) *object {
	return &object{&object{nil, [4]int{n}}, [4]int{n, n + 1, n + 2, n + 3}}
}

var checked int

// The frame is larger than what is left of a small stack.
//go:noinline
func check(o *object, n int) {
	var frame [8 << 10]byte
	frame[n%len(frame)] = 1
	runtime.GC()
	if o.data != [4]int{n, n + 1, n + 2, n + 3} || o.next.data[0] != n || frame[n%len(frame)] != 1 {
		panic("lost")
	}
	checked++
}

//go:noinline
func pending(n int, end func()) {
	for i := 0; i < 3; i++ {
		defer check(fresh(n+i), n+i)
	}
	open(n+10, end)
}

//go:noinline
func open(n int, end func()) {
	defer check(fresh(n), n)
	defer check(fresh(n+1), n+1)
	for i := 0; i < 20; i++ {
		fresh(-i)
	}
	runtime.GC()
	end()
}

func main() {
	ends := []func(){
		func() {},
		func() { panic(1) },
		runtime.Goexit,
		func() {
			defer func() { panic(2) }()
			panic(1)
		},
		func() {
			defer check(fresh(50), 50)
			defer runtime.Goexit()
			panic(1)
		},
	}
	for i, end := range ends {
		done := make(chan bool)
		go func() {
			defer close(done)
			defer func() { recover() }()
			pending(100*i, end)
		}()
		<-done
		fmt.Println(i, checked)
	}
}
