// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Goroutines store pointers everywhere a pointer can be, while cycles run all the time and
// GOMAXPROCS changes: nothing that is reachable is ever lost or reused.

type T struct {
	next *T
	m    map[string]*T
	s    []interface{}
	f    func() int
	id   int
	sum  int
}

func check(t *T) {
	if t.id*7+3 != t.sum {
		panic(fmt.Sprint("bad T ", t.id, " ", t.sum))
	}
}
func newT(id int) *T { return &T{id: id, sum: id*7 + 3} }

var (
	fin    int64
	global [64]*T
	gmap   sync.Map
)

func worker(w, n int, ch chan *T, out chan<- int) {
	var list *T
	m := map[int]*T{}
	ms := map[string][]string{}
	mi := map[interface{}]interface{}{}
	total := 0
	for i := 0; i < n; i++ {
		t := newT(i)
		t.next = list
		list = t
		if i%50 == 0 {
			list = nil
		}
		m[i%100] = t
		k := "k" + strconv.Itoa(i%37)
		ms[k] = append(ms[k], k+strconv.Itoa(i))
		if len(ms[k]) > 20 {
			delete(ms, k)
		}
		mi[k] = t
		mi[i%13] = []interface{}{t, k, i}
		t.s = append(t.s, t, k, i, fmt.Sprint(i))
		x := newT(i)
		t.f = func() int { check(x); return x.id }
		global[(w*7+i)%64] = t
		if g := global[(i*3)%64]; g != nil {
			check(g)
			if g.f != nil && g.f() != g.id {
				panic("closure")
			}
			for _, e := range g.s {
				if q, ok := e.(*T); ok {
					check(q)
				}
			}
		}
		select {
		case ch <- t:
		case r := <-ch:
			check(r)
			if r.f() != r.id {
				panic("recv")
			}
		}
		if i%97 == 0 {
			o := newT(i)
			runtime.SetFinalizer(o, func(o *T) { check(o); atomic.AddInt64(&fin, 1) })
		}
		if i%31 == 0 {
			gmap.Store(i%5, newT(i))
			if v, ok := gmap.Load((i + 1) % 5); ok {
				check(v.(*T))
			}
		}
		if i%61 == 0 {
			y := newT(i)
			time.AfterFunc(time.Microsecond*time.Duration(i%300), func() { check(y) })
		}
		if i%41 == 0 {
			z := newT(i)
			done := make(chan *T)
			go func(a *T, s string) {
				defer func() { done <- a }()
				check(a)
				check(z)
				_ = strings.Repeat(s, 3)
			}(newT(i), k)
			check(<-done)
		}
		func() {
			a, b := newT(i), newT(i+1)
			defer func(p *T) { check(p); check(a); check(b); recover() }(newT(i + 2))
			for j := 0; j < 2; j++ {
				defer check(newT(j))
			}
			if i%17 == 0 {
				panic(newT(i))
			}
		}()
		total += i
		for l, c := list, 0; l != nil && c < 10; l, c = l.next, c+1 {
			check(l)
		}
	}
	keys := []string{}
	for k, v := range ms {
		for _, s := range v {
			if !strings.HasPrefix(s, k) {
				panic("ms " + k + " " + s)
			}
		}
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, v := range m {
		check(v)
	}
	for _, v := range mi {
		switch q := v.(type) {
		case *T:
			check(q)
		case []interface{}:
			check(q[0].(*T))
		}
	}
	out <- total
}

func main() {
	n := 400
	if os.Getenv("GODEBUG") != "" {
		n = 60 // a cycle at every few allocations
	}
	const w = 8
	ch := make(chan *T, 3)
	ch2 := make(chan *T)
	out := make(chan int)
	stop := make(chan bool)
	for i := 0; i < w; i++ {
		c := ch
		if i%2 == 1 {
			c = ch2
		}
		go worker(i, n, c, out)
	}
	go func() { // keeps the channels moving
		for {
			select {
			case t := <-ch:
				check(t)
			case t := <-ch2:
				check(t)
			case ch <- &T{id: 1, sum: 10, f: func() int { return 1 }}:
			case ch2 <- &T{id: 1, sum: 10, f: func() int { return 1 }}:
			case <-stop:
				return
			}
		}
	}()
	go func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			runtime.GC()
			var ms runtime.MemStats
			runtime.ReadMemStats(&ms)
			runtime.GOMAXPROCS(1 + int(ms.NumGC)%4)
			time.Sleep(time.Millisecond)
		}
	}()
	for i := 0; i < w; i++ {
		if <-out != n*(n-1)/2 {
			panic("total")
		}
	}
	close(stop)
	fmt.Println("ok")
}
