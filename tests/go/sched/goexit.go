// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"fmt"
	"runtime"
	"sync"
)

// Goexit runs the deferred calls and ends the goroutine only.
func main() {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		defer fmt.Println("deferred", recover())
		func() {
			defer fmt.Println("inner")
			runtime.Goexit()
		}()
		fmt.Println("not printed")
	}()
	wg.Wait()
	for runtime.NumGoroutine() > 1 { // it has called Done, but may not have ended
		runtime.Gosched()
	}
	before := runtime.NumGoroutine()
	block := make(chan bool)
	go func() { <-block }()
	fmt.Println(before, runtime.NumGoroutine())
	close(block)
}
