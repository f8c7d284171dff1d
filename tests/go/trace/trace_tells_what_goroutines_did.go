// SPDX-License-Identifier: BSD-3-Clause

// An execution trace can be read to its end, each kind of event is in it, and what begins ends.
package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/trace"
	"sync"
	"time"
)

var names = map[byte]string{4: "Gomaxprocs", 5: "ProcStart", 6: "ProcStop", 7: "GCStart",
	8: "GCDone", 9: "GCSTWStart", 11: "GCSweepStart", 13: "GoCreate", 14: "GoStart", 15: "GoEnd",
	17: "GoSched", 19: "GoSleep", 33: "HeapAlloc", 34: "NextGC", 41: "GoStartLabel",
	43: "GCMarkAssistStart",
	21: "GoUnblock", 22: "GoBlockSend", 24: "GoBlockSelect", 25: "GoBlockSync", 26: "GoBlockCond",
	28: "GoSysCall", 45: "UserTaskCreate", 46: "UserTaskEnd", 47: "UserRegion", 48: "UserLog"}

func number(b *bytes.Buffer) (v uint64) {
	for shift := 0; ; shift += 7 {
		c, err := b.ReadByte()
		if err != nil {
			panic(err)
		}
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return v
		}
	}
}

// kinds counts the events of a trace by type.
func kinds(b *bytes.Buffer) map[byte]int {
	if header := string(b.Next(16)); header != "go 1.11 trace\x00\x00\x00" {
		panic(header)
	}
	count := map[byte]int{}
	for b.Len() > 0 {
		c, _ := b.ReadByte()
		event, n := c&0x3f, int(c>>6)
		count[event]++
		switch {
		case event == 37: // a string
			number(b)
			b.Next(int(number(b)))
		case n == 3:
			b.Next(int(number(b)))
			if event == 48 {
				b.Next(int(number(b)))
			}
		default:
			for ; n >= 0; n-- {
				number(b)
			}
		}
	}
	return count
}

type node struct{ left, right *node }

func tree(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{tree(depth - 1), tree(depth - 1)}
}

var (
	kept  [64]*node
	large []byte
)

// garbage makes collections begin by themselves, with much to mark, and much to pay for.
func garbage() {
	for begin := time.Now(); time.Since(begin) < 100*time.Millisecond; {
		for i := range kept {
			kept[i] = tree(12)
			large = make([]byte, 1<<20)
		}
	}
}

func work() {
	ctx, task := trace.NewTask(context.Background(), "task")
	trace.WithRegion(ctx, "region", func() { trace.Log(ctx, "category", "message") })
	task.End()
	var group sync.WaitGroup
	var mutex sync.Mutex
	cond := sync.NewCond(&mutex)
	c := make(chan int)
	var held sync.Mutex
	held.Lock()
	group.Add(4)
	go func() { held.Lock(); group.Done() }()
	go func() { c <- 1; group.Done() }()
	go func() {
		select {
		case c <- 2:
		case <-time.After(time.Hour):
		}
		group.Done()
	}()
	waits := false
	go func() { mutex.Lock(); waits = true; cond.Wait(); mutex.Unlock(); group.Done() }()
	time.Sleep(10 * time.Millisecond)
	held.Unlock()
	<-c
	<-c
	for woken := false; !woken; runtime.Gosched() {
		mutex.Lock()
		woken = waits
		mutex.Unlock()
	}
	cond.Signal()
	group.Wait()
	runtime.Gosched()
	garbage()
	runtime.GC()
	os.Getwd()
	os.Stat("/")
	old := runtime.GOMAXPROCS(1)
	runtime.GOMAXPROCS(old)
}

// missing returns the names of kinds of which there is no event.
func missing(total map[byte]int) (list []string) {
	for event := byte(0); event < 49; event++ {
		if name := names[event]; name != "" && total[event] == 0 {
			list = append(list, name)
		}
	}
	return
}

func main() {
	total := map[byte]int{}
	// Whether a goroutine has to help the collector is a matter of speed.
	for round := 0; round < 5 || len(missing(total)) > 0 && round < 50; round++ {
		var out bytes.Buffer
		if err := trace.Start(&out); err != nil {
			panic(err)
		}
		if err := trace.Start(&out); round == 0 {
			fmt.Println("again:", err)
		}
		work()
		trace.Stop()
		count := kinds(&out)
		for event, n := range count {
			total[event] += n
		}
		// Stops, sweeps, assists: they do not contain a safe point.
		for start, done := range map[byte]byte{9: 10, 11: 12, 43: 44} {
			if count[start] != count[done] {
				fmt.Println(names[start], count[start], "times, done", count[done], "times")
			}
		}
	}
	fmt.Println("missing:", missing(total))
}
