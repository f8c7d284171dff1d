// SPDX-License-Identifier: BSD-3-Clause

// debug.Stack in several situations, without what differs from build to build (addresses, folders).
package main

import (
	"fmt"
	"regexp"
	"runtime/debug"
	"strings"
)

var (
	hex       = regexp.MustCompile(`0x[0-9a-f]+`)
	directory = regexp.MustCompile(`\t.*/`)
	goroutine = regexp.MustCompile(`goroutine [0-9]+`)
)

func show(title string) {
	fmt.Println("--", title)
	text := string(debug.Stack())
	text = goroutine.ReplaceAllString(hex.ReplaceAllString(text, "0x"), "goroutine N")
	for _, line := range strings.Split(directory.ReplaceAllString(text, "\t"), "\n") {
		if !strings.Contains(line, "panic.go") {
			fmt.Println(line)
		}
	}
}

func inlined(title string) { show(title) }

//go:noinline
func deep(n int) {
	if n == 0 {
		show("deep")
		return
	}
	deep(n - 1)
}

//go:noinline
func manyArguments(a, b, c, d, e, f, g, h, i, j, k, l int) { show("many arguments") }

type t struct{ a, b, c int }

func (v t) method(s string) { show(s) }

func main() {
	inlined("inlined")
	deep(120)
	manyArguments(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
	var m interface{ method(string) } = &t{}
	m.method("through a wrapper")
	func() {
		defer func() {
			show("in a panic")
			recover()
		}()
		var p *t
		p.a++
	}()
	done := make(chan bool)
	go func() {
		show("goroutine")
		done <- true
	}()
	<-done
}
