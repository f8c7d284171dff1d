// SPDX-License-Identifier: BSD-3-Clause

// A panic that a deferred call of Goexit raises may be recovered further out; the goroutine
// ends all the same (go#29226), after the calls it still owes.
package main

import "runtime"

func exits(done chan bool) {
	defer close(done)
	defer func() {
		defer func() { println("recover in the last:", recover() == nil) }()
		println("still owed")
	}()
	func() {
		defer func() { println("recovered", recover().(string)) }()
		defer func() { panic("in Goexit") }()
		runtime.Goexit()
	}()
	println("not reached")
}

func main() {
	done := make(chan bool)
	go exits(done)
	<-done
	println("end")
}
