// SPDX-License-Identifier: BSD-3-Clause

// Goroutines that never call anything are stopped between two instructions and go on with all of
// their integers and floating point numbers.
package main

import (
	"fmt"
	"runtime"
	"time"
)

func spin(n int) (uint64, float64) {
	var a, b, c, d, e, f, g, h uint64 = 1, 2, 3, 4, 5, 6, 7, 8
	p, q, r, s, t, u, v, w := 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0
	for i := 0; i < n; i++ {
		a += b ^ h
		b += c
		c ^= d << 1
		d += e
		e ^= f >> 1
		f += g
		g ^= h << 3
		h += a | 1
		p = q*0.5 + w*0.25
		q = r*0.5 + 1
		r = s*0.5 + 2
		s = t*0.5 + 3
		t = u*0.5 + 4
		u = v*0.5 + 5
		v = w*0.5 + 6
		w = p*0.5 + 7
	}
	return a ^ b ^ c ^ d ^ e ^ f ^ g ^ h, p + q + r + s + t + u + v + w
}

func main() {
	runtime.GOMAXPROCS(2)
	const n = 4000000
	type result struct {
		i uint64
		f float64
	}
	results := make(chan result)
	for k := 0; k < 4; k++ {
		go func() {
			i, f := spin(n)
			results <- result{i, f}
		}()
	}
	stop := make(chan bool)
	go func() {
		for {
			select {
			case <-stop:
				close(stop)
				return
			default:
				runtime.GC()
				time.Sleep(time.Millisecond)
			}
		}
	}()
	first := <-results
	for k := 1; k < 4; k++ {
		if r := <-results; r != first {
			fmt.Println("different", r, first)
		}
	}
	stop <- true
	<-stop
	fmt.Println(first.i != 0, first.f != 0)
}
