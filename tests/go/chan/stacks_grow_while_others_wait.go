// SPDX-License-Identifier: BSD-3-Clause

package main

import "fmt"

func deep(n int, c chan *[64]int) int {
	var local [64]int
	local[n%64] = n
	if n == 0 {
		p := <-c // the receiver's variable is in a frame that has been moved
		return p[63]
	}
	return deep(n-1, c) + local[n%64] - n
}

// Direct hand-over between stacks that have moved.
func main() {
	c := make(chan *[64]int)
	results := make(chan int)
	for i := 0; i < 50; i++ {
		go func(i int) { results <- deep(i*20, c) }(i)
	}
	for i := 0; i < 50; i++ {
		v := new([64]int)
		v[63] = i
		c <- v
	}
	sum := 0
	for i := 0; i < 50; i++ {
		sum += <-results
	}
	fmt.Println(sum)
}
