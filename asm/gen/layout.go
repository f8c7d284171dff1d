// SPDX-License-Identifier: BSD-3-Clause

// Structures that Go and C++ share. Each struct of the shim is one of three:
//
//	//gort:layout     above the type: C++ has no version of its own; it is defined in layouts.h
//	//gort:goonly     above the type: C++ never looks inside
//	(nothing)         runtime/abi defines it; layout_asserts.inc, which layout_check.cc includes,
//	                  asserts every field that both name, and the size
//
// Before: cxx.go  After: stubs.go
package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// structType is a named struct of the shim in source order.
type structType struct {
	name      string
	directive string
	typ       *types.Struct
	complete  bool // no blank padding stands for fields that only C++ knows
}

// Fields that C++ spells differently: a member may not have the name of its type where that type is
// used unqualified.
var renamedFields = map[string]string{"eface._type": "type", "itab._type": "type"}

func structTypes(files []*ast.File, pkg *types.Package) []structType {
	var all []structType
	for _, file := range files {
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.TYPE {
				continue
			}
			for _, spec := range gen.Specs {
				ts := spec.(*ast.TypeSpec)
				st, ok := pkg.Scope().Lookup(ts.Name.Name).Type().Underlying().(*types.Struct)
				if !ok {
					continue
				}
				all = append(all, structType{ts.Name.Name, typeDirective(gen.Doc), st, !padded(st)})
			}
		}
	}
	return all
}

func typeDirective(doc *ast.CommentGroup) string {
	if doc == nil {
		return ""
	}
	for _, c := range doc.List {
		if strings.HasPrefix(c.Text, "//gort:") {
			return strings.TrimPrefix(c.Text, "//gort:")
		}
	}
	return ""
}

func padded(st *types.Struct) bool {
	for i := 0; i < st.NumFields(); i++ {
		a, ok := st.Field(i).Type().(*types.Array)
		if ok && st.Field(i).Name() == "_" && a.Len() > 8 {
			return true
		}
	}
	return false
}

func fieldOffsets(st *types.Struct, sizes types.Sizes) ([]*types.Var, []int64) {
	var fields []*types.Var
	for i := 0; i < st.NumFields(); i++ {
		fields = append(fields, st.Field(i))
	}
	return fields, sizes.Offsetsof(fields)
}

// layouts writes the definitions of the //gort:layout structures.
func layouts(s *shim) []byte {
	var b bytes.Buffer
	b.WriteString(`// SPDX-License-Identifier: BSD-3-Clause
//
// Written by asm/gen from asm/shim: structures of the exported API, of package reflect and of
// runtime errors, for the C++ that fills them.
//
// Before: asm/shim/debug.go   After: runtime/api
#ifndef GORT_ASM_GEN_LAYOUTS_H_
#define GORT_ASM_GEN_LAYOUTS_H_

#include <cstddef>
#include <cstdint>

#include "runtime/abi/chan.h"
#include "runtime/abi/module.h"

namespace gort::abi {
`)
	for _, t := range s.types {
		if t.directive != "" {
			fmt.Fprintf(&b, "struct %s;\n", t.name)
		}
	}
	done := map[string]bool{}
	var define func(t structType)
	define = func(t structType) {
		if t.directive != "layout" || done[t.name] {
			return
		}
		done[t.name] = true
		for i := 0; i < t.typ.NumFields(); i++ { // what it holds by value comes first
			elem := t.typ.Field(i).Type()
			if a, ok := elem.(*types.Array); ok {
				elem = a.Elem()
			}
			if n, ok := elem.(*types.Named); ok {
				define(s.structNamed(n.Obj().Name()))
			}
		}
		fmt.Fprintf(&b, "\nstruct %s {\n", t.name)
		s.members(&b, t.typ, "  ")
		b.WriteString("};\n")
		s.asserts(&b, t)
	}
	for _, t := range s.types {
		define(t)
	}
	b.WriteString("\n}  // namespace gort::abi\n\n#endif  // GORT_ASM_GEN_LAYOUTS_H_\n")
	return b.Bytes()
}

func (s *shim) structNamed(name string) structType {
	for _, t := range s.types {
		if t.name == name {
			return t
		}
	}
	return structType{}
}

func (s *shim) members(b *bytes.Buffer, st *types.Struct, indent string) {
	for i := 0; i < st.NumFields(); i++ {
		f := st.Field(i)
		name := cxxName(f.Name())
		if name == "_" {
			name = fmt.Sprintf("unused%d", i)
		}
		elem, bounds := f.Type(), ""
		if a, ok := elem.(*types.Array); ok {
			elem, bounds = a.Elem(), fmt.Sprintf("[%d]", a.Len())
		}
		if anonymous, ok := elem.(*types.Struct); ok {
			if anonymous.NumFields() == 0 { // takes no room in Go
				continue
			}
			fmt.Fprintf(b, "%sstruct {\n", indent)
			s.members(b, anonymous, indent+"  ")
			fmt.Fprintf(b, "%s} %s%s;\n", indent, name, bounds)
			continue
		}
		typ, _ := s.cxxType(elem)
		fmt.Fprintf(b, "%s%s %s%s;\n", indent, typ, name, bounds)
	}
}

// layoutAsserts writes what runtime/abi must agree with.
func layoutAsserts(s *shim) []byte {
	var b bytes.Buffer
	b.WriteString(`// SPDX-License-Identifier: BSD-3-Clause
//
// Written by asm/gen from asm/shim: what the compiler says about the structures that runtime/abi
// repeats. Included by runtime/abi/layout_check.cc.
`)
	for _, t := range s.types {
		if t.directive == "" {
			s.asserts(&b, t)
		}
	}
	return b.Bytes()
}

func (s *shim) asserts(b *bytes.Buffer, t structType) {
	name := t.name
	if r, ok := renamed[name]; ok {
		name = strings.TrimPrefix(r, "abi::")
	}
	fields, offsets := fieldOffsets(t.typ, s.sizes)
	for i, f := range fields {
		if f.Name() == "_" || s.sizes.Sizeof(f.Type()) == 0 {
			continue
		}
		field := cxxName(f.Name())
		if r, ok := renamedFields[t.name+"."+field]; ok {
			field = r
		}
		fmt.Fprintf(b, "static_assert(offsetof(%s, %s) == %d);\n", name, field, offsets[i])
	}
	if size := s.sizes.Sizeof(t.typ); t.complete && size > 0 {
		fmt.Fprintf(b, "static_assert(sizeof(%s) == %d);\n", name, size)
	}
}
