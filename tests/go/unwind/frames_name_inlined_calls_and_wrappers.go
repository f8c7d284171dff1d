// SPDX-License-Identifier: BSD-3-Clause

// Callers, Caller, Frames and Func agree on inlined functions; wrappers are left out unless they
// panic.
package main

import (
	"fmt"
	"runtime"
	"strings"
)

type value struct{ s string }

//go:noinline
func (v value) where() string { return names(0) }

type whereer interface{ where() string }

func names(skip int) string {
	var pcs [30]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(skip+2, pcs[:])])
	var out []string
	for {
		f, more := frames.Next()
		if strings.HasPrefix(f.Function, "main.") {
			out = append(out, fmt.Sprint(f.Function, ":", f.Line, ":", f.Func != nil))
		}
		if !more {
			return strings.Join(out, " ")
		}
	}
}

func inner() string  { return names(0) }
func middle() string { return inner() }

//go:noinline
func outer() string { return middle() }

func skipped(skip int) string { return names(skip) }

//go:noinline
func caller() string {
	pc, _, line, ok := runtime.Caller(0)
	f := runtime.FuncForPC(pc)
	_, line2 := f.FileLine(pc)
	return fmt.Sprint(f.Name(), " ", line, " ", line2, " ", ok)
}

func nilWrapper() (s string) {
	defer func() {
		recover()
		s = names(0)
	}()
	var p *value
	var w whereer = p
	return w.where()
}

func main() {
	fmt.Println(outer())
	for skip := 0; skip < 3; skip++ {
		fmt.Println(skipped(skip))
	}
	fmt.Println(caller())
	var w whereer = &value{}
	fmt.Println(w.where())
	fmt.Println(value.where(value{}))
	f := w.where
	fmt.Println(f())
	fmt.Println(nilWrapper())
	_, _, _, ok := runtime.Caller(100)
	fmt.Println(ok, runtime.FuncForPC(0) == nil, (*runtime.Func)(nil).Name() == "")
	func() {
		defer func() { fmt.Println(recover()) }()
		(*runtime.Func)(nil).Entry()
	}()
}
