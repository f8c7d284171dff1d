// SPDX-License-Identifier: BSD-3-Clause

package bench

import (
	"os"
	"runtime"
	"sort"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// How long the program stands still for the collector: both stops of a cycle together, with 512 MB
// of live objects, 2000 goroutines that wait 50 frames deep, and others that do what makes
// goroutines hard to stop. They rest in between, so that the marking is done in a second.

func allocateLists() func() {
	keep := make([]*listNode, 10000)
	return func() {
		for i := range keep {
			keep[i] = &listNode{next: keep[i/2]}
		}
	}
}

func loopWithoutCalls() func() {
	sum := 1
	return func() {
		for i := 0; i < 1e6; i++ {
			sum += i * sum
		}
	}
}

func copyMegabytes() func() {
	from, to := make([]byte, 1<<20), make([]byte, 1<<20)
	return func() {
		for i := 0; i < 10; i++ {
			copy(to, from)
		}
	}
}

func readZeros() func() {
	zero, err := os.Open("/dev/zero")
	if err != nil {
		panic(err)
	}
	buffer := make([]byte, 64<<10)
	return func() {
		for i := 0; i < 100; i++ {
			zero.Read(buffer)
		}
	}
}

// The stops of so many collections, shortest first.
func measureStops(cycles int) []time.Duration {
	nodes := makeLists(512 << 20)
	started, endWait := make(chan bool), make(chan bool)
	for i := 0; i < 2000; i++ {
		go waitDeep(50, nodes[i], started, endWait)
		<-started
	}
	var busy sync.WaitGroup
	var end int32
	steps := []func(){allocateLists(), loopWithoutCalls(), copyMegabytes(), readZeros()}
	for i := range steps {
		step := steps[i]
		busy.Add(1)
		go func() {
			for atomic.LoadInt32(&end) == 0 {
				step()
				time.Sleep(2 * time.Millisecond)
			}
			busy.Done()
		}()
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	seen := stats.NumGC
	var stops []time.Duration
	for len(stops) < cycles {
		runtime.GC()
		runtime.ReadMemStats(&stats)
		for ; seen < stats.NumGC; seen++ {
			stops = append(stops, time.Duration(stats.PauseNs[seen%256]))
		}
	}
	atomic.StoreInt32(&end, 1)
	busy.Wait()
	close(endWait)
	runtime.KeepAlive(nodes)
	sort.Slice(stops, func(i, j int) bool { return stops[i] < stops[j] })
	return stops
}

func BenchmarkStop2000Stacks512MB(b *testing.B) {
	stops := measureStops(20)
	for _, row := range []struct {
		name string
		at   int
	}{{"median", len(stops) / 2}, {"p90", len(stops) * 9 / 10}, {"longest", len(stops) - 1}} {
		b.Run(row.name, func(b *testing.B) {
			b.ReportMetric(float64(stops[row.at]), "ns/op")
		})
	}
}
