// SPDX-License-Identifier: BSD-3-Clause

package bench

import (
	"runtime"
	"testing"
)

type listNode struct {
	next, other *listNode
	data        [6]uintptr
}

// A full collection of a heap of 64 MB in objects of 64 bytes that point to each other.
func BenchmarkCollectPointerHeap64MB(b *testing.B) {
	const n = 64 << 20 / 64
	nodes := make([]*listNode, n)
	for i := range nodes {
		nodes[i] = &listNode{}
		if i > 0 {
			nodes[i].next = nodes[i/2]
			nodes[i].other = nodes[i*7%i]
		}
	}
	runtime.GC()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		runtime.GC()
	}
	b.StopTimer()
	runtime.KeepAlive(nodes)
}

//go:noinline
func waitDeep(n int, p *listNode, started chan<- bool, end <-chan bool) *listNode {
	var local [2]*listNode
	local[n%2] = p
	if n == 0 {
		started <- true
		<-end
		return p
	}
	if q := waitDeep(n-1, p, started, end); q != local[n%2] {
		panic("lost")
	}
	return local[n%2]
}

// A full collection with 2000 goroutines that wait, 50 frames deep.
func BenchmarkCollect2000Stacks(b *testing.B) {
	const goroutines = 2000
	started, end := make(chan bool), make(chan bool)
	for i := 0; i < goroutines; i++ {
		go waitDeep(50, &listNode{}, started, end)
		<-started
	}
	runtime.GC()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		runtime.GC()
	}
	b.StopTimer()
	close(end)
}

type tree struct{ left, right *tree }

func newTree(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{newTree(depth - 1), newTree(depth - 1)}
}

func (t *tree) count() int {
	if t.left == nil {
		return 1
	}
	return 1 + t.left.count() + t.right.count()
}

// Trees that live and trees that die: allocation and collection at once.
func BenchmarkBinaryTrees(b *testing.B) {
	long := newTree(16)
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		if newTree(12).count() != 1<<13-1 {
			b.Fatal("lost")
		}
	}
	b.StopTimer()
	if long.count() != 1<<17-1 {
		b.Fatal("lost")
	}
}

// Maps and strings that die young, next to a map that stays.
func BenchmarkMapChurn(b *testing.B) {
	keep := map[string]*tree{}
	key := make([]byte, 8)
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		m := map[string]*tree{}
		for j := 0; j < 100; j++ {
			key[0], key[1], key[2] = byte(i), byte(i>>8), byte(j)
			m[string(key)] = &tree{}
		}
		for k, v := range m {
			if len(keep) < 20000 {
				keep[k] = v
			}
			break
		}
	}
	runtime.KeepAlive(keep)
}
