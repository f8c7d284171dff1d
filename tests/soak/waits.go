// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"encoding/binary"
	"io"
	"net"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Groups of twenty around one set of locks.
func startLocks(n int) {
	const size = 20
	for ; n >= size; n -= size {
		g := new(lockGroup)
		g.turns.L = &g.turnLock
		checks = append(checks, g.check)
		for i := 0; i < size; i++ {
			i := i
			begin(func() { g.work(i, size) })
		}
	}
}

type lockGroup struct {
	mu     sync.Mutex
	inside int
	total  uint64
	own    uint64 // what the members counted themselves

	rw          sync.RWMutex
	left, right uint64

	turnLock sync.Mutex
	turns    sync.Cond
	turn     uint64
	leaving  bool
}

func (g *lockGroup) work(me, size int) {
	r := newRandom()
	var mine uint64
	for !isStopping() {
		switch r.below(8) {
		default:
			g.mu.Lock()
			if g.inside++; g.inside != 1 {
				broken("locks: %d goroutines hold a Mutex", g.inside)
			}
			g.total++
			if r.below(16) == 0 {
				runtime.Gosched()
			}
			g.inside--
			g.mu.Unlock()
			mine++
		case 0:
			g.rw.Lock()
			g.left++
			if r.below(16) == 0 {
				runtime.Gosched()
			}
			g.right++
			g.rw.Unlock()
		case 1, 2:
			g.rw.RLock()
			if g.left != g.right {
				broken("locks: a reader found %d and %d", g.left, g.right)
			}
			g.rw.RUnlock()
		case 3:
			g.takeTurn(uint64(me), uint64(size))
		}
		locks.add(1)
		r.pause()
	}
	atomic.AddUint64(&g.own, mine)
	g.turnLock.Lock()
	g.leaving = true
	g.turns.Broadcast()
	g.turnLock.Unlock()
}

// takeTurn waits for the member's own turn, for some of the time; the turn goes round.
func (g *lockGroup) takeTurn(me, size uint64) {
	g.turnLock.Lock()
	defer g.turnLock.Unlock()
	for i := 0; i < 3 && !g.leaving && g.turn%size != me; i++ {
		// Whoever comes second takes the turn over: nobody waits for one who is elsewhere.
		if i == 2 {
			g.turn = me
			break
		}
		g.turn++
		g.turns.Signal()
		if g.turn%size != me {
			runtime.Gosched()
		}
	}
	g.turn++
	g.turns.Broadcast()
}

func (g *lockGroup) check() {
	if g.total != g.own || g.left != g.right {
		broken("locks: %d counted under the lock, %d beside it", g.total, g.own)
	}
}

func startTimers(n int) {
	var set, fired, stopped uint64
	checks = append(checks, func() {
		for i := 0; i < 100 && atomic.LoadUint64(&fired)+stopped < set; i++ {
			time.Sleep(20 * time.Millisecond)
		}
		if fired+stopped != set {
			broken("timers: %d set, %d fired, %d stopped", set, fired, stopped)
		}
	})
	for ; n > 0; n-- {
		begin(func() {
			r := newRandom()
			for !isStopping() {
				switch r.below(4) {
				case 0:
					atomic.AddUint64(&set, 1)
					var once uint32
					timer := time.AfterFunc(r.duration(30*time.Millisecond), func() {
						if atomic.AddUint32(&once, 1) != 1 {
							broken("timers: one fired twice")
						}
						atomic.AddUint64(&fired, 1)
					})
					time.Sleep(r.duration(40 * time.Millisecond))
					if timer.Stop() {
						atomic.AddUint64(&stopped, 1)
					}
				case 1:
					timer := time.NewTimer(time.Hour)
					timer.Reset(r.duration(20 * time.Millisecond))
					select {
					case <-timer.C:
					case <-stop:
						timer.Stop()
					}
				default:
					d := r.duration(100 * time.Millisecond)
					begun := time.Now()
					time.Sleep(d)
					if slept := time.Since(begun); slept < d {
						broken("timers: slept %v instead of %v", slept, d)
					}
				}
				timers.add(1)
			}
		})
	}
}

// Connections over loopback, two goroutines each.
func startSockets(connections int) {
	if connections > 200 {
		connections = 200 // descriptors are limited
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		broken("sockets: %v", err)
	}
	checks = append(checks, func() { listener.Close() })
	for i := 0; i < connections; i++ {
		accepted := make(chan net.Conn)
		go func() {
			c, err := listener.Accept()
			if err != nil {
				broken("sockets: %v", err)
			}
			accepted <- c
		}()
		client, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			broken("sockets: %v", err)
		}
		server := <-accepted
		begin(func() {
			defer server.Close()
			buf := make([]byte, 64<<10)
			for {
				n, err := server.Read(buf)
				if err == io.EOF {
					return
				}
				if err == nil {
					_, err = server.Write(buf[:n])
				}
				if err != nil {
					broken("sockets: echo: %v", err)
				}
			}
		})
		begin(func() {
			defer client.Close()
			r := newRandom()
			out, back := make([]byte, 4<<10), make([]byte, 4<<10)
			for !isStopping() {
				if r.below(20) == 0 {
					expectNothing(client, r.duration(3*time.Millisecond))
				}
				n := 8 * (1 + r.below(len(out)/8))
				for i := 0; i < n; i += 8 {
					binary.LittleEndian.PutUint64(out[i:], r.next())
				}
				if _, err := client.Write(out[:n]); err != nil {
					broken("sockets: write: %v", err)
				}
				if _, err := io.ReadFull(client, back[:n]); err != nil {
					broken("sockets: read: %v", err)
				}
				if string(out[:n]) != string(back[:n]) {
					broken("sockets: the echo is not what was sent")
				}
				sockets.add(1)
			}
		})
	}
}

// The deadline passes, and the connection works on.
func expectNothing(c net.Conn, wait time.Duration) {
	c.SetReadDeadline(time.Now().Add(wait))
	var one [1]byte
	n, err := c.Read(one[:])
	if timeout, ok := err.(net.Error); n != 0 || !ok || !timeout.Timeout() {
		broken("sockets: %d bytes, %v instead of a timeout", n, err)
	}
	c.SetReadDeadline(time.Time{})
}

// Each signal is awaited before the next of its kind is sent, so none may be lost.
func startSignals() {
	for _, sig := range []syscall.Signal{syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGWINCH} {
		sig := sig
		c := make(chan os.Signal, 1)
		signal.Notify(c, sig)
		begin(func() {
			r := newRandom()
			for !isStopping() {
				syscall.Kill(os.Getpid(), sig)
				if got := <-c; got != sig {
					broken("signals: %v instead of %v", got, sig)
				}
				signals.add(1)
				time.Sleep(r.duration(3 * time.Millisecond))
			}
			signal.Stop(c)
		})
	}
}
