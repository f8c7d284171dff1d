// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"errors"
	"os"
	"runtime"
)

func init() {
	register("PanicString", panicString)
	register("PanicError", panicError)
	register("PanicStringer", panicStringer)
	register("PanicDefinedTypes", panicDefinedTypes)
	register("PanicPointer", panicPointer)
	register("PanicNil", panicNil)
	register("PanicRuntimeError", panicRuntimeError)
	register("PanicInGoroutine", panicInGoroutine)
	register("PanicInNestedGoroutine", panicInNestedGoroutine)
	register("PanicInDeferredCall", panicInDeferredCall)
	register("PanicInDeferredLoop", panicInDeferredLoop)
	register("RepanicRecovered", repanicRecovered)
	register("RepanicOther", repanicOther)
	register("PanicAfterRecover", panicAfterRecover)
	register("PanicUnderGoexit", panicUnderGoexit)
	register("PanicWhilePrinting", panicWhilePrinting)
	register("PanicTwiceWhilePrinting", panicTwiceWhilePrinting)
	register("DeferredNilFunction", deferredNilFunction)
	register("SendOnClosedChannel", sendOnClosedChannel)
	register("AssertionFails", assertionFails)
	register("InitPanics", initPanics)
	if len(os.Args) > 1 && os.Args[1] == "InitPanics" {
		panicAt(3)
	}
}

func initPanics() {}

//go:noinline
func panicAt(depth int) {
	if depth == 0 {
		panic("at the bottom")
	}
	panicAt(depth - 1)
	zero++
}

func panicString() { panicAt(2) }

func panicError() { panic(errors.New("an error")) }

type stringer struct{ n int }

func (s stringer) String() string { return "a stringer" }

func panicStringer() { panic(stringer{3}) }

type (
	word  string
	count uint8
	ratio float64
)

func panicDefinedTypes() {
	defer func() { panic(ratio(0.5)) }()
	defer func() { panic(count(7)) }()
	panic(word("quoted"))
}

func panicPointer() { panic(&zero) }

func panicNil() { panic(nil) }

func panicRuntimeError() {
	s := make([]int, 3)
	s[zero+5] = 1
}

func panicInGoroutine() {
	go panicAt(1)
	select {}
}

func panicInNestedGoroutine() {
	go func() {
		go func() {
			panicAt(0)
		}()
		select {}
	}()
	select {}
}

//go:noinline
func panics(text string) { panic(text) }

func panicInDeferredCall() {
	defer panics("third")
	defer func() {
		panics("second")
	}()
	panicAt(1)
}

func panicInDeferredLoop() {
	for i := 0; i < 3; i++ {
		defer func(i int) { panic(i) }(i)
	}
	panics("first")
}

func repanicRecovered() {
	defer func() {
		e := recover()
		panic(e)
	}()
	panicAt(1)
}

func repanicOther() {
	defer func() {
		defer func() {
			panic(recover().(error).Error() + ", again")
		}()
		recover()
		panic(errors.New("changed"))
	}()
	panicRuntimeError()
}

func panicAfterRecover() {
	func() {
		defer func() { recover() }()
		panicAt(4)
	}()
	panicAt(1)
}

func panicUnderGoexit() {
	go func() {
		defer panics("while it ends")
		runtime.Goexit()
	}()
	select {}
}

type failing struct{ depth int }

func (f failing) Error() string {
	if f.depth == 0 {
		panic("no text")
	}
	panic(failing{f.depth - 1})
}

func panicWhilePrinting()      { panic(failing{0}) }
func panicTwiceWhilePrinting() { panic(failing{1}) }

func deferredNilFunction() {
	var f func(int)
	defer f(3)
	zero++
}

func sendOnClosedChannel() {
	c := make(chan int)
	close(c)
	c <- 1
}

func assertionFails() {
	sink = 5
	zero = len(sink.(string))
}
