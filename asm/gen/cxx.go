// SPDX-License-Identifier: BSD-3-Clause

// The C++ side: argument blocks, assertions, prototypes.
//
// Before: shim.go  After: stubs.go
package main

import (
	"bytes"
	"fmt"
	"go/types"
	"strings"
)

// C++ keywords that are ordinary names in Go.
var cxxKeywords = map[string]bool{
	"new": true, "delete": true, "operator": true, "this": true, "class": true, "template": true,
	"signed": true, "unsigned": true, "char": true, "short": true, "long": true, "double": true,
	"float": true, "private": true, "public": true, "union": true, "static": true, "register": true,
	"try": true, "catch": true, "throw": true, "inline": true, "explicit": true, "friend": true,
}

func cxxName(name string) string {
	if cxxKeywords[name] {
		return name + "_"
	}
	return name
}

var basicTypes = map[types.BasicKind]string{
	types.Bool:          "bool",
	types.Int:           "intptr_t",
	types.Int8:          "int8_t",
	types.Int16:         "int16_t",
	types.Int32:         "int32_t",
	types.Int64:         "int64_t",
	types.Uint:          "uintptr_t",
	types.Uint8:         "uint8_t",
	types.Uint16:        "uint16_t",
	types.Uint32:        "uint32_t",
	types.Uint64:        "uint64_t",
	types.Uintptr:       "uintptr_t",
	types.Float32:       "float",
	types.Float64:       "double",
	types.Complex64:     "abi::Complex64",
	types.Complex128:    "abi::Complex128",
	types.String:        "abi::String",
	types.UnsafePointer: "void*",
}

// Structures of the shim whose C++ twin is written in another way.
var renamed = map[string]string{
	"slice":        "abi::Slice",
	"stringStruct": "abi::String",
	"stack":        "abi::Stack",
	"rootTable":    "abi::Roots",
}

// cxxType returns the C++ type and what follows the declared name (array bounds).
func (s *shim) cxxType(t types.Type) (string, string) {
	if named, ok := t.(*types.Named); ok {
		name := named.Obj().Name()
		if r, ok := renamed[name]; ok {
			return r, ""
		}
		if s.structs[name] {
			return "abi::" + name, ""
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return basicTypes[u.Kind()], ""
	case *types.Slice:
		return "abi::Slice", ""
	case *types.Interface:
		if u.NumMethods() == 0 {
			return "abi::eface", ""
		}
		return "abi::iface", ""
	case *types.Signature:
		return "abi::funcval*", ""
	case *types.Map:
		return "abi::hmap*", ""
	case *types.Chan:
		return "abi::hchan*", ""
	case *types.Array:
		elem, bounds := s.cxxType(u.Elem())
		return elem, fmt.Sprintf("[%d]%s", u.Len(), bounds)
	case *types.Pointer:
		elem, bounds := s.cxxType(u.Elem())
		if bounds != "" { // a pointer to an array is a pointer to its first element
			bounds = ""
		}
		return elem + "*", ""
	}
	panic(fmt.Sprintf("no C++ type for %v", t))
}

// pointedTo collects the abi structures that the entries mention.
func (s *shim) pointedTo() []string {
	seen := map[string]bool{}
	var names []string
	for _, e := range s.entries {
		for _, f := range e.fields {
			t := f.typ
			if p, ok := t.Underlying().(*types.Pointer); ok {
				t = p.Elem()
			}
			n, ok := t.(*types.Named)
			if ok && s.structs[n.Obj().Name()] && renamed[n.Obj().Name()] == "" {
				if name := n.Obj().Name(); !seen[name] {
					seen[name] = true
					names = append(names, name)
				}
			}
		}
	}
	return names
}

func header(s *shim) []byte {
	var b bytes.Buffer
	b.WriteString(`// SPDX-License-Identifier: BSD-3-Clause
//
// Written by asm/gen from asm/shim: the argument block of every entry, as the Go caller lays it out
// (parameters, then results from the next word on), and the C++ function behind it.
//
//   leaf     GORT_LEAF(X) { ... }              in a *_leaf.cc; arch/leaf.h
//   system   void gort_X(entry::X* a)          on the system stack
//   park     void gort_X(entry::X* a)          on the system stack; ends in the scheduler
//
// GORT_SYM_X is the linker's name of the Go symbol; of the C++ function, where the Go symbol is a
// stub on every cpu.
//
// Before: asm/shim/*.go   After: docs/seam.md
#ifndef GORT_ASM_GEN_ENTRIES_H_
#define GORT_ASM_GEN_ENTRIES_H_

#include <cstddef>
#include <cstdint>

#include "runtime/abi/value.h"

namespace gort::abi {
`)
	for _, name := range s.pointedTo() {
		fmt.Fprintf(&b, "struct %s;\n", name)
	}
	b.WriteString("}  // namespace gort::abi\n\nnamespace gort::entry {\n")
	for _, e := range s.entries {
		s.block(&b, e)
	}
	b.WriteString("\n}  // namespace gort::entry\n\nextern \"C\" {\n")
	for _, e := range s.entries {
		if e.kind == system || e.kind == park {
			result := "void"
			if e.intValue {
				result = "int"
			}
			fmt.Fprintf(&b, "%s gort_%s(gort::entry::%s* a);\n", result, e.name, cxxName(e.name))
		}
	}
	b.WriteString("}\n\n")
	for _, e := range s.entries {
		link := e.link
		if e.inFunc {
			link = "gort_leaf." + e.name
		}
		if strings.Contains(link, "/") { // gas takes such a name only in quotes
			link = `"` + link + `"`
		}
		fmt.Fprintf(&b, "#define GORT_SYM_%s %q\n", e.name, link)
	}
	b.WriteString("\n#endif  // GORT_ASM_GEN_ENTRIES_H_\n")
	return b.Bytes()
}

func (s *shim) block(b *bytes.Buffer, e *entry) {
	fmt.Fprintf(b, "\n// %s: %s\nstruct %s {\n", e.kind, e.link, cxxName(e.name))
	for i, f := range e.fields {
		typ, bounds := s.cxxType(f.typ)
		align := ""
		if i == e.params && i > 0 {
			align = "alignas(8) " // results begin at a word
		}
		fmt.Fprintf(b, "  %s%s %s%s;\n", align, typ, f.name, bounds)
	}
	b.WriteString("};\n")
	for _, f := range e.fields {
		fmt.Fprintf(b, "static_assert(offsetof(%s, %s) == %d);\n", cxxName(e.name), f.name,
			f.offset)
	}
}
