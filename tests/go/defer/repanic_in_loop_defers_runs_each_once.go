// SPDX-License-Identifier: BSD-3-Clause

// Records of a loop mixed with open-coded frames: every call panics anew and runs once (go#48898,
// go#43939).
package main

func leaf(n int) {
	for i := 0; i < n; i++ {
		defer func(i int) {
			println("leaf", i, recover() != nil)
			panic(i)
		}(i)
	}
	panic(-1)
}

func open(n int) {
	defer func() { println("open, second", recover() != nil) }()
	defer func() {
		println("open, first", recover().(int))
		panic("open")
	}()
	leaf(n)
}

func main() {
	defer println("main")
	open(3)
	open(0)
}
