// SPDX-License-Identifier: BSD-3-Clause

// Sizes as the compiler computes them. The type checker's own model forgets that a struct's size is
// a multiple of its alignment, which only shows in sizes and in what follows a nested struct.
//
// Before: shim.go  After: cxx.go
package main

import "go/types"

// gcSizes implements types.Sizes for the 64-bit targets.
type gcSizes struct{ types.Sizes }

func newSizes(arch string) gcSizes { return gcSizes{types.SizesFor("gc", arch)} }

func (s gcSizes) Sizeof(t types.Type) int64 {
	switch u := t.Underlying().(type) {
	case *types.Array:
		return u.Len() * s.Sizeof(u.Elem())
	case *types.Struct:
		n := u.NumFields()
		if n == 0 {
			return 0
		}
		fields := make([]*types.Var, n)
		for i := range fields {
			fields[i] = u.Field(i)
		}
		offsets := s.Offsetsof(fields)
		size := offsets[n-1] + s.Sizeof(fields[n-1].Type())
		return roundUp(size, s.Alignof(t))
	}
	return s.Sizes.Sizeof(t)
}

func (s gcSizes) Offsetsof(fields []*types.Var) []int64 {
	offsets := make([]int64, len(fields))
	at := int64(0)
	for i, f := range fields {
		at = roundUp(at, s.Alignof(f.Type()))
		offsets[i] = at
		at += s.Sizeof(f.Type())
	}
	return offsets
}

func roundUp(n, align int64) int64 { return (n + align - 1) / align * align }
