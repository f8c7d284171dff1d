// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"fmt"
	"runtime"
	"sync"
)

// close wakes all receivers with the zero value and all senders with a panic.
func main() {
	type pair struct {
		name  string
		value *int
	}
	c := make(chan pair)
	var wg sync.WaitGroup
	var mu sync.Mutex
	zero := 0
	for i := 0; i < 20; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			v, ok := <-c
			mu.Lock()
			defer mu.Unlock()
			if !ok && v == (pair{}) {
				zero++
			}
		}()
	}
	for i := 0; i < 100; i++ {
		runtime.Gosched()
	}
	close(c)
	wg.Wait()
	fmt.Println("receivers", zero)

	d := make(chan int)
	panics := map[string]int{}
	for i := 0; i < 20; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() {
				mu.Lock()
				defer mu.Unlock()
				panics[recover().(error).Error()]++
			}()
			d <- 1
		}()
	}
	for i := 0; i < 100; i++ {
		runtime.Gosched()
	}
	close(d)
	wg.Wait()
	fmt.Println("senders", panics)
}
