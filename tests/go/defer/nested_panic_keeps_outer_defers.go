// SPDX-License-Identifier: BSD-3-Clause

// A deferred call that panics and recovers inside does not disturb the records of frames further
// out, open-coded or not (go#43920: fatal "bad defer entry in panic").
package main

func inner() {
	defer func() { println("inner recovered", recover().(string)) }()
	defer func() { panic("second") }()
	panic("first")
}

func middle(n int) {
	for i := 0; i < n; i++ {
		defer func(i int) { println("middle", i) }(i)
	}
	defer inner()
	panic("middle")
}

func outer() {
	defer func() { println("outer recovered", recover().(string)) }()
	defer inner()
	middle(2)
}

func main() {
	outer()
	println("end")
}
