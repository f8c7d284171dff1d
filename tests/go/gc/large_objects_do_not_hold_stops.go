// SPDX-License-Identifier: BSD-3-Clause

// Zeroing a large object holds no stop of the world, and the object and what leads to it survive
// the cycles that come meanwhile.
package main

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"time"
)

const size = 32 << 20

//go:noinline
func dirty() {
	b := make([]byte, size)
	for i := 0; i < len(b); i += 512 {
		b[i] = 1
	}
}

//go:noinline
func check(b []byte) {
	for i := 0; i < len(b); i += 512 {
		if b[i] != 0 {
			panic("not zero")
		}
	}
	b[0] = 1
}

type node struct {
	next *node
	data [6]uintptr
}

func main() {
	runtime.GOMAXPROCS(2)
	var end, cycles int32
	done := make(chan bool)
	go func() {
		for atomic.LoadInt32(&end) == 0 {
			runtime.GC()
			atomic.AddInt32(&cycles, 1)
		}
		done <- true
	}()
	var kept [][]*node
	for began := time.Now(); time.Since(began) < 500*time.Millisecond; {
		dirty()
		check(make([]byte, size))
		nodes := make([]*node, size/64) // 4 MB
		for i := range nodes {
			if nodes[i] != nil {
				panic("not nil")
			}
		}
		nodes[len(nodes)-1] = &node{}
		kept = append(kept, nodes)
		if len(kept) == 8 {
			kept = append([][]*node(nil), kept[4:]...)
		}
		more := append(kept[0], &node{})
		if more[len(nodes)-1] == nil || more[len(nodes)].next != nil {
			panic("lost")
		}
	}
	for _, nodes := range kept {
		if nodes[len(nodes)-1].next != nil {
			panic("lost")
		}
	}
	atomic.StoreInt32(&end, 1)
	<-done
	fmt.Println("cycles", atomic.LoadInt32(&cycles) > 0)
}
