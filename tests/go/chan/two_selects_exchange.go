// SPDX-License-Identifier: BSD-3-Clause

package main

import "fmt"

// Selects on the same channels, locked in opposite orders of their cases, do not block each other.
func main() {
	a, b := make(chan int), make(chan int)
	done := make(chan [2]int)
	work := func(x, y chan int) {
		var sent, received int
		for sent < 2000 || received < 2000 {
			var send chan int
			if sent < 2000 {
				send = x
			}
			select {
			case send <- 1:
				sent++
			case <-y:
				received++
			}
		}
		done <- [2]int{sent, received}
	}
	go work(a, b)
	go work(b, a)
	fmt.Println(<-done, <-done)
}
