// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"fmt"
	"runtime"
)

// With one P a loop that calls nothing does not keep others from running.
func main() {
	runtime.GOMAXPROCS(1)
	for i := 0; i < 3; i++ {
		go func() {
			x := uint32(1)
			for {
				x = x*3 + 1
			}
		}()
	}
	done := make(chan int)
	go func() { done <- 1 }()
	fmt.Println(<-done)
}
