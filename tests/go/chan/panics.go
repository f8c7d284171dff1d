// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"fmt"
	"runtime"
)

func try(name string, f func()) {
	defer func() {
		v := recover()
		_, isRuntime := v.(runtime.Error)
		fmt.Println(name, "->", v, isRuntime)
	}()
	f()
}

// What a program may not do with a channel.
func main() {
	var none chan int
	closed := make(chan int, 1)
	close(closed)
	n := -1
	try("close nil", func() { close(none) })
	try("close twice", func() { close(closed) })
	try("send", func() { closed <- 1 })
	try("send in select", func() {
		select {
		case closed <- 1:
		case <-none:
		}
	})
	try("send without blocking", func() {
		select {
		case closed <- 1:
		default:
		}
	})
	try("negative size", func() { _ = make(chan int, n) })
	try("huge size", func() { n = 1 << 62; _ = make(chan int64, n) })
}
