// SPDX-License-Identifier: BSD-3-Clause

package bench

import (
	"runtime"
	"sync"
	"testing"
	"time"
)

// Goroutines, channels and what is built on them.

func BenchmarkCreateGoroutine(b *testing.B) {
	done := make(chan bool)
	n := b.N
	var f func()
	f = func() {
		if n--; n == 0 {
			done <- true
			return
		}
		go f()
	}
	go f()
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

func BenchmarkChanProdCons100(b *testing.B) {
	c := make(chan int, 100)
	go func() {
		for i := 0; i < b.N; i++ {
			c <- i
		}
		close(c)
	}()
	for range c {
	}
}

func BenchmarkSelectNonblock(b *testing.B) {
	c := make(chan int)
	for i := 0; i < b.N; i++ {
		select {
		case <-c:
		default:
		}
	}
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
