// SPDX-License-Identifier: BSD-3-Clause

// The assembly side: stubs out of the macros of arch/<cpu>/stub.h, and argument maps where the
// compiler gives none.
//
// The compiler emits <name>.args_stackmap for a body-less function of the package, and the
// assembler attaches it to the TEXT of that name. A function with a link name into another package
// gets none, so its map is written here, in the same form (runtime.stackmap): the parameters, which
// are all that is live while a stub's C++ side runs.
//
// A stub's frame shows in tracebacks, as that of the function it is: with the file and line of its
// declaration. PCDATA 0 (UnsafePoint) is -2: no preemption in between, as a stub holds its M in
// registers.
//
// Before: cxx.go  After: linker.go
package main

import (
	"bytes"
	"fmt"
	"go/types"
	"path/filepath"
	"strings"
)

func stubs(s *shim, arch string) []byte {
	var b bytes.Buffer
	b.WriteString(`// SPDX-License-Identifier: BSD-3-Clause
//
// Written by asm/gen from asm/shim. The macros and what a
// stub guarantees: arch/` + arch + `/stub.h.
#include "textflag.h"
#include "funcdata.h"
#include "asm_offsets.h"
#include "stub.h"

DATA runtime·no_pointers_stackmap+0(SB)/4, $2
DATA runtime·no_pointers_stackmap+4(SB)/4, $0
GLOBL runtime·no_pointers_stackmap(SB), RODATA, $8
`)
	for _, e := range s.entries {
		body := ""
		switch {
		case e.kind == system:
			body = fmt.Sprintf("SYSTEM_STUB(%s, gort_%s)", e.asmName(), e.name)
		case e.kind == park:
			body = fmt.Sprintf("PARK_STUB(%s, gort_%s)", e.asmName(), e.name)
		case e.hasLeafStub(arch):
			body = fmt.Sprintf("LEAF_STUB(gort_leaf·%s)", e.name)
		default:
			continue
		}
		b.WriteString("\n")
		placeOf(&b, e)
		fmt.Fprintf(&b, "TEXT %s(SB), NOSPLIT|NOFRAME, $0-%d\n", e.asmName(), e.size)
		argumentMap(&b, e)
		b.WriteString("\tNO_LOCAL_POINTERS\n\tPCDATA $0, $-2\n")
		placeOf(&b, e)
		fmt.Fprintf(&b, "\t%s\n", body)
		if !e.localName() && e.size > 0 {
			writeMap(&b, e)
		}
	}
	if leafNeedsStub(arch) {
		for _, e := range s.entries {
			if tailTarget(s, e) {
				fmt.Fprintf(&b, "\nTEXT gort_tail·%s(SB), NOSPLIT|NOFRAME, $0\n", e.name)
				fmt.Fprintf(&b, "\tTAIL_STUB(%s)\n", e.asmName())
			}
		}
	}
	return b.Bytes()
}

// leafNeedsStub: on a cpu with a link register the Go caller's frame pointer lies below its SP
// (arch/arm64/stub.h).
func leafNeedsStub(arch string) bool { return arch == "arm64" }

const slowSuffix = "_slow"

// hasLeafStub reports whether Go reaches this leaf through a stub: always where leafNeedsStub, else
// only where a func value may hold its address, because what go and defer are given must be Go
// text with an argument map.
func (e *entry) hasLeafStub(arch string) bool {
	return e.kind == leaf && (leafNeedsStub(arch) || e.inFunc)
}

// tailTarget reports whether a leaf may continue in e: e is X_slow and X is a leaf.
func tailTarget(s *shim, e *entry) bool {
	if e.kind == leaf || !strings.HasSuffix(e.name, slowSuffix) {
		return false
	}
	for _, other := range s.entries {
		if other.kind == leaf && other.name+slowSuffix == e.name {
			return true
		}
	}
	return false
}

// placeOf says that the next line is the declaration's, or where stock has the function. The number
// of a #line is that of the line after the next.
func placeOf(b *bytes.Buffer, e *entry) {
	place := e.pos
	if e.at.IsValid() {
		place = e.at
	}
	fmt.Fprintf(b, "#line %d \"asm/shim/%s\"\n", place.Line+1, filepath.Base(place.Filename))
}

func argumentMap(b *bytes.Buffer, e *entry) {
	if e.size == 0 {
		return
	}
	if e.localName() {
		b.WriteString("\tGO_ARGS\n")
		return
	}
	fmt.Fprintf(b, "\tFUNCDATA $FUNCDATA_ArgsPointerMaps, args_%s<>(SB)\n", e.name)
}

// writeMap writes {n = 1, nbit, bits}.
func writeMap(b *bytes.Buffer, e *entry) {
	bits := make([]bool, e.paramLen/8)
	for _, f := range e.fields[:e.params] {
		markPointers(bits, f.offset/8, f.typ)
	}
	data := make([]byte, (len(bits)+7)/8)
	for i, bit := range bits {
		if bit {
			data[i/8] |= 1 << uint(i%8)
		}
	}
	fmt.Fprintf(b, "\nDATA args_%s<>+0(SB)/4, $1\n", e.name)
	fmt.Fprintf(b, "DATA args_%s<>+4(SB)/4, $%d\n", e.name, len(bits))
	for i, d := range data {
		fmt.Fprintf(b, "DATA args_%s<>+%d(SB)/1, $%d\n", e.name, 8+i, d)
	}
	fmt.Fprintf(b, "GLOBL args_%s<>(SB), RODATA, $%d\n", e.name, 8+len(data))
}

// markPointers sets the bit of every word of a value at word w that holds a pointer.
func markPointers(bits []bool, w int64, t types.Type) {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Kind() == types.UnsafePointer || u.Kind() == types.String {
			bits[w] = true
		}
	case *types.Pointer, *types.Map, *types.Chan, *types.Signature, *types.Slice:
		bits[w] = true
	case *types.Interface:
		bits[w], bits[w+1] = true, true
	case *types.Array:
		size := newSizes("amd64").Sizeof(u.Elem())
		for i := int64(0); i < u.Len(); i++ {
			markPointers(bits, w+i*size/8, u.Elem())
		}
	case *types.Struct:
		var fields []*types.Var
		for i := 0; i < u.NumFields(); i++ {
			fields = append(fields, u.Field(i))
		}
		for i, offset := range newSizes("amd64").Offsetsof(fields) {
			markPointers(bits, w+offset/8, fields[i].Type())
		}
	}
}

func leaves(s *shim, arch string) []byte {
	return []byte(`// SPDX-License-Identifier: BSD-3-Clause
//
// Written by asm/gen from asm/shim. On ` + arch + ` a leaf needs no text beside its C++ function
// and the stubs.
	.section .note.GNU-stack, "", %progbits
`)
}
