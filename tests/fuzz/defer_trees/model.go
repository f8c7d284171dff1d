// SPDX-License-Identifier: BSD-3-Clause

// Defer_trees makes random Go programs of deferred calls, panics, recoveries and Goexit, and says
// what they must print.
//
// This file is the model: a scenario is a tree of statements, and the interpreter below runs it by
// the rules of the language specification, with explicit lists instead of Go's own defers. Every
// deferred call runs exactly once, in order; recover works only in a function that the newest panic
// called itself; a recovery of a panic that cut a Goexit short goes on with that Goexit. One rule
// is the compiler's: what a method value calls is called by a function that gc 1.15 does not mark
// as a wrapper, so recover returns nil there.
//
// Before: docs/life_of_a_defer.md  After: emit.go
package main

import (
	"fmt"
	"strings"
)

type op int

const (
	opPrint op = iota
	opCall
	opPanic
	opGoexit
	opRecover
	opDefer
	opGrow
	opCollect
)

// form is how a deferred function is written down in Go; the model does not care, the compiler
// does.
type form int

const (
	formClosure     form = iota // defer func() { ... }()
	formArguments               // defer named(7, "s", pair)
	formLoop                    // for i := ... { defer func(i int) {...}(i) }
	formIfTrue                  // if yes() { defer ... }
	formIfFalse                 // if !yes() { defer ... }: never runs
	formMethod                  // defer t.m(7)
	formInterface               // defer i.m(7), m promoted from an embedded pointer
	formMethodValue             // f := t.m; defer f(7)
	formCount
)

type stmt struct {
	op    op
	id    int
	form  form
	times int
	body  []*stmt // deferred or called function
}

// panicState is one panic or Goexit in progress.
type panicState struct {
	value     int
	goexit    bool
	recovered bool
	aborted   bool
	callee    *frame // the deferred call that it made and that runs
}

type frame struct {
	defers []*stmt
}

type machine struct {
	out    strings.Builder
	panics []*panicState
}

func (m *machine) printf(format string, args ...interface{}) {
	fmt.Fprintf(&m.out, format, args...)
}

func (m *machine) top() *panicState {
	if len(m.panics) == 0 {
		return nil
	}
	return m.panics[len(m.panics)-1]
}

// run executes the function of a call or defer statement. It returns nil for a normal return, or
// the panic or Goexit that leaves the function.
func (m *machine) run(s *stmt, by *panicState) *panicState {
	f := &frame{}
	if by != nil {
		by.callee = f
		if s.form == formMethodValue {
			by.callee = nil
		}
	}
	for _, s := range s.body {
		switch s.op {
		case opPrint:
			m.printf("p%d\n", s.id)
		case opCall:
			if p := m.run(s, nil); p != nil {
				return m.unwind(f, p)
			}
		case opPanic, opGoexit:
			p := &panicState{value: s.id, goexit: s.op == opGoexit}
			m.panics = append(m.panics, p)
			return m.unwind(f, p)
		case opRecover:
			p := m.top()
			if p != nil && !p.goexit && !p.recovered && p.callee == f {
				p.recovered = true
				m.printf("r%d %d\n", s.id, p.value)
			} else {
				m.printf("r%d nil\n", s.id)
			}
		case opDefer:
			for i := 0; i < s.times; i++ {
				f.defers = append(f.defers, s)
			}
		}
	}
	return m.exit(f)
}

func (f *frame) pop() *stmt {
	if len(f.defers) == 0 {
		return nil
	}
	s := f.defers[len(f.defers)-1]
	f.defers = f.defers[:len(f.defers)-1]
	return s
}

func (m *machine) exit(f *frame) *panicState {
	for s := f.pop(); s != nil; s = f.pop() {
		if p := m.run(s, nil); p != nil {
			return m.unwind(f, p)
		}
	}
	return nil
}

// unwind lets p run the deferred calls of f.
func (m *machine) unwind(f *frame, p *panicState) *panicState {
	for s := f.pop(); s != nil; s = f.pop() {
		if q := m.run(s, p); q != nil {
			p.aborted = true
			p = q
			continue
		}
		if !p.recovered {
			continue
		}
		m.panics = m.panics[:len(m.panics)-1]
		for t := m.top(); t != nil && t.aborted && !t.goexit; t = m.top() {
			m.panics = m.panics[:len(m.panics)-1]
		}
		t := m.top()
		if t == nil || !t.aborted {
			return m.exit(f)
		}
		t.aborted = false
		p = t
	}
	return p
}

// expect runs a scenario in the main goroutine. A Goexit that reaches its end leaves no goroutine.
func expect(body []*stmt) (out string, exit int) {
	m := &machine{}
	p := m.run(&stmt{body: body}, nil)
	switch {
	case p == nil:
		return m.out.String() + "done\n", 0
	case p.goexit:
		return m.out.String() + "fatal error: no goroutines (main called runtime.Goexit) - deadlock!\n", 2
	}
	for i, q := range m.panics {
		if i > 0 && !m.panics[i-1].goexit {
			m.printf("\t")
		}
		if q.goexit {
			continue
		}
		m.printf("panic: %d", q.value)
		if q.recovered {
			m.printf(" [recovered]")
		}
		m.printf("\n")
	}
	return m.out.String(), 2
}
