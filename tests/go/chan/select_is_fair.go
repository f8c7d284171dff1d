// SPDX-License-Identifier: BSD-3-Clause

package main

import "fmt"

// Of the cases that can go on each is chosen about as often.
func main() {
	const rounds = 30000
	chans := make([]chan int, 3)
	for i := range chans {
		chans[i] = make(chan int, 1)
		chans[i] <- 0
	}
	var closed = make(chan int)
	close(closed)
	counts := make([]int, 5)
	var none chan int
	full := make(chan int, 1)
	for n := 0; n < rounds; n++ {
		select {
		case <-chans[0]:
			counts[0]++
			chans[0] <- 0
		case <-chans[1]:
			counts[1]++
			chans[1] <- 0
		case <-none:
			fmt.Println("received from nil")
		case _, ok := <-closed:
			if ok {
				fmt.Println("received from closed")
			}
			counts[2]++
		case full <- n:
			counts[3]++
			<-full
		case <-chans[2]:
			counts[4]++
			chans[2] <- 0
		}
	}
	for i, n := range counts {
		fmt.Println(i, n > rounds/5*9/10 && n < rounds/5*11/10)
	}
}
