// SPDX-License-Identifier: BSD-3-Clause

// A loop that does nothing but defer has no stack check. It stops where it gets memory for its
// records, without a signal: this program runs itself with signals for preemption switched off. No
// record is lost by it. (One under qemu-user cannot start itself.)
//
//test:arch amd64
package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
)

const (
	most     = 3000000
	underWay = 1000
)

type loop struct{ made, run, stop int32 }

//go:noinline
func (l *loop) count(i int32) {
	l.run++
	if i != l.made-l.run {
		panic("not in order")
	}
}

// Says whether it was stopped.
//go:noinline
func (l *loop) deferUntilStopped() bool {
	for i := int32(0); i < most; i++ {
		if atomic.LoadInt32(&l.stop) != 0 {
			return true
		}
		defer l.count(i)
		atomic.StoreInt32(&l.made, i+1)
	}
	return false
}

func main() {
	const off = "asyncpreemptoff=1"
	if len(os.Args) == 1 {
		child := exec.Command(os.Args[0], off)
		child.Env = append(os.Environ(), "GODEBUG="+os.Getenv("GODEBUG")+","+off)
		out, err := child.CombinedOutput()
		fmt.Print(string(out))
		if err != nil {
			fmt.Println(err)
		}
		return
	}
	runtime.GOMAXPROCS(2)
	for i := 0; i < 3; i++ {
		var l loop
		done := make(chan bool)
		go func() { done <- l.deferUntilStopped() }()
		for atomic.LoadInt32(&l.made) < underWay {
			runtime.Gosched()
		}
		runtime.GC()
		atomic.StoreInt32(&l.stop, 1)
		fmt.Println("stopped:", <-done, "all calls made:", l.made == l.run)
	}
}
