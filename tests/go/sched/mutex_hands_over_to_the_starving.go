// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"fmt"
	"sync"
	"time"
)

// Two goroutines that keep a lock for long get it equally often.
func main() {
	var mu sync.Mutex
	stop := make(chan bool)
	other := 0
	go func() {
		for {
			mu.Lock()
			time.Sleep(100 * time.Microsecond)
			mu.Unlock()
			select {
			case <-stop:
				return
			default:
			}
		}
	}()
	for i := 0; i < 10; i++ {
		time.Sleep(100 * time.Microsecond)
		mu.Lock()
		other++
		mu.Unlock()
	}
	stop <- true
	fmt.Println(other)
}
