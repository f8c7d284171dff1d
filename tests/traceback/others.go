// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"net"
	"os"
	"runtime"
	"sync"
	"time"
)

func init() {
	register("OthersWait", othersWait)
	register("OthersInSystemCalls", othersInSystemCalls)
	register("OthersRunnable", othersRunnable)
	register("StackOfAll", stackOfAll)
}

// Goroutines begin one after the other, so that their order is the same each time.
func start(f func()) {
	begins := make(chan bool)
	go func() {
		begins <- true
		f()
	}()
	<-begins
}

func manyWaiters() {
	c := make(chan int)
	var m sync.Mutex
	m.Lock()
	var readers sync.RWMutex
	readers.Lock()
	var wait sync.WaitGroup
	wait.Add(1)
	var condMutex sync.Mutex
	cond := sync.NewCond(&condMutex)
	start(func() { <-c })
	start(func() {
		var none chan int
		<-none
	})
	start(func() { select {} })
	start(func() {
		select {
		case <-c:
		case <-time.After(time.Hour):
		}
	})
	start(func() { time.Sleep(time.Hour) })
	start(m.Lock)
	start(readers.RLock)
	start(wait.Wait)
	start(func() {
		condMutex.Lock()
		cond.Wait()
	})
	start(func() {
		defer func() {
			recover()
			<-c
		}()
		panicAt(2)
	})
	start(func() {
		runtime.LockOSThread()
		<-c
	})
	time.Sleep(10 * time.Millisecond)
}

func othersWait() {
	manyWaiters()
	panicAt(1)
}

func othersInSystemCalls() {
	r, _, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	start(func() { r.Read(make([]byte, 1)) })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	start(func() { listener.Accept() })
	time.Sleep(10 * time.Millisecond)
	panicAt(1)
}

func othersRunnable() {
	runtime.GOMAXPROCS(1)
	go panicAt(5)
	go func(a, b int) { panicAt(a + b) }(1, 2)
	panicAt(1)
}

func stackOfAll() {
	manyWaiters()
	buffer := make([]byte, 1<<20)
	os.Stderr.Write(buffer[:runtime.Stack(buffer, true)])
	os.Exit(3)
}
