// SPDX-License-Identifier: BSD-3-Clause

// Traceback dies in the way that its argument names. Each way has another shape of traceback; the
// driver's mode traceback runs all of them on stock and on gort at every level of GOTRACEBACK.
//
//	panics.go    uncaught panics: values, chains, what stands between the panic and its frames
//	frames.go    what a frame can be: inlined, wrapped, called by reflect, too deep
//	fatal.go     errors of the runtime: deadlocks, overflow, misuse of a map
//	signals.go   signals, of the program's own doing and from outside
//	others.go    what the other goroutines are doing
package main

import (
	"os"
)

var ways = make(map[string]func())

func register(name string, f func()) { ways[name] = f }

// Stops the compiler from knowing what a value is.
var (
	zero int
	sink interface{}
)

func main() {
	way := ways[os.Args[1]]
	if way == nil {
		println("no such way")
		os.Exit(1)
	}
	way()
	println("it did not die")
}
