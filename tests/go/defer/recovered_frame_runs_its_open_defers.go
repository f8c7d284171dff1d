// SPDX-License-Identifier: BSD-3-Clause

// After a recovery the frame that recovered still runs the open-coded calls it owes, once each,
// also when one of them panics again (go#43921, go#43941).
package main

func f(again bool) {
	defer println("last")
	defer func() {
		if v := recover(); v != nil {
			println("again:", v.(string))
		}
	}()
	defer func() {
		println("third")
		if again {
			panic("from third")
		}
	}()
	defer func() { println("recovered", recover().(string)) }()
	panic("body")
}

func main() {
	f(false)
	f(true)
	println("end")
}
