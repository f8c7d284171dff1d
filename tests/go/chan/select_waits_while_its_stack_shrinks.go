// SPDX-License-Identifier: BSD-3-Clause

//test:godebug gortpoison=1
package main

import "runtime"

// Makes the stack larger than its goroutine needs afterwards, so that a collection halves it.
//go:noinline
func deep(n int) int {
	var pad [64]byte
	if n == 0 {
		return 0
	}
	pad[n%64] = byte(n)
	return deep(n-1) + int(pad[n%64])
}

func main() {
	const waiters = 50
	first, second := make(chan int), make(chan string)
	ready, done := make(chan bool), make(chan int)
	for i := 0; i < waiters; i++ {
		go func() {
			deep(300)
			ready <- true
			got := 0
			for round := 0; round < 4; round++ {
				select {
				case v := <-first:
					got += v
				case s := <-second:
					got += len(s)
				}
			}
			done <- got
		}()
	}
	for i := 0; i < waiters; i++ {
		<-ready
	}
	for round := 0; round < 4; round++ {
		for i := 0; i < 100; i++ {
			runtime.Gosched()
		}
		runtime.GC()
		for i := 0; i < waiters; i++ {
			if i%2 == 0 {
				first <- 1
			} else {
				second <- "x"
			}
		}
	}
	sum := 0
	for i := 0; i < waiters; i++ {
		sum += <-done
	}
	println(sum)
}
