// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// Notify, Ignore, Reset and Stop.
func main() {
	c := make(chan os.Signal, 4)
	signal.Notify(c, syscall.SIGUSR1, syscall.SIGHUP)
	for _, s := range []syscall.Signal{syscall.SIGUSR1, syscall.SIGHUP, syscall.SIGUSR1} {
		syscall.Kill(syscall.Getpid(), s)
		fmt.Println(<-c)
	}
	signal.Ignore(syscall.SIGHUP)
	syscall.Kill(syscall.Getpid(), syscall.SIGHUP)
	fmt.Println(signal.Ignored(syscall.SIGHUP), signal.Ignored(syscall.SIGUSR1))
	signal.Reset(syscall.SIGHUP)
	signal.Notify(c, syscall.SIGHUP)
	syscall.Kill(syscall.Getpid(), syscall.SIGHUP)
	fmt.Println(<-c, len(c))
	signal.Stop(c)
	signal.Reset(syscall.SIGUSR1)
	syscall.Kill(syscall.Getpid(), syscall.SIGWINCH)
	syscall.Kill(syscall.Getpid(), syscall.SIGUSR1)
	fmt.Println("still there", len(c))
}
