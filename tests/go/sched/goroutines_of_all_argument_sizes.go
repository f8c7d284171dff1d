// SPDX-License-Identifier: BSD-3-Clause

package main

import "fmt"

type block [30]uint64

func sum(c chan uint64, b block, more ...uint64) {
	s := uint64(0)
	for _, v := range b {
		s += v
	}
	for _, v := range more {
		s += v
	}
	c <- s
}

// The argument block of a go statement is copied.
func main() {
	c := make(chan uint64)
	total := uint64(0)
	for i := 0; i < 100; i++ {
		var b block
		for j := range b {
			b[j] = uint64(i * j)
		}
		go sum(c, b, 1, 2, uint64(i))
	}
	for i := 0; i < 100; i++ {
		total += <-c
	}
	go func() { c <- 5 }()
	fmt.Println(total, <-c)
}
