// SPDX-License-Identifier: BSD-3-Clause

// The runtime function that panicked, or in which a goroutine waits, is a frame like any other.
package main

import (
	"fmt"
	"regexp"
	"runtime"
	"sort"
	"strings"
	"sync"
	"time"
)

func functions() string {
	pcs := make([]uintptr, 50)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(0, pcs)])
	var names []string
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		names = append(names, f.Function)
	}
	return strings.Join(names, " ")
}

func try(f func()) {
	defer func() {
		fmt.Println(recover())
		fmt.Println("   ", functions())
		_, file, _, _ := runtime.Caller(3)
		fmt.Println("   ", file[strings.LastIndex(file, "/")+1:])
	}()
	f()
}

type value struct{ n int }

func (v value) method() {}

func main() {
	try(func() { var m map[string]int; m["a"] = 1 })
	try(func() { var m map[[2]int]int; m[[2]int{}] = 1 })
	try(func() { var e interface{} = 1; fmt.Println(e.(string)) })
	try(func() { var e interface{} = 1; fmt.Println(e.(value)) })
	try(func() { var c chan int; close(c) })
	try(func() { c := make(chan int); close(c); close(c) })
	try(func() { var p *value; f := interface{ method() }.method; f(p) })
	try(func() { a := []int{1}; i := 5; a[i] = 2 })
	try(func() { i := 0; fmt.Println(1 / i) })

	var group sync.WaitGroup
	group.Add(1)
	var mutex sync.Mutex
	mutex.Lock()
	for _, f := range []func(){
		func() { time.Sleep(time.Hour) },
		func() { group.Wait() },
		func() { mutex.Lock() },
		func() { select {} },
		func() { <-make(chan int) },
		func() { make(chan int) <- 1 },
		func() { <-chan int(nil) },
		func() {
			c := make(chan int)
			select {
			case <-c:
			case c <- 1:
			}
		},
	} {
		go f()
	}
	time.Sleep(50 * time.Millisecond)
	buf := make([]byte, 1<<16)
	text := string(buf[:runtime.Stack(buf, true)])
	for what, with := range map[string]string{
		`0x[0-9a-f]+`: "0x", `goroutine \d+`: "goroutine N", `\t.*/`: "    ",
	} {
		text = regexp.MustCompile(what).ReplaceAllString(text, with)
	}
	goroutines := strings.Split(strings.TrimSpace(strings.ReplaceAll(text, "+0x", "")), "\n\n")
	sort.Strings(goroutines)
	fmt.Println(strings.Join(goroutines, "\n\n"))
}
