// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"sync"
	"time"
)

// Groups of ten around two channels: producers -> relays -> consumers. The channels of a third of
// the groups have no buffer, the others' have one of a random size. The last producer closes the
// first channel, the last relay the second.
func startChannels(n int) {
	r := newRandom()
	for ; n >= 10; n -= 10 {
		sizes := [2]int{}
		if r.below(3) != 0 {
			sizes = [2]int{1 + r.below(100), 1 + r.below(10)}
		}
		first, second := make(chan uint64, sizes[0]), make(chan uint64, sizes[1])
		b := new(book)
		checks = append(checks, func() { b.check("channels") })
		var producers, relays sync.WaitGroup
		producers.Add(4)
		relays.Add(2)
		for i := uint64(0); i < 4; i++ {
			i := i
			begin(func() {
				defer producers.Done()
				r := newRandom()
				var sent account
				for seq := uint64(0); !isStopping(); seq++ {
					v := i<<48 | seq
					first <- v
					sent.enter(v)
					r.pause()
				}
				b.close(&sent, true)
			})
		}
		for i := 0; i < 2; i++ {
			begin(func() {
				defer relays.Done()
				for v := range first {
					second <- v
				}
			})
		}
		for i := 0; i < 2; i++ {
			begin(func() {
				var arrived account
				for v := range second {
					arrived.enter(v)
					channels.add(1)
				}
				b.close(&arrived, false)
			})
		}
		begin(func() {
			producers.Wait()
			close(first)
		})
		begin(func() {
			relays.Wait()
			close(second)
		})
	}
}

// Groups of ten around three channels, one of them buffered: five send to whichever can take it,
// five receive from whichever has something. Some poll, some give up after a while and try again.
func startSelects(n int) {
	for ; n >= 10; n -= 10 {
		a, b, c := make(chan uint64), make(chan uint64, 3), make(chan uint64)
		accounts := new(book)
		checks = append(checks, func() { accounts.check("select") })
		var senders sync.WaitGroup
		senders.Add(5)
		for i := uint64(0); i < 5; i++ {
			i := i
			begin(func() {
				r := newRandom()
				var sent account
				for seq := uint64(0); !isStopping(); seq++ {
					v := i<<48 | seq
					sendOne(&r, a, b, c, v)
					sent.enter(v)
					r.pause()
				}
				accounts.close(&sent, true)
				senders.Done()
			})
		}
		begin(func() {
			senders.Wait()
			close(a)
			close(b)
			close(c)
		})
		for i := 0; i < 4; i++ {
			begin(func() {
				var arrived account
				a, b, c := a, b, c
				for a != nil || b != nil || c != nil {
					var v uint64
					var ok bool
					select {
					case v, ok = <-a:
						if !ok {
							a = nil
						}
					case v, ok = <-b:
						if !ok {
							b = nil
						}
					case v, ok = <-c:
						if !ok {
							c = nil
						}
					}
					if ok {
						arrived.enter(v)
						selects.add(1)
					}
				}
				accounts.close(&arrived, false)
			})
		}
	}
}

func sendOne(r *random, a, b, c chan uint64, v uint64) {
	if r.below(4) == 0 {
		select {
		case a <- v:
			return
		case b <- v:
			return
		default:
		}
	}
	for r.below(8) == 0 {
		timer := time.NewTimer(r.duration(2 * time.Millisecond))
		select {
		case a <- v:
			timer.Stop()
			return
		case c <- v:
			timer.Stop()
			return
		case <-timer.C:
		}
	}
	select {
	case a <- v:
	case b <- v:
	case c <- v:
	}
}
