// SPDX-License-Identifier: BSD-3-Clause

package bench

import (
	"fmt"
	"runtime"
	"sort"
	"strings"
	"testing"
	"time"
)

// Programs that keep the collector busy, each in a process of its own. Beside the time of an
// operation it is asked what the whole process took:
//
//	cpu-ns/op           processor time of all threads
//	peak-bytes          the most that was resident at a time
//	stop-ns/longest     how long the program stood still, in the cycle where that was longest
//	stop-ns/p99         in all but one of a hundred cycles it was less

// A workload prepares itself, and returns what is measured, which is done n times.
type workload struct {
	name    string
	n       int
	prepare func() func()
}

var workloads = []workload{
	{"CollectPointerHeap64MB", 10, pointerHeap},
	{"Collect2000Stacks", 30, waitingStacks},
	{"BinaryTrees", 2000, binaryTrees},
	{"MapChurn", 20000, mapChurn},
	{"StringChurn", 3000, stringChurn},
	{"LargeChurn", 1000, largeChurn},
}

func init() {
	for _, w := range workloads {
		w := w
		children[w.name] = w.measure
	}
}

func BenchmarkHeap(b *testing.B) {
	for _, w := range workloads {
		b.Run(w.name, func(b *testing.B) { inChild(b, w.name) })
	}
}

func (w workload) measure() metrics {
	step := w.prepare()
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	cpu, start := processorSeconds(), time.Now()
	for i := 0; i < w.n; i++ {
		step()
	}
	wall := time.Since(start)
	cpu = processorSeconds() - cpu
	runtime.ReadMemStats(&after)
	var stops []uint64
	for n := before.NumGC; n < after.NumGC; n++ {
		if after.NumGC-n <= uint32(len(after.PauseNs)) {
			stops = append(stops, after.PauseNs[n%uint32(len(after.PauseNs))])
		}
	}
	sort.Slice(stops, func(i, j int) bool { return stops[i] < stops[j] })
	return metrics{
		"ns/op":           float64(wall.Nanoseconds()) / float64(w.n),
		"cpu-ns/op":       cpu * 1e9 / float64(w.n),
		"peak-bytes":      peakBytes(),
		"stop-ns/longest": float64(stops[len(stops)-1]),
		"stop-ns/p99":     float64(stops[(len(stops)-1)*99/100]),
	}
}

type listNode struct {
	next, other *listNode
	data        [6]uintptr
}

// So many bytes in objects of 64 bytes that point to each other.
func makeLists(bytes int) []*listNode {
	nodes := make([]*listNode, bytes/64)
	for i := range nodes {
		nodes[i] = &listNode{}
		if i > 0 {
			nodes[i].next = nodes[i/2]
			nodes[i].other = nodes[i*7%i]
		}
	}
	return nodes
}

// A full collection of a heap of 64 MB.
func pointerHeap() func() {
	nodes := makeLists(64 << 20)
	return func() {
		runtime.GC()
		runtime.KeepAlive(nodes)
	}
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
func waitingStacks() func() {
	started := make(chan bool)
	for i := 0; i < 2000; i++ {
		go waitDeep(50, &listNode{}, started, nil)
		<-started
	}
	return runtime.GC
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

// Trees that die, next to one that stays.
func binaryTrees() func() {
	long := newTree(16)
	return func() {
		if newTree(12).count() != 1<<13-1 {
			panic("lost")
		}
		runtime.KeepAlive(long)
	}
}

// Maps and strings that die young, next to a map that stays.
func mapChurn() func() {
	keep := map[string]*tree{}
	key := make([]byte, 8)
	i := 0
	return func() {
		i++
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
}

// Text that is put together, taken apart and changed.
func stringChurn() func() {
	keep := make([]string, 10000)
	i := 0
	return func() {
		i++
		var text strings.Builder
		for j := 0; j < 200; j++ {
			fmt.Fprintf(&text, "%d-%x,", i, j)
		}
		words := strings.Split(strings.ToUpper(text.String()), ",")
		for j, w := range words {
			keep[(i*211+j)%len(keep)] = w + "." + strings.Repeat(w, 2)
		}
	}
}

// Objects of 32 KB to 1 MB with and without pointers, of which twenty stay.
func largeChurn() func() {
	var data [20][]byte
	var pointers [20][]*tree
	i := 0
	return func() {
		i++
		size := 32<<10 + i*7919*1024%(1<<20)
		data[i%20] = make([]byte, size)
		pointers[i*7%20] = make([]*tree, size/8)
		pointers[i*7%20][i%100] = &tree{}
	}
}
