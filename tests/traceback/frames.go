// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"reflect"
	"runtime"
	"sort"
	"strings"
	"sync"
	"time"
)

func init() {
	register("InlinedFrames", inlinedFrames)
	register("DeferredClosures", deferredClosures)
	register("MethodValue", methodValue)
	register("MethodExpression", methodExpression)
	register("PointerWrapper", pointerWrapper)
	register("EmbeddedMethod", embeddedMethod)
	register("NilReceiver", nilReceiver)
	register("ManyArguments", func() { manyArguments(1, 2, 3, 4, 5, "6", 8, 9, 10, 11, 12) })
	register("DeepRecursion", func() { panicAt(150) })
	register("ReflectCall", reflectCall)
	register("ReflectMakeFunc", reflectMakeFunc)
	register("ReflectMethodValue", reflectMethodValue)
	register("CallbackOfSort", callbackOfSort)
	register("CallbackOfMap", callbackOfMap)
	register("OnceDo", func() { new(sync.Once).Do(func() { panicAt(0) }) })
	register("TimerFunction", timerFunction)
	register("Finalizer", finalizer)
	register("GoOfMethod", goOfMethod)
	register("GoInLoop", goInLoop)
}

func leafInlined(s []int, i int) int   { return s[i] }
func middleInlined(s []int, i int) int { return leafInlined(s, i+1) }

//go:noinline
func outerInlined(s []int, i int) int { return middleInlined(s, i+1) }

func inlinedFrames() { zero = outerInlined(make([]int, 2), zero) }

func deferredClosures() {
	defer func() {
		defer func() {
			func() {
				panicAt(0)
			}()
		}()
	}()
}

type value struct{ a, b int }

//go:noinline
func (v value) fails(n int) { panicAt(n) }

//go:noinline
func (v *value) pointerFails(n int) { panicAt(v.a + n) }

type embedding struct {
	name string
	value
}

type failer interface{ fails(n int) }

//go:noinline
func call(f func(int)) { f(1) }

func methodValue()      { call(value{1, 2}.fails) }
func methodExpression() { f := (*value).pointerFails; call(func(n int) { f(&value{}, n) }) }

func pointerWrapper() {
	var f failer = &value{1, 2}
	f.fails(1)
}

func embeddedMethod() {
	var f failer = &embedding{"e", value{1, 2}}
	f.fails(1)
}

func nilReceiver() {
	var f failer = (*value)(nil)
	f.fails(1)
}

//go:noinline
func manyArguments(a, b, c, d, e int, f string, g, h, i, j, k int) { panicAt(a) }

func reflectCall() {
	reflect.ValueOf(panicAt).Call([]reflect.Value{reflect.ValueOf(1)})
}

func reflectMakeFunc() {
	f := reflect.MakeFunc(reflect.TypeOf(panicAt), func(args []reflect.Value) []reflect.Value {
		panicAt(int(args[0].Int()))
		return nil
	})
	call(f.Interface().(func(int)))
}

func reflectMethodValue() {
	call(reflect.ValueOf(value{1, 2}).MethodByName("Exported").Interface().(func(int)))
}

func (v value) Exported(n int) { panicAt(n) }

func callbackOfSort() {
	sort.Slice([]int{3, 1, 2}, func(i, j int) bool {
		panicAt(0)
		return true
	})
}

func callbackOfMap() {
	strings.Map(func(r rune) rune {
		panicAt(0)
		return r
	}, "text")
}

func timerFunction() {
	time.AfterFunc(time.Millisecond, func() { panicAt(0) })
	select {}
}

func finalizer() {
	runtime.SetFinalizer(&value{1, 2}, func(v *value) {
		time.Sleep(20 * time.Millisecond) // until the main goroutine is where it stays
		panicAt(0)
	})
	runtime.GC()
	runtime.GC()
	select {}
}

func goOfMethod() {
	go (&value{}).pointerFails(1)
	select {}
}

func goInLoop() {
	var wait sync.WaitGroup
	for i := 0; i < 3; i++ {
		wait.Add(1)
		go func() {
			wait.Wait()
		}()
	}
	time.Sleep(5 * time.Millisecond)
	panicAt(0)
}
