// SPDX-License-Identifier: BSD-3-Clause

package main

import "fmt"

type big [4096]byte

func run(size int) (sum int) {
	empty := make(chan struct{}, size)
	b := make(chan byte, size)
	s := make(chan string, size)
	l := make(chan big, size)
	i := make(chan interface{}, size)
	done := make(chan bool)
	go func() {
		for n := 0; n < 50; n++ {
			empty <- struct{}{}
			b <- byte(n)
			s <- fmt.Sprint("s", n)
			var v big
			v[0], v[4095] = byte(n), byte(n+1)
			l <- v
			i <- n
		}
		done <- true
	}()
	for n := 0; n < 50; n++ {
		<-empty
		v := <-b
		t := <-s
		w := <-l
		x := (<-i).(int)
		if int(v) != n || t != fmt.Sprint("s", n) || w[0] != v || w[4095] != v+1 || x != n {
			fmt.Println("wrong at", n)
		}
		sum += len(t) + int(w[4095])
	}
	<-done
	return sum
}

// Elements arrive whole, whatever their size and whatever the size of the buffer.
func main() {
	for _, size := range []int{0, 1, 2, 7, 100} {
		fmt.Println(size, run(size))
	}
}
