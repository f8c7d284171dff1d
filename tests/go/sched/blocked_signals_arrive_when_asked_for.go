// SPDX-License-Identifier: BSD-3-Clause

// qemu-user does not start arm64 programs from arm64 programs.
//
//test:arch amd64
package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"
	"unsafe"
)

// A program that was started with a signal blocked and asks for it gets it; one that does not ask
// keeps it blocked, and so do its children.
func main() {
	if len(os.Args) == 1 {
		parent()
		return
	}
	fmt.Println(os.Args[1], "starts with SIGUSR1 blocked:", blocked())
	if os.Args[1] == "child" {
		c := make(chan os.Signal, 1)
		signal.Notify(c, syscall.SIGUSR1)
		syscall.Kill(os.Getpid(), syscall.SIGUSR1)
		select {
		case s := <-c:
			fmt.Println("got", s)
		case <-time.After(10 * time.Second):
			fmt.Println("got nothing")
		}
		start("grandchild")
	}
}

func parent() {
	runtime.LockOSThread()
	set := uint64(1) << (syscall.SIGUSR1 - 1)
	syscall.RawSyscall6(syscall.SYS_RT_SIGPROCMASK, 0, uintptr(unsafe.Pointer(&set)), 0, 8, 0, 0)
	start("child")
	// A thread made now must not inherit the mask.
	done := make(chan bool)
	for i := 0; i < 4; i++ {
		go func() {
			runtime.LockOSThread()
			done <- blocked()
		}()
	}
	any := false
	for i := 0; i < 4; i++ {
		any = <-done || any
	}
	fmt.Println("other threads block it:", any)
}

func start(name string) {
	cmd := exec.Command(os.Args[0], name)
	cmd.Stdout = os.Stdout
	if err := cmd.Run(); err != nil {
		fmt.Println(err)
	}
}

func blocked() bool {
	var set uint64
	syscall.RawSyscall6(syscall.SYS_RT_SIGPROCMASK, 0, 0, uintptr(unsafe.Pointer(&set)), 8, 0, 0)
	return set>>(syscall.SIGUSR1-1)&1 != 0
}
