// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"fmt"
	"runtime"
	"sync"
	"time"
)

// Ps come and go; timers and queued goroutines of a P that goes are not lost.
func main() {
	var wg sync.WaitGroup
	sum := make(chan int, 64)
	for i := 0; i < 64; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			for j := 0; j < 20; j++ {
				time.Sleep(time.Duration(j%5) * 100 * time.Microsecond)
				runtime.Gosched()
			}
			sum <- i
		}(i)
	}
	for i := 0; i < 40; i++ {
		runtime.GOMAXPROCS(1 + i%6)
		time.Sleep(time.Millisecond)
	}
	wg.Wait()
	close(sum)
	total := 0
	for v := range sum {
		total += v
	}
	fmt.Println(total, runtime.GOMAXPROCS(0))
}
