// SPDX-License-Identifier: BSD-3-Clause

// Pointers into a stack are right after the stack has moved: in locals, arguments, closures,
// interfaces, slices, deferred calls, and in a value whose pointers a GC program describes.
package main

import (
	"fmt"
	"runtime"
)

type node struct {
	next *node
	v    int
}

//go:noinline
func grow(n int) int {
	var pad [40]int
	if n == 0 {
		return 0
	}
	pad[n%40] = n
	return grow(n-1) + pad[n%40]
}

//go:noinline
func list(n int, below *node) int {
	here := node{below, n}
	if n > 0 {
		return list(n-1, &here)
	}
	sum := 0
	for p := &here; p != nil; p = p.next {
		sum += p.v
	}
	return sum
}

//go:noinline
func set(p *int, v int) { grow(50); *p = v }

func closures() (r int) {
	x := 1
	add := func(d int) { grow(60); x += d }
	for i := 0; i < 10; i++ {
		add(i)
	}
	return x
}

type shape interface{ area() int }
type square struct{ side *int }

func (s square) area() int { grow(80); return *s.side * *s.side }

func interfaces() int {
	side := 7
	var s shape = square{&side}
	grow(200)
	return s.area()
}

func slices() int {
	var array [16]int
	s := array[3:9]
	grow(300)
	for i := range s {
		s[i] = i
	}
	return array[3] + array[8]
}

func deferred() (r int) {
	x := 5
	defer func(p *int) { r = *p }(&x)
	for i := 0; i < 3; i++ {
		defer set(&x, 40+i)
	}
	grow(500)
	return 1
}

func recovered() (r int) {
	x := 6
	defer func() {
		grow(700)
		recover()
		r = x
	}()
	func() {
		defer set(&x, 77)
		grow(900)
		panic("x")
	}()
	return 1
}

func goexit() int {
	c := make(chan int)
	go func() {
		x := 0
		defer func() { c <- x }()
		defer set(&x, 9)
		grow(400)
		runtime.Goexit()
	}()
	return <-c
}

// 160 KB of pointers: gc describes them by a program.
//
//go:noinline
func program() int {
	var many [20000]*int
	x := 3
	for i := range many {
		if i%3 == 0 {
			many[i] = &x
		}
	}
	grow(5000)
	x = 4
	sum := 0
	for _, p := range many {
		if p != nil {
			sum += *p
		}
	}
	return sum
}

func received() int {
	c := make(chan *int)
	go func() {
		v := 12
		grow(100)
		c <- &v
	}()
	var p *int
	select {
	case p = <-c:
	}
	grow(1000)
	return *p
}

func main() {
	fmt.Println(list(10000, nil))
	fmt.Println(closures(), interfaces(), slices(), deferred(), recovered(), goexit())
	fmt.Println(program(), received())
	done := make(chan int)
	for i := 0; i < 8; i++ {
		go func(i int) { done <- list(1000*i, nil) - list(1000*i, nil) + grow(i) }(i)
	}
	sum := 0
	for i := 0; i < 8; i++ {
		sum += <-done
	}
	fmt.Println(sum)
}
