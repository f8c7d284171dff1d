// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"unsafe"
)

// Deferred and started calls of functions that are C++: their arguments are pending like any
// other's while the stack moves and the collector runs.

//go:noinline
func grow(n int) int {
	var block [64]int
	if n == 0 {
		return block[0]
	}
	return grow(n-1) + block[n%64]
}

func disturb() {
	grow(200)
	runtime.GC()
}

func recovered() (r string) {
	defer func() {
		if recover() == nil {
			r = "squelched"
		} else {
			r = "not squelched"
		}
	}()
	defer recover()
	defer disturb()
	panic(1)
}

func deletes() (left int) {
	m := map[string]int{"a long enough key of its own": 1, "other": 2}
	m32 := map[uint32]int{7: 1, 8: 2}
	m64 := map[uint64]int{7: 1, 8: 2}
	defer func() { left = len(m)*100 + len(m32)*10 + len(m64) }()
	defer delete(m, strings.Repeat("a long enough key of its own", 1))
	defer delete(m32, 7)
	defer delete(m64, 8)
	disturb()
	return 0
}

var pointer unsafe.Pointer

func stores() int {
	func() {
		defer atomic.StorePointer(&pointer, unsafe.Pointer(&[]int{42}[0]))
		disturb()
	}()
	disturb()
	return *(*int)(pointer)
}

func starts() int {
	m := map[string]int{strings.Repeat("x", 100): 1}
	go delete(m, strings.Repeat("x", 100))
	for len(m) != 0 {
		disturb()
		runtime.Gosched()
	}
	return len(m)
}

func main() {
	runtime.GOMAXPROCS(1)
	fmt.Println(recovered())
	fmt.Println(deletes())
	fmt.Println(stores())
	fmt.Println(starts())
}
