// SPDX-License-Identifier: BSD-3-Clause

//test:godebug gortmovestack=1,gortpoison=1

// A pending call whose arguments point into the frame and fill 8 KB is run by a panic, by Goexit or
// by a return that comes with the stack at every depth from one page to many, so that at some depth
// each step of the way (the panic, the copy of the arguments, the start of the call) has to grow
// the stack.
package main

import "runtime"

type big [8 << 10]byte

func set(p *int, x int, b big) { *p = x }

func deep(n int, then func()) {
	if n == 0 {
		then()
		return
	}
	var page [1024]byte
	use(&page, n)
	deep(n-1, then)
}

//go:noinline
func use(b *[1024]byte, n int) { b[n] = byte(n) }

func try(c chan int, depth int, then func(), want interface{}) {
	var y int
	defer func() {
		if recover() != want {
			y = -1
		}
		c <- y
	}()
	defer set(&y, 42, big{})
	deep(depth, then)
}

func main() {
	for depth := 0; depth < 100; depth++ {
		c := make(chan int, 1)
		go try(c, depth, func() { panic("deep") }, "deep")
		if got := <-c; got != 42 {
			println("panic at depth", depth, "left", got)
		}
		go try(c, depth, runtime.Goexit, nil)
		if got := <-c; got != 42 {
			println("Goexit at depth", depth, "left", got)
		}
		go try(c, depth, func() {}, nil)
		if got := <-c; got != 42 {
			println("return at depth", depth, "left", got)
		}
	}
}
