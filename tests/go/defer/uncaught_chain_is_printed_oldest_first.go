// SPDX-License-Identifier: BSD-3-Clause

// What a chain of panics prints: values of every kind, what was recovered, tracebacks.
package main

import "errors"

type code int

type names struct{ a, b string }

func (n names) String() string { return n.a + "+" + n.b }

func main() {
	defer func() { panic(names{"x", "y"}) }()
	defer func() { panic(code(7)) }()
	defer func() {
		recover()
		panic(errors.New("third"))
	}()
	defer func() { panic(2.5) }()
	panic("first")
}
