// SPDX-License-Identifier: BSD-3-Clause

// A deferred nil function panics when it would be called, not at the statement; the other calls
// run.
package main

func f(fn func(), in string) {
	defer func() { println(in, recover().(error).Error()) }()
	defer println("before the nil call nothing is lost:", in)
	defer fn()
	println("statement passed:", in)
	if in == "panic" {
		panic("replaced")
	}
}

func loop(fn func()) {
	defer func() { println("loop", recover().(error).Error()) }()
	for i := 0; i < 1; i++ {
		defer fn()
	}
}

func main() {
	f(nil, "return")
	f(nil, "panic")
	loop(nil)
}
