// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"os"
	"runtime"
)

// A goroutine whose panic runs deferred calls still gets to its message when main returns.
func main() {
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
