// SPDX-License-Identifier: BSD-3-Clause

// From a scenario to Go source, in every form that the compiler treats differently.
//
// Before: model.go  After: main.go
package main

import (
	"fmt"
	"math/rand"
	"strings"
)

const maxDepth = 5

type maker struct {
	r      *rand.Rand
	nextID int
	budget int
}

func (k *maker) id() int {
	k.nextID++
	return k.nextID
}

// body makes the statements of a function. deferred: it is called by a defer statement, so recover
// makes sense in it.
func (k *maker) body(depth int, deferred bool) []*stmt {
	var list []*stmt
	n := 1 + k.r.Intn(4)
	for i := 0; i < n && k.budget > 0; i++ {
		k.budget--
		switch x := k.r.Intn(20); {
		case x < 3:
			list = append(list, &stmt{op: opPrint, id: k.id()})
		case x < 6 && depth < maxDepth:
			list = append(list, &stmt{op: opCall, id: k.id(), body: k.body(depth+1, false)})
		case x < 13 && depth < maxDepth:
			s := &stmt{op: opDefer, id: k.id(), form: form(k.r.Intn(int(formCount))), times: 1}
			switch s.form {
			case formLoop:
				s.times = k.r.Intn(4)
			case formIfFalse:
				s.times = 0
			}
			s.body = k.body(depth+1, true)
			list = append(list, s)
		case x < 14:
			list = append(list, &stmt{op: opGrow, id: k.id()})
		case x < 15:
			list = append(list, &stmt{op: opCollect, id: k.id()})
		case x < 18 && deferred:
			list = append(list, &stmt{op: opRecover, id: k.id()})
		case x == 18:
			return append(list, &stmt{op: opPanic, id: k.id()})
		case x == 19 && k.r.Intn(3) == 0:
			return append(list, &stmt{op: opGoexit, id: k.id()})
		}
	}
	return list
}

func scenario(seed int64) []*stmt {
	k := &maker{r: rand.New(rand.NewSource(seed)), budget: 40}
	body := k.body(0, false)
	for len(body) < 2 && k.budget > 0 {
		body = append(body, k.body(0, false)...)
	}
	// What comes after a panic or Goexit would not compile to anything.
	for i, s := range body {
		if s.op == opPanic || s.op == opGoexit {
			return body[:i+1]
		}
	}
	return body
}

type emitter struct {
	code  strings.Builder // the body being written
	decls strings.Builder // functions and methods
	tag   string
}

func (e *emitter) function(signature string, prologue string, body []*stmt) {
	inner := &emitter{tag: e.tag}
	inner.body(body)
	e.decls.WriteString(inner.decls.String())
	fmt.Fprintf(&e.decls, "func %s {\n%s%s}\n\n", signature, prologue, inner.code.String())
}

func (e *emitter) closure(params string, body []*stmt) string {
	inner := &emitter{tag: e.tag}
	inner.body(body)
	e.decls.WriteString(inner.decls.String())
	return "func(" + params + ") {\n" + inner.code.String() + "}"
}

func (e *emitter) body(list []*stmt) {
	for _, s := range list {
		w := func(format string, args ...interface{}) { fmt.Fprintf(&e.code, format+"\n", args...) }
		name := fmt.Sprintf("%s_%d", e.tag, s.id)
		switch s.op {
		case opPrint:
			w("println(\"p%d\")", s.id)
		case opGrow:
			w("grow(%d)", 4+s.id%24)
		case opCollect:
			w("runtime.GC()")
		case opPanic:
			w("panic(%d)", s.id)
		case opGoexit:
			w("runtime.Goexit()")
		case opRecover:
			w("if v := recover(); v != nil { println(\"r%d\", v.(int)) }"+
				" else { println(\"r%d nil\") }", s.id, s.id)
		case opCall:
			e.function("call"+name+"()", "", s.body)
			w("call%s()", name)
		case opDefer:
			e.deferred(s, name, w)
		}
	}
}

func (e *emitter) deferred(s *stmt, name string, w func(string, ...interface{})) {
	check := fmt.Sprintf("\tcheck(a == %d && *b == \"s%d\" && c == [3]int{%d, 2, 3})\n",
		s.id, s.id, s.id)
	switch s.form {
	case formClosure:
		w("defer %s()", e.closure("", s.body))
	case formLoop:
		w("for i := 0; i < %d; i++ {\ndefer %s(i)\n}", s.times, e.closure("i int", s.body))
	case formIfTrue:
		w("if yes() {\ndefer %s()\n}", e.closure("", s.body))
	case formIfFalse:
		w("if !yes() {\ndefer %s()\n}", e.closure("", s.body))
	case formArguments:
		e.function("args"+name+"(a int, b *string, c [3]int)", check, s.body)
		w("{\ns := \"s%d\"\ndefer args%s(%d, &s, [3]int{%d, 2, 3})\n}", s.id, name, s.id, s.id)
	default:
		fmt.Fprintf(&e.decls, "type t%s struct{ x, y int }\n\n", name)
		fmt.Fprintf(&e.decls, "type o%s struct {\n\tpad int\n\t*t%s\n}\n\n", name, name)
		head := fmt.Sprintf("(t *t%s) m(a int)", name)
		e.function(head, fmt.Sprintf("\tcheck(t.x+a == %d)\n", s.id+7), s.body)
		switch s.form {
		case formMethod:
			w("{\nt := &t%s{%d, 0}\ndefer t.m(7)\n}", name, s.id)
		case formInterface:
			w("{\nvar i interface{ m(int) } = o%s{1, &t%s{%d, 0}}\ndefer i.m(7)\n}", name, name, s.id)
		case formMethodValue:
			w("{\nf := (&t%s{%d, 0}).m\ndefer f(7)\n}", name, s.id)
		}
	}
}

// program holds scenarios seed, seed+1, ... of which argument 1 names the one to run.
func program(seed int64, count int) string {
	var b, calls strings.Builder
	b.WriteString("package main\n\nimport (\n\t\"os\"\n\t\"runtime\"\n)\n\n")
	b.WriteString("//go:noinline\nfunc yes() bool { return len(os.Args) > 0 }\n\n")
	b.WriteString("//go:noinline\nfunc grow(n int) int {\n\tvar pad [64]int\n\tpad[n%64] = n\n\tif n > 0 {\n\t\treturn grow(n-1) + pad[n%64]\n\t}\n\treturn pad[0]\n}\n\n")
	b.WriteString("func check(ok bool) {\n\tif !ok {\n" +
		"\t\tprintln(\"wrong arguments\")\n\t\tos.Exit(3)\n\t}\n}\n\n")
	for i := 0; i < count; i++ {
		e := &emitter{tag: fmt.Sprintf("s%d", i)}
		e.function(fmt.Sprintf("scenario%d()", i), "", scenario(seed+int64(i)))
		b.WriteString(e.decls.String())
		fmt.Fprintf(&calls, "\t\tscenario%d,\n", i)
	}
	b.WriteString("func main() {\n\tscenarios := []func(){\n" + calls.String() + "\t}\n")
	b.WriteString("\tn := 0\n\tfor _, c := range os.Args[1] {\n\t\tn = n*10 + int(c-'0')\n\t}\n")
	b.WriteString("\tscenarios[n]()\n\tprintln(\"done\")\n\truntime.KeepAlive(n)\n}\n")
	return b.String()
}
