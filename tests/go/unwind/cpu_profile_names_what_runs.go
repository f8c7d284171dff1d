// SPDX-License-Identifier: BSD-3-Clause

// A CPU profile, while stacks grow, maps are filled and garbage is collected, names
// the functions of the program, those of the runtime that it called, and labels.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io/ioutil"
	"runtime"
	"runtime/pprof"
	"sync"
	"time"
)

//go:noinline
func spin(n int) (x int) {
	for i := 0; i < n; i++ {
		x += i * x
	}
	return
}

//go:noinline
func grow(n int) int {
	var frame [100]int
	if n == 0 {
		return frame[0]
	}
	return grow(n-1) + frame[n%100]
}

//go:noinline
func fill() int {
	m := map[string]int{}
	for i := 0; i < 1000; i++ {
		m[fmt.Sprint(i)] = i
	}
	return len(m)
}

// profile returns the bytes of a profile of a fifth of a second of work.
func profile() []byte {
	var out bytes.Buffer
	if err := pprof.StartCPUProfile(&out); err != nil {
		panic(err)
	}
	var group sync.WaitGroup
	for i := 0; i < 4; i++ {
		group.Add(1)
		go pprof.Do(context.Background(), pprof.Labels("a key", "a value"), func(context.Context) {
			for begin := time.Now(); time.Since(begin) < 200*time.Millisecond; {
				spin(100000)
				fill()
				done := make(chan int)
				go func() { done <- grow(200) }()
				<-done
				runtime.Gosched()
			}
			group.Done()
		})
	}
	group.Wait()
	pprof.StopCPUProfile()
	r, err := gzip.NewReader(&out)
	if err != nil {
		panic(err)
	}
	data, err := ioutil.ReadAll(r)
	if err != nil {
		panic(err)
	}
	return data
}

func main() {
	wanted := []string{"main.spin", "main.grow", "main.fill", "runtime.mapassign_faststr",
		"runtime.newstack", "runtime._GC", "a key", "a value"}
	found := map[string]bool{}
	for begin := time.Now(); len(found) < len(wanted) && time.Since(begin) < 30*time.Second; {
		data := profile()
		for _, name := range wanted {
			if bytes.Contains(data, []byte(name)) {
				found[name] = true
			}
		}
	}
	for _, name := range wanted {
		fmt.Println(name, found[name])
	}
}
