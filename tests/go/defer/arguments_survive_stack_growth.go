// SPDX-License-Identifier: BSD-3-Clause

//test:godebug gortmovestack=1,gortpoison=1

// Arguments of pending calls that point into the stack follow it when it moves: records of both
// kinds and open-coded slots, while pending, between the panic and the call, and in Goexit.
package main

import "runtime"

func grow(n int) int {
	var pad [128]int
	pad[n%128] = n
	if n > 0 {
		return grow(n-1) + pad[n%128]
	}
	return pad[0]
}

type point struct{ x, y int }

func check(what string, p *point, q **point, s []int) {
	grow(100)
	println(what, p.x, p.y, (*q).x, *q == p, len(s), s[len(s)-1])
}

func pending(what string, n int, mode string) {
	p := point{n, n + 1}
	q := &p
	s := [4]int{1, 2, 3, n}
	defer check(what+" open or frame", &p, &q, s[:])
	func() {
		r := point{n * 10, n}
		t := &r
		for i := 0; i < n; i++ {
			defer check(what+" loop", &r, &t, s[i:])
		}
		grow(500)
		switch mode {
		case "panic":
			panic(what)
		case "exit":
			runtime.Goexit()
		}
	}()
}

func main() {
	pending("return", 2, "")
	func() {
		defer func() { println(recover().(string)) }()
		pending("panic", 2, "panic")
	}()
	done := make(chan bool)
	go func() {
		defer close(done)
		pending("exit", 2, "exit")
	}()
	<-done
}
