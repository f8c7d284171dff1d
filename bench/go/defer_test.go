// SPDX-License-Identifier: BSD-3-Clause

package bench

import (
	"runtime"
	"testing"
)

var sink int

// The deferred call of Defer, Defer10, DeferMany and PanicRecover: three arguments, and a recover.
func expect(panicked bool, x, y int) {
	if (recover() != nil) != panicked || x != 1 || y != 2 {
		panic("deferred call with wrong arguments")
	}
}

//go:noinline
func deferOnce() {
	defer expect(false, 1, 2)
}

// One open-coded defer.
func BenchmarkDefer(b *testing.B) {
	for i := 0; i < b.N; i++ {
		deferOnce()
	}
}

// Ten records of one frame: made in a loop, so on the heap.
func BenchmarkDefer10(b *testing.B) {
	for i := 0; i < b.N/10; i++ {
		defer10()
	}
}

//go:noinline
func defer10() {
	for i := 0; i < 10; i++ {
		defer expect(false, 1, 2)
	}
}

// As many records of one frame as there are iterations.
func BenchmarkDeferMany(b *testing.B) {
	for i := 0; i < b.N; i++ {
		defer expect(false, 1, 2)
	}
}

//go:noinline
func deferInFrame(x bool) {
	if x {
		return
	}
	for i := 0; i < 1; i++ {
		defer expect(false, 1, 2)
	}
}

// One heap record, made and run.
func BenchmarkDeferLoopOnce(b *testing.B) {
	for i := 0; i < b.N; i++ {
		deferInFrame(false)
	}
}

//go:noinline
func recovered() {
	defer expect(true, 1, 2)
	panic("recovered")
}

func BenchmarkPanicRecover(b *testing.B) {
	for i := 0; i < b.N; i++ {
		recovered()
	}
}

//go:noinline
func panicAt(depth int) int {
	if depth == 0 {
		panic(1)
	}
	return panicAt(depth-1) + 1
}

func recoverFrom(depth int) {
	defer func() { recover() }()
	panicAt(depth)
}

func benchmarkPanicDepth(b *testing.B, depth int) {
	// The stack grows once, before the clock runs.
	recoverFrom(depth)
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		recoverFrom(depth)
	}
}

func BenchmarkPanicDepth100(b *testing.B)   { benchmarkPanicDepth(b, 100) }
func BenchmarkPanicDepth10000(b *testing.B) { benchmarkPanicDepth(b, 10000) }

//go:noinline
func callersAt(depth int, pcs []uintptr) int {
	if depth == 0 {
		return runtime.Callers(0, pcs)
	}
	return callersAt(depth-1, pcs) + 1
}

//go:noinline
func descend(depth int) int {
	if depth == 0 {
		return 0
	}
	return descend(depth-1) + 1
}

// What it costs to be 50 frames down is in both columns; Descend50 says how much that is.
func BenchmarkCallersDepth50(b *testing.B) {
	pcs := make([]uintptr, 64)
	for i := 0; i < b.N; i++ {
		callersAt(50, pcs)
	}
}

func BenchmarkDescend50(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sink += descend(50)
	}
}

//go:noinline
func useStack(bytes int) int {
	var pad [256]byte
	pad[bytes&255] = 1
	if bytes <= 0 {
		return int(pad[0])
	}
	return useStack(bytes-320) + int(pad[1])
}

func benchmarkStackGrowth(b *testing.B, bytes int) {
	done := make(chan int)
	for i := 0; i < b.N; i++ {
		go func() { done <- useStack(bytes) }()
		<-done
	}
}

// A new goroutine's stack grows from 2 KB to 64 KB or 1 MB.
func BenchmarkStackGrowth64K(b *testing.B) { benchmarkStackGrowth(b, 40<<10) }
func BenchmarkStackGrowth1M(b *testing.B)  { benchmarkStackGrowth(b, 700<<10) }
