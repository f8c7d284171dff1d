// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"fmt"
	"io"
	"os"
	"reflect"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A worker takes turns until the round is over. Nothing that a turn makes outlives the round.
type worker struct {
	name string
	turn func(*random)
	done uint64
}

var workers = []*worker{
	{name: "goroutines", turn: goroutines},
	{name: "stacks", turn: stacks},
	{name: "maps", turn: maps},
	{name: "strings", turn: words},
	{name: "trees", turn: trees},
	{name: "large", turn: large},
	{name: "finalizers", turn: finalizers},
	{name: "timers", turn: timers},
	{name: "pools", turn: pools},
	{name: "channels", turn: channels},
	{name: "defers", turn: defers},
	{name: "reflect", turn: reflection},
	{name: "threads", turn: threads},
	{name: "pipes", turn: pipes},
}

var (
	stopping uint32
	seeds    uint64
)

func isStopping() bool { return atomic.LoadUint32(&stopping) != 0 }

// random is a goroutine's own generator.
type random uint64

func newRandom() random {
	return random(atomic.AddUint64(&seeds, 0x9e3779b97f4a7c15) | 1)
}

func (r *random) below(n int) int {
	x := uint64(*r)
	x ^= x << 13
	x ^= x >> 7
	x ^= x << 17
	*r = random(x)
	return int(x * 0x2545f4914f6cdd1d >> 33 % uint64(n))
}

// recurse uses about a hundred bytes of stack per level.
func recurse(depth int) int {
	var pad [10]int
	if depth > 0 {
		pad[depth%10] = recurse(depth - 1)
	}
	return pad[depth%10] + 1
}

// Some hundred at once, of which most wait and some grow their stacks.
func goroutines(r *random) {
	var all sync.WaitGroup
	gate := make(chan struct{})
	for i := r.below(500); i >= 0; i-- {
		depth := r.below(100)
		if r.below(50) == 0 {
			depth *= 20
		}
		all.Add(1)
		go func() {
			defer all.Done()
			<-gate
			recurse(depth)
		}()
	}
	close(gate)
	all.Wait()
}

// A stack of up to a megabyte, which is halved again while its goroutine does little.
func stacks(r *random) {
	recurse(r.below(8000))
	for i := 0; i < 20; i++ {
		time.Sleep(time.Millisecond)
		recurse(10)
	}
}

func maps(r *random) {
	ints := make(map[int]*int)
	names := make(map[string][]int)
	for i := r.below(5000); i > 0; i-- {
		k := r.below(4000)
		ints[k] = &k
		name := strconv.Itoa(k % 700)
		names[name] = append(names[name], k)
		if r.below(3) == 0 {
			delete(ints, r.below(4000))
		}
	}
	for k := range ints {
		delete(ints, k)
	}
	any := make(map[interface{}]struct{ a, b string })
	for k, v := range names {
		any[k] = struct{ a, b string }{k, k}
		any[len(v)] = any[k]
	}
}

func words(r *random) {
	var text strings.Builder
	for i := r.below(2000); i > 0; i-- {
		text.WriteString(strconv.Itoa(r.below(1 << 20)))
		text.WriteByte(' ')
	}
	fields := strings.Fields(text.String())
	sort.Strings(fields)
	joined := ""
	for i, f := range fields {
		if i < 100 {
			joined += f
		}
	}
	joined = fmt.Sprintf("%s|%v|%q", joined, []rune(joined), []byte(joined))
	_ = strings.ToUpper(joined)
}

type node struct {
	children [2]*node
	payload  [3]int
}

// tree has one place that calls it: the memory profile keeps every stack that has allocated.
func tree(depth int) *node {
	n := new(node)
	for i := 0; depth > 0 && i < len(n.children); i++ {
		n.children[i] = tree(depth - 1)
	}
	return n
}

func trees(r *random) { tree(r.below(14)) }

func large(r *random) {
	var some [4]interface{}
	for i := range some {
		size := 32<<10 + r.below(1<<(12+r.below(10)))
		if i%2 == 0 {
			some[i] = make([]byte, size)
		} else {
			pointers := make([]*[]interface{}, size/8)
			slice := some[:]
			pointers[r.below(len(pointers))] = &slice
			some[i] = pointers
		}
	}
}

// What finalizers was promised, and what has run.
var promised, finalized int64

func finalizers(r *random) {
	// Cycles that lead to the object but not through it, resurrected ones, and small ones that
	// share a block.
	for i := 0; i < 20; i++ {
		n := tree(1)
		n.children[0].children[1] = n.children[0]
		again := r.below(4) == 0
		atomic.AddInt64(&promised, 1)
		runtime.SetFinalizer(n, func(n *node) {
			if again {
				atomic.AddInt64(&promised, 1)
				runtime.SetFinalizer(n, func(*node) { atomic.AddInt64(&finalized, 1) })
			}
			atomic.AddInt64(&finalized, 1)
		})
		cancelled := new(node)
		runtime.SetFinalizer(cancelled, func(*node) { panic("has no finalizer any more") })
		runtime.SetFinalizer(cancelled, nil)
	}
	time.Sleep(time.Millisecond)
}

func awaitFinalizers() {
	for i := 0; atomic.LoadInt64(&finalized) != atomic.LoadInt64(&promised); i++ {
		if i == 1000 {
			check(fmt.Errorf("%d finalizers of %d have run", finalized, promised))
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}

func timers(r *random) {
	var all sync.WaitGroup
	for i := 0; i < 50; i++ {
		all.Add(1)
		t := time.AfterFunc(time.Duration(r.below(2e6)), all.Done)
		if r.below(3) == 0 && t.Stop() {
			all.Done()
		}
		// Stopped far from its time, in every state.
		u := time.NewTimer(time.Hour)
		if r.below(2) == 0 {
			u.Reset(time.Minute)
		}
		u.Stop()
	}
	ticker := time.NewTicker(time.Millisecond)
	select {
	case <-ticker.C:
	case <-time.After(time.Duration(r.below(2e6))):
	}
	ticker.Stop()
	all.Wait()
}

var buffers = sync.Pool{New: func() interface{} { return make([]byte, 4<<10) }}

func pools(r *random) {
	var held [64]interface{}
	for i := range held {
		held[i] = buffers.Get()
	}
	for _, b := range held[:r.below(len(held))] {
		buffers.Put(b)
	}
	var own sync.Map
	for i := 0; i < 100; i++ {
		own.Store(r.below(200), i)
		own.Delete(r.below(200))
	}
}

func channels(r *random) {
	in, out := make(chan *int, r.below(20)), make(chan interface{})
	go func() {
		for p := range in {
			out <- p
		}
		close(out)
	}()
	go func() {
		defer close(in)
		for i := 0; i < 300; i++ {
			select {
			case in <- new(int):
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	time.Sleep(time.Duration(r.below(3)) * 10 * time.Millisecond)
	for range out {
	}
	// One that nobody empties.
	full := make(chan []byte, 100)
	for i := 0; i < cap(full); i++ {
		full <- make([]byte, 100)
	}
}

func defers(r *random) {
	depth := r.below(40)
	for i := 0; i < 20; i++ {
		nested(r, depth)
	}
	ended := make(chan bool)
	go func() {
		defer close(ended)
		defer func() { recover() }()
		for i := r.below(50); i >= 0; i-- {
			defer func(b []byte) { recurse(len(b)) }(make([]byte, i))
		}
		runtime.Goexit()
	}()
	<-ended
}

func nested(r *random, depth int) {
	for i := depth; i > 0; i-- {
		defer func(p *int) { *p++ }(new(int))
	}
	defer func() {
		if e := recover(); e == nil {
			check(fmt.Errorf("nothing to recover"))
		}
	}()
	defer func() {
		if depth%3 == 0 {
			panic(fmt.Sprint("second ", depth))
		}
	}()
	if depth > 0 {
		nested(r, depth/2)
	}
	panic(make([]byte, depth))
}

func reflection(r *random) {
	v := reflect.MakeMap(reflect.TypeOf(map[string]int{}))
	for i := r.below(100); i > 0; i-- {
		v.SetMapIndex(reflect.ValueOf(strconv.Itoa(i)), reflect.ValueOf(i))
	}
	swap := reflect.MakeFunc(reflect.TypeOf(func(int, *int) (*int, int) { return nil, 0 }),
		func(args []reflect.Value) []reflect.Value { return []reflect.Value{args[1], args[0]} })
	swap.Call([]reflect.Value{reflect.ValueOf(1), reflect.ValueOf(new(int))})
	s := reflect.MakeSlice(reflect.TypeOf([]fmt.Stringer{}), 0, 0)
	for i := 0; i < 50; i++ {
		s = reflect.Append(s, reflect.ValueOf(time.Duration(i)))
	}
}

// Half of the goroutines end locked, and their threads with them.
func threads(r *random) {
	var all sync.WaitGroup
	for i := 0; i < 4; i++ {
		all.Add(1)
		unlock := i%2 == 0
		go func() {
			defer all.Done()
			runtime.LockOSThread()
			if unlock {
				runtime.UnlockOSThread()
			}
		}()
	}
	all.Wait()
	time.Sleep(time.Millisecond)
}

func pipes(r *random) {
	in, out, err := os.Pipe()
	check(err)
	go func() {
		out.Write(make([]byte, r.below(8<<10)))
		out.Close()
	}()
	in.SetReadDeadline(time.Now().Add(time.Minute))
	_, err = io.Copy(new(strings.Builder), in)
	check(err)
	in.Close()
}

// ---- Leaks on purpose ----

var (
	planting int
	hoard    []interface{}
)

var plants = map[string]func(){
	"heap": func() { hoard = append(hoard, make([]byte, 100<<10)) },
	"goroutines": func() {
		planting++
		go waitForever()
	},
	"stacks": func() {
		planting += 20
		for i := 0; i < 20; i++ {
			go func() {
				recurse(1000)
				waitForever()
			}()
		}
	},
	"threads": func() {
		planting++
		go func() {
			runtime.LockOSThread()
			waitForever()
		}()
	},
	"files": func() {
		f, err := os.Open(os.DevNull)
		check(err)
		hoard = append(hoard, f)
	},
}

func waitForever() { select {} }

func plantNames() (names []string) {
	for name := range plants {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
