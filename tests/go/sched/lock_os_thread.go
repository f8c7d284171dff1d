// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"fmt"
	"runtime"
	"syscall"
)

// A locked goroutine stays on its thread, through parking and nested locks; the thread ends with
// it, unless it is the first one of the process, which never runs anything again.
func main() {
	done := make(chan bool)
	for i := 0; i < 4; i++ {
		go func() {
			runtime.LockOSThread()
			runtime.LockOSThread()
			tid := syscall.Gettid()
			same := true
			for j := 0; j < 200; j++ {
				runtime.Gosched()
				same = same && tid == syscall.Gettid()
			}
			runtime.UnlockOSThread()
			c := make(chan int)
			go func() { c <- 1 }()
			<-c
			same = same && tid == syscall.Gettid()
			runtime.UnlockOSThread()
			done <- same
		}()
	}
	for i := 0; i < 4; i++ {
		fmt.Println(<-done)
	}
	tids := make(chan int)
	gone := syscall.Getpid()
	for gone == syscall.Getpid() {
		go func() {
			runtime.LockOSThread()
			tids <- syscall.Gettid()
		}()
		gone = <-tids
	}
	for syscall.Tgkill(syscall.Getpid(), gone, 0) == nil {
		runtime.Gosched()
	}
	fmt.Println("thread ended")
}
