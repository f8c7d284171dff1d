// SPDX-License-Identifier: BSD-3-Clause

// The block profile has whoever waited, the mutex profile whoever let go, each with the frames that
// stock shows. Sleeping, waiting for a file and sends that end in a panic are no events.
package main

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"runtime/pprof"
	"sort"
	"strings"
	"sync"
	"time"
)

const delay = 5 * time.Millisecond

func later(f func()) {
	go func() {
		time.Sleep(delay)
		f()
	}()
}

func send() {
	c := make(chan int)
	later(func() { <-c })
	c <- 1
}

func receive() {
	c := make(chan int)
	later(func() { c <- 1 })
	<-c
}

func receiveClosed() {
	c := make(chan int)
	later(func() { close(c) })
	_, _ = <-c
}

func selects() {
	c := make(chan int)
	later(func() { c <- 1 })
	select {
	case <-c:
	case c <- 1:
	}
}

func selectClosed() {
	c := make(chan int)
	later(func() { close(c) })
	select {
	case <-c:
	case <-make(chan int):
	}
}

func reflectSend() {
	c := make(chan int)
	later(func() { <-c })
	reflect.ValueOf(c).Send(reflect.ValueOf(1))
}

func reflectReceive() {
	c := make(chan int)
	later(func() { c <- 1 })
	reflect.ValueOf(c).Recv()
}

func reflectSelect() {
	c := make(chan int)
	later(func() { c <- 1 })
	receive := reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(c)}
	reflect.Select([]reflect.SelectCase{receive, receive})
}

func mutex() {
	var m sync.Mutex
	m.Lock()
	later(m.Unlock)
	m.Lock()
}

func rwMutexRead() {
	var m sync.RWMutex
	m.Lock()
	later(m.Unlock)
	m.RLock()
}

func rwMutexWriteAfterRead() {
	var m sync.RWMutex
	m.RLock()
	later(m.RUnlock)
	m.Lock()
}

func rwMutexWrite() {
	var m sync.RWMutex
	m.Lock()
	later(m.Unlock)
	m.Lock()
}

func waitGroup() {
	var group sync.WaitGroup
	group.Add(1)
	later(group.Done)
	group.Wait()
}

func cond() {
	var m sync.Mutex
	c := sync.NewCond(&m)
	m.Lock()
	later(c.Broadcast)
	c.Wait()
	m.Unlock()
}

func sendOnClosed() {
	defer func() { recover() }()
	c := make(chan int)
	later(func() { close(c) })
	c <- 1
}

func selectSendOnClosed() {
	defer func() { recover() }()
	c := make(chan int)
	later(func() { close(c) })
	select {
	case c <- 1:
	case <-make(chan int):
	}
}

func pipe() {
	r, w, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	later(func() { w.Close() })
	r.Read(make([]byte, 1))
	r.Close()
}

func sleep() { time.Sleep(delay) }

// stacks returns the stacks of a profile, one per line.
func stacks(profile func([]runtime.BlockProfileRecord) (int, bool)) (lines []string) {
	records := make([]runtime.BlockProfileRecord, 1000)
	n, ok := profile(records)
	if !ok {
		panic("more than 1000 stacks")
	}
	for _, r := range records[:n] {
		if r.Count <= 0 || r.Cycles <= 0 {
			panic(fmt.Sprint(r))
		}
		line := ""
		frames := runtime.CallersFrames(r.Stack())
		for more := true; more; {
			var f runtime.Frame
			f, more = frames.Next()
			line += " " + f.Function
		}
		lines = append(lines, line)
	}
	return
}

// stackOf returns the stack in which name is a function.
func stackOf(name string, lines []string) string {
	for _, line := range lines {
		if strings.Contains(line+" ", " "+name+" ") {
			return line
		}
	}
	return ""
}

// waiter runs wait until the block profile has it: on a busy machine it may come too late to wait.
func waiter(name string, wait func()) {
	line := ""
	for begin := time.Now(); line == "" && time.Since(begin) < 10*time.Second; {
		wait()
		line = stackOf("main."+name, stacks(runtime.BlockProfile))
	}
	fmt.Println(name+":", line)
}

func main() {
	runtime.SetBlockProfileRate(1)
	fmt.Println(runtime.SetMutexProfileFraction(1), runtime.SetMutexProfileFraction(-1))
	waiter("send", send)
	waiter("receive", receive)
	waiter("receiveClosed", receiveClosed)
	waiter("selects", selects)
	waiter("selectClosed", selectClosed)
	waiter("reflectSend", reflectSend)
	waiter("reflectReceive", reflectReceive)
	waiter("reflectSelect", reflectSelect)
	waiter("mutex", mutex)
	waiter("rwMutexRead", rwMutexRead)
	waiter("rwMutexWriteAfterRead", rwMutexWriteAfterRead)
	waiter("rwMutexWrite", rwMutexWrite)
	waiter("waitGroup", waitGroup)
	waiter("cond", cond)
	for _, wait := range []func(){sendOnClosed, selectSendOnClosed, pipe, sleep} {
		wait()
	}
	lines := stacks(runtime.BlockProfile)
	for _, name := range []string{"sendOnClosed", "selectSendOnClosed", "pipe", "sleep"} {
		fmt.Println(name+":", stackOf("main."+name, lines))
	}

	lines = stacks(runtime.MutexProfile)
	sort.Strings(lines)
	fmt.Println(strings.Join(lines, "\n"))

	// The times, as package pprof tells them.
	var text bytes.Buffer
	pprof.Lookup("block").WriteTo(&text, 1)
	var perSecond, cycles, count float64
	fmt.Fscanf(&text, "--- contention:\ncycles/second=%g\n", &perSecond)
	fmt.Fscanf(&text, "%g %g @", &cycles, &count)
	mean := cycles / count / perSecond
	fmt.Println("a wait takes its time:", delay.Seconds()/2 < mean && mean < 10)

	// Rates: nothing is recorded any more.
	runtime.SetBlockProfileRate(0)
	fmt.Println(runtime.SetMutexProfileFraction(0))
	blocked, released := len(stacks(runtime.BlockProfile)), len(stacks(runtime.MutexProfile))
	mutex()
	time.Sleep(delay)
	blocked -= len(stacks(runtime.BlockProfile))
	released -= len(stacks(runtime.MutexProfile))
	fmt.Println(blocked, released)
}
