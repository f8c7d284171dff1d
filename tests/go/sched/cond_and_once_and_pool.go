// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"fmt"
	"sync"
)

// sync.Cond wakes in the order of waiting; Once runs once; a Pool gives back what it got.
func main() {
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	var order []int
	waiting := 0
	var wg sync.WaitGroup
	for i := 0; i < 10; i++ {
		mu.Lock()
		for waiting != i {
			mu.Unlock()
			mu.Lock()
		}
		mu.Unlock()
		wg.Add(1)
		ready := make(chan bool)
		go func(i int) {
			defer wg.Done()
			mu.Lock()
			waiting++
			ready <- true
			c.Wait()
			order = append(order, i)
			mu.Unlock()
		}(i)
		<-ready
	}
	for i := 0; i < 10; i++ {
		for {
			mu.Lock()
			if len(order) == i {
				c.Signal()
				mu.Unlock()
				break
			}
			mu.Unlock()
		}
	}
	wg.Wait()
	fmt.Println(order)
	var once sync.Once
	n := 0
	for i := 0; i < 100; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			once.Do(func() { n++ })
		}()
	}
	wg.Wait()
	fmt.Println(n)
}
