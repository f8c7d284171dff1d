// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"os"
	"runtime"
)

// A goroutine whose panic runs deferred calls still gets to its message when main returns. One P:
// main yields a bounded number of times, and on one P each yield gives the other goroutine a turn.
func main() {
	runtime.GOMAXPROCS(1)
	panicking := make(chan bool)
	go func() {
		defer func() {
			panicking <- true
			for i := 0; i < 100; i++ {
				runtime.Gosched()
			}
			os.Exit(3)
		}()
		panic("late")
	}()
	<-panicking
}
