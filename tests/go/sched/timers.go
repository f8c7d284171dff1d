// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"fmt"
	"time"
)

// Timers fire in order of time, can be stopped and moved in both directions; tickers tick.
func main() {
	const unit = 60 * time.Millisecond
	var order []int
	c := make(chan int)
	for _, i := range []int{3, 1, 4, 2} {
		i := i
		time.AfterFunc(time.Duration(i)*unit, func() { c <- i })
	}
	stopped := time.AfterFunc(unit, func() { c <- 100 })
	fmt.Println("stop", stopped.Stop(), stopped.Stop())
	earlier := time.AfterFunc(time.Hour, func() { c <- 0 })
	fmt.Println("reset", earlier.Reset(unit/4))
	later := time.AfterFunc(unit, func() { c <- 5 })
	fmt.Println("reset", later.Reset(5*unit))
	for i := 0; i < 6; i++ {
		order = append(order, <-c)
	}
	fmt.Println(order)
	fmt.Println("fired", later.Stop(), later.Reset(0), <-c)
	ticker := time.NewTicker(unit / 10)
	for i := 0; i < 5; i++ {
		<-ticker.C
	}
	ticker.Reset(unit / 20)
	<-ticker.C
	ticker.Stop()
	start := time.Now()
	time.Sleep(unit)
	fmt.Println(time.Since(start) >= unit)
	time.Sleep(-1)
	select {
	case <-time.After(unit):
		fmt.Println("after")
	case <-c:
	}
}
