// SPDX-License-Identifier: BSD-3-Clause

package main

import (
	"io/ioutil"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// load makes a shim of one file.
func load(t *testing.T, declarations string) (*shim, error) {
	t.Helper()
	dir, err := ioutil.TempDir("", "gen")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	text := "package runtime\n\nimport \"unsafe\"\n\nvar _ unsafe.Pointer\n\n" + declarations
	if err := ioutil.WriteFile(filepath.Join(dir, "x.go"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return loadShim(dir, "amd64")
}

func mustLoad(t *testing.T, declarations string) *shim {
	t.Helper()
	s, err := load(t, declarations)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func expectIn(t *testing.T, text []byte, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(string(text), part) {
			t.Errorf("no %q in\n%s", part, text)
		}
	}
}

func TestResultsBeginAtAWord(t *testing.T) {
	s := mustLoad(t, "//gort:system\nfunc f(a int8, b int32, c bool) (d bool, e int16)\n")
	e := s.entries[0]
	want := []int64{0, 4, 8, 16, 18}
	for i, f := range e.fields {
		if f.offset != want[i] {
			t.Errorf("%s is at %d, want %d", f.name, f.offset, want[i])
		}
	}
	if e.size != 24 || e.paramLen != 16 {
		t.Errorf("size %d, parameters %d", e.size, e.paramLen)
	}
}

func TestNamelessResultsAreRet(t *testing.T) {
	s := mustLoad(t, "//gort:system\nfunc f(new string, p []byte) (interface{}, error)\n")
	expectIn(t, header(s), "abi::String new_;", "abi::Slice p;", "abi::eface ret;",
		"abi::iface ret1;")
}

func TestADeclarationNeedsADirective(t *testing.T) {
	for declaration, message := range map[string]string{
		"func f()\n":                                "x.go:7:1: f has neither a body nor a //gort: directive",
		"//gort:fast\nfunc f()\n":                   "unknown directive //gort:fast",
		"//gort:park int\nfunc f()\n":               "malformed directive //gort:park int",
		"type t int\n\n//gort:leaf\nfunc (t) f()\n": "method f has no body",
	} {
		if _, err := load(t, declaration); err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("%q: %v, want %q", declaration, err, message)
		}
	}
}

func TestAnEntryOfAnotherCpuIsPassedOver(t *testing.T) {
	s := mustLoad(t, "//gort:asm arm64\nfunc f()\n\n//gort:asm amd64\nfunc g()\n")
	if len(s.entries) != 1 || s.entries[0].name != "g" {
		t.Errorf("%v", s.entries)
	}
}

func TestALinkNameBringsItsOwnArgumentMap(t *testing.T) {
	s := mustLoad(t, `
//go:linkname poll_wait internal/poll.runtime_wait
//gort:park
func poll_wait(n int, p *int, v interface{}, q [2]string) (r *int)
`)
	expectIn(t, stubs(s, "amd64"),
		"TEXT internal∕poll·runtime_wait(SB), NOSPLIT|NOFRAME, $0-72",
		"PARK_STUB(internal∕poll·runtime_wait, gort_poll_wait)",
		"DATA args_poll_wait<>+4(SB)/4, $8", // words of parameters
		// n, p, v._type, v.data, q[0].str, q[0].len, q[1].str, q[1].len
		"DATA args_poll_wait<>+8(SB)/1, $94") // 01011110 read from the last word to the first
	expectIn(t, header(s), "abi::String q[2];", `#define GORT_SYM_poll_wait "\"internal/poll.runtime_wait\""`)
}

func TestALeafIsItsSymbolOnAmd64AndHasAStubOnArm64(t *testing.T) {
	const declarations = "//gort:leaf\nfunc f(x int)\n\n//gort:system\nfunc f_slow(x int)\n"
	s := mustLoad(t, declarations)
	expectIn(t, symabis(s, "amd64"), "def runtime.f ABI0")
	expectIn(t, imports(s, "amd64", nil), "cgo_import_static runtime.f\n",
		"cgo_export_static gort_slow.runtime.f gort_tail.f_slow\n")
	expectIn(t, stubs(s, "arm64"), "LEAF_STUB(gort_leaf·f)", "TEXT gort_tail·f_slow(SB)")
	expectIn(t, imports(s, "arm64", nil), "cgo_import_static gort_leaf.f\n",
		"cgo_export_static gort_tail.f_slow\n")
}

func TestStructSizesAreTheCompilers(t *testing.T) {
	s := mustLoad(t, `
type inner struct {
	a int64
	b bool
}

type outer struct {
	i inner
	c bool
}

//gort:layout
type given struct {
	p *outer
	_ [4]byte
	o [2]outer
}
`)
	expectIn(t, layoutAsserts(s), "static_assert(sizeof(inner) == 16);",
		"static_assert(offsetof(outer, c) == 16);", "static_assert(sizeof(outer) == 24);")
	expectIn(t, layouts(s), "abi::outer* p;\n  uint8_t unused1[4];\n  abi::outer o[2];",
		"static_assert(offsetof(given, o) == 16);", "static_assert(sizeof(given) == 64);")
}

func TestAssemblyNamesItsCSymbols(t *testing.T) {
	file := filepath.Join(os.TempDir(), "gen_test.s")
	text := "\tCALL\tgort_a(SB) // not gort_b(SB)\n\tSTUB(·f, gort_c)\n\tCALL gort_tail·d(SB)\n"
	if err := ioutil.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	defer os.Remove(file)
	names, err := cSymbols([]string{file})
	if err != nil || strings.Join(names, " ") != "gort_a gort_c" {
		t.Errorf("%v %v", names, err)
	}
}
