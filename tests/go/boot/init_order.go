// SPDX-License-Identifier: BSD-3-Clause

package main

import "fmt"

var a = f("a", b)
var b = f("b", 0)

func f(name string, after int) int {
	fmt.Println("initialise", name)
	return after + 1
}

func init() { fmt.Println("init 1", a, b) }
func init() { fmt.Println("init 2") }

// Variables are initialised in the order of their dependencies, then init functions run in their
// own.
func main() { fmt.Println("main") }
