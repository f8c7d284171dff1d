// SPDX-License-Identifier: BSD-3-Clause

// Soak keeps ten thousand goroutines busy with everything that makes goroutines wait, for as long
// as it is told, and checks that nothing was lost and nothing happened twice:
//
//	channels   producers, relays and consumers: what was sent is what arrived
//	select     senders and receivers over three channels, with timeouts and polls: the same
//	locks      Mutex, RWMutex and Cond: no two inside, every turn taken once
//	timers     sleeps are not short; a timer fires once, or Stop says that it will not
//	sockets    echoes over loopback are what was sent; deadlines pass when nothing comes
//	signals    each that the program sends itself arrives, in a process whose threads come and go
//	threads    goroutines that lock their threads, and end with them or without
//	procs      GOMAXPROCS changes all the time, collections run
//
// It prints one line with what each kind did, and exits with 1 after the first broken promise.
// When a kind makes no progress for -stall, it sends itself SIGQUIT: the runtime prints all
// goroutines and, with GODEBUG=gortsched, what every M and P does.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

var (
	stopping   uint32
	gate       = make(chan struct{}) // closed when all goroutines are there
	stop       = make(chan struct{}) // closed when stopping is set
	goroutines sync.WaitGroup
	started    int64
	seeds      uint64
)

// A kind counts what it did.
type kind struct {
	name string
	done uint64
	_    [40]byte // kinds do not share a cache line
}

var (
	channels = kind{name: "channels"}
	selects  = kind{name: "select"}
	locks    = kind{name: "locks"}
	timers   = kind{name: "timers"}
	sockets  = kind{name: "sockets"}
	signals  = kind{name: "signals"}
	threads  = kind{name: "threads"}
	procs    = kind{name: "procs"}
	kinds    = []*kind{&channels, &selects, &locks, &timers, &sockets, &signals, &threads, &procs}
)

func (k *kind) add(n uint64) { atomic.AddUint64(&k.done, n) }

func isStopping() bool { return atomic.LoadUint32(&stopping) != 0 }

// begin makes one of the counted goroutines. They start together, when all are there.
func begin(f func()) {
	atomic.AddInt64(&started, 1)
	goroutines.Add(1)
	go func() {
		defer goroutines.Done()
		<-gate
		f()
	}()
}

// broken ends the program.
func broken(format string, args ...interface{}) {
	fmt.Fprintf(os.Stderr, "soak: "+format+"\n", args...)
	os.Exit(1)
}

// random is a goroutine's own generator.
type random uint64

func newRandom() random {
	return random(atomic.AddUint64(&seeds, 0x9e3779b97f4a7c15) | 1)
}

func (r *random) next() uint64 {
	x := uint64(*r)
	x ^= x << 13
	x ^= x >> 7
	x ^= x << 17
	*r = random(x)
	return x * 0x2545f4914f6cdd1d
}

func (r *random) below(n int) int { return int(r.next() >> 33 % uint64(n)) }

// pause lets the others run, now and then for a while: ten thousand goroutines that use up their
// time slices would each wait minutes for the next.
func (r *random) pause() {
	switch r.below(64) {
	case 0, 1, 2:
		runtime.Gosched()
	case 3:
		time.Sleep(r.duration(20 * time.Millisecond))
	}
}

func (r *random) duration(limit time.Duration) time.Duration {
	return time.Duration(r.next() % uint64(limit))
}

// An account of values that travel: sums that agree with those of another account only when it saw
// the same values the same number of times.
type account struct{ count, sum, mixed uint64 }

func (a *account) enter(v uint64) {
	a.count++
	a.sum += v
	v ^= v >> 31
	v *= 0xbf58476d1ce4e5b9
	v ^= v >> 27
	a.mixed += v * 0x94d049bb133111eb
}

// book adds up the accounts of both sides of a group.
type book struct {
	mu        sync.Mutex
	out, back account
}

func (b *book) close(a *account, sent bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	total := &b.back
	if sent {
		total = &b.out
	}
	total.count += a.count
	total.sum += a.sum
	total.mixed += a.mixed
}

func (b *book) check(what string) {
	if b.out != b.back {
		broken("%s: sent %+v, arrived %+v", what, b.out, b.back)
	}
}

func main() {
	length := flag.Duration("time", 30*time.Second, "how long")
	count := flag.Int("n", 10000, "goroutines")
	seed := flag.Uint64("seed", 1, "of the random numbers")
	stall := flag.Duration("stall", 30*time.Second, "no progress for so long is an error")
	flag.Parse()
	seeds = *seed * 0x632be59bd9b4e019

	n := *count
	startSignals()
	startSockets(n / 50)
	startChannels(n * 3 / 10)
	startSelects(n * 2 / 10)
	startLocks(n * 2 / 10)
	startThreads()
	startProcs()
	// Sleepers cost least, so they are the rest.
	startTimers(n - int(atomic.LoadInt64(&started)))

	close(gate)
	begun := time.Now()
	go watch(*stall)
	time.Sleep(*length)
	atomic.StoreUint32(&stopping, 1)
	close(stop)
	goroutines.Wait()
	took := time.Since(begun)
	for _, check := range checks {
		check()
	}
	line := fmt.Sprintf("soak: %d goroutines, %.1f s:", started, took.Seconds())
	for _, k := range kinds {
		line += fmt.Sprintf(" %s %d", k.name, k.done)
	}
	fmt.Println(line)
}

// What is to be checked when all goroutines have ended.
var checks []func()

// watch looks whether every kind makes progress.
func watch(stall time.Duration) {
	last := make([]uint64, len(kinds))
	since := make([]time.Time, len(kinds))
	for {
		for i, k := range kinds {
			if done := atomic.LoadUint64(&k.done); done != last[i] || since[i].IsZero() {
				last[i], since[i] = done, time.Now()
			} else if time.Since(since[i]) > stall {
				fmt.Fprintf(os.Stderr, "soak: %s: no progress for %v\n", k.name, stall)
				syscall.Kill(os.Getpid(), syscall.SIGQUIT)
				time.Sleep(time.Hour)
			}
		}
		time.Sleep(time.Second)
	}
}

func startProcs() {
	begin(func() {
		r := newRandom()
		before := runtime.GOMAXPROCS(0)
		for !isStopping() {
			runtime.GOMAXPROCS(1 + r.below(8))
			time.Sleep(time.Millisecond + r.duration(40*time.Millisecond))
			procs.add(1)
		}
		runtime.GOMAXPROCS(before)
	})
}

// Goroutines that lock their threads: half of them end that way, and their threads with them.
func startThreads() {
	begin(func() {
		r := newRandom()
		var born, ended uint64
		for !isStopping() {
			batch := 1 + r.below(8)
			var all sync.WaitGroup
			for i := 0; i < batch; i++ {
				all.Add(1)
				born++
				unlock := r.below(2) == 0
				go func() {
					defer all.Done()
					runtime.LockOSThread()
					runtime.Gosched()
					atomic.AddUint64(&ended, 1)
					if unlock {
						runtime.UnlockOSThread()
					}
				}()
			}
			all.Wait()
			if atomic.LoadUint64(&ended) != born {
				broken("threads: %d of %d goroutines ran", ended, born)
			}
			threads.add(uint64(batch))
			time.Sleep(r.duration(5 * time.Millisecond))
		}
	})
}
