// SPDX-License-Identifier: BSD-3-Clause

package bench

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Goroutines, channels and what is built on them.

// Each goroutine starts the next one and ends.
func BenchmarkCreateGoroutines(b *testing.B) {
	done := make(chan bool)
	var next func(left int)
	next = func(left int) {
		if left == 0 {
			done <- true
			return
		}
		go next(left - 1)
	}
	go next(b.N)
	<-done
}

func BenchmarkPingPong(b *testing.B) {
	ping, pong := make(chan int), make(chan int)
	go func() {
		for v := range ping {
			pong <- v
		}
		close(pong)
	}()
	for i := 0; i < b.N; i++ {
		ping <- i
		<-pong
	}
	close(ping)
	<-pong
}

func BenchmarkChanBuffered(b *testing.B) {
	c := make(chan int, 128)
	for i := 0; i < b.N; i++ {
		c <- i
		<-c
	}
}

// As many producers and consumers as Ps; a producer takes 1000 of the b.N values at a time.
func BenchmarkChanProdCons100(b *testing.B) {
	const batch = 1000
	batches := int32(b.N / batch)
	procs := runtime.GOMAXPROCS(0)
	values := make(chan int, 100)
	var all sync.WaitGroup
	all.Add(2 * procs)
	for p := 0; p < procs; p++ {
		go func() {
			for atomic.AddInt32(&batches, -1) >= 0 {
				for i := 0; i < batch; i++ {
					values <- 1
				}
			}
			values <- 0
			all.Done()
		}()
		go func() {
			for <-values != 0 {
			}
			all.Done()
		}()
	}
	all.Wait()
}

// Four selects that cannot choose, on all Ps: receive from empty, send to a channel without a
// receiver, both also without and with a buffer.
func BenchmarkSelectNonblock(b *testing.B) {
	receive, send := make(chan int), make(chan int)
	receiveBuffered, sendBuffered := make(chan int, 1), make(chan int, 1)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			select {
			case <-receive:
			default:
			}
			select {
			case send <- 0:
			default:
			}
			select {
			case <-receiveBuffered:
			default:
			}
			select {
			case sendBuffered <- 0:
			default:
			}
		}
	})
}

func BenchmarkSelect4(b *testing.B) {
	c := [4]chan int{make(chan int, 1), make(chan int, 1), make(chan int, 1), make(chan int, 1)}
	for i := 0; i < b.N; i++ {
		c[i&3] <- i
		select {
		case <-c[0]:
		case <-c[1]:
		case <-c[2]:
		case <-c[3]:
		}
	}
}

func BenchmarkMutexUncontended(b *testing.B) {
	var mu sync.Mutex
	for i := 0; i < b.N; i++ {
		mu.Lock()
		mu.Unlock()
	}
}

func BenchmarkMutexContended(b *testing.B) {
	var mu sync.Mutex
	n := 0
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			mu.Lock()
			n++
			mu.Unlock()
		}
	})
}

func BenchmarkSemaphoreHandOver(b *testing.B) {
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	turn := 0
	done := make(chan bool)
	for id := 0; id < 2; id++ {
		go func(id int) {
			mu.Lock()
			for i := 0; i < b.N; i++ {
				for turn != id {
					c.Wait()
				}
				turn = 1 - id
				c.Signal()
			}
			mu.Unlock()
			done <- true
		}(id)
	}
	<-done
	<-done
}

func BenchmarkGosched(b *testing.B) {
	for i := 0; i < b.N; i++ {
		runtime.Gosched()
	}
}

func BenchmarkTimerStartStop(b *testing.B) {
	for i := 0; i < b.N; i++ {
		time.NewTimer(time.Hour).Stop()
	}
}

func BenchmarkTimerReset(b *testing.B) {
	t := time.NewTimer(time.Hour)
	for i := 0; i < b.N; i++ {
		t.Reset(time.Hour)
	}
	t.Stop()
}

func BenchmarkNow(b *testing.B) {
	for i := 0; i < b.N; i++ {
		time.Now()
	}
}

func BenchmarkSyncPool(b *testing.B) {
	p := sync.Pool{New: func() interface{} { return new(int) }}
	for i := 0; i < b.N; i++ {
		p.Put(p.Get())
	}
}
