// SPDX-License-Identifier: BSD-3-Clause

// What the linker writes about a program: moduledata, the function table and its satellites. The
// linker sizes moduledata by the type declared here and fills it field by field up to hasmain; the
// rest is the runtime's. The C++ side of every type in this file is in runtime/abi/module.h under
// the same name.
//
// Before: roots.go  After: type.go
package runtime

import "unsafe"

type moduledata struct {
	pclntable   []byte
	ftab        []functab
	filetab     []uint32
	findfunctab uintptr
	minpc       uintptr
	maxpc       uintptr

	text, etext           uintptr
	noptrdata, enoptrdata uintptr
	data, edata           uintptr
	bss, ebss             uintptr
	noptrbss, enoptrbss   uintptr
	end, gcdata, gcbss    uintptr
	types, etypes         uintptr

	textsectmap []textsect
	typelinks   []int32
	itablinks   []*itab
	ptab        []ptabEntry

	pluginpath string
	pkghashes  []modulehash

	modulename   string
	modulehashes []modulehash

	hasmain uint8

	gcdatamask, gcbssmask bitvector

	typemap map[typeOff]*_type

	bad  bool
	next *moduledata
}

type modulehash struct {
	modulename   string
	linktimehash string
	runtimehash  *string
}

type functab struct {
	entry   uintptr
	funcoff uintptr
}

type textsect struct {
	vaddr    uintptr
	length   uintptr
	baseaddr uintptr
}

type ptabEntry struct {
	name nameOff
	typ  typeOff
}

type findfuncbucket struct {
	idx        uint32
	subbuckets [16]byte
}

type bitvector struct {
	n        int32
	bytedata *uint8
}

type stackmap struct {
	n        int32
	nbit     int32
	bytedata [1]byte
}

type funcID uint8

type _func struct {
	entry       uintptr
	nameoff     int32
	args        int32
	deferreturn uint32
	pcsp        int32
	pcfile      int32
	pcln        int32
	npcdata     int32
	funcID      funcID
	_           [2]int8
	nfuncdata   uint8
}

// funcinl stands in for a _func where the function was inlined; entry is ^0.
//gort:layout
type funcinl struct {
	zero  uintptr
	entry uintptr
	name  string
	file  string
	line  int
}

type inlinedCall struct {
	parent   int16
	funcID   funcID
	_        byte
	file     int32
	line     int32
	func_    int32
	parentPc int32
}

//gort:layout
type funcInfo struct {
	*_func
	datap *moduledata
}

type stackObjectRecord struct {
	off int
	typ *_type
}

// initTask is followed by ndeps task pointers and nfns code addresses.
type initTask struct {
	state uintptr // 0 not started, 1 running, 2 done
	ndeps uintptr
	nfns  uintptr
}

//gort:layout
type ancestorInfo struct {
	pcs  []uintptr
	goid int64
	gopc uintptr
}

//go:linkname reflect_typelinks reflect.typelinks
//gort:system
func reflect_typelinks() (sections []unsafe.Pointer, offsets [][]int32)

//go:linkname reflect_resolveNameOff reflect.resolveNameOff
//gort:system
func reflect_resolveNameOff(ptrInModule unsafe.Pointer, off int32) unsafe.Pointer

//go:linkname reflect_resolveTypeOff reflect.resolveTypeOff
//gort:system
func reflect_resolveTypeOff(rtype unsafe.Pointer, off int32) unsafe.Pointer

//go:linkname reflect_resolveTextOff reflect.resolveTextOff
//gort:system
func reflect_resolveTextOff(rtype unsafe.Pointer, off int32) unsafe.Pointer

//go:linkname reflectlite_resolveNameOff internal/reflectlite.resolveNameOff
//gort:system
func reflectlite_resolveNameOff(ptrInModule unsafe.Pointer, off int32) unsafe.Pointer

//go:linkname reflectlite_resolveTypeOff internal/reflectlite.resolveTypeOff
//gort:system
func reflectlite_resolveTypeOff(rtype unsafe.Pointer, off int32) unsafe.Pointer

//go:linkname reflect_addReflectOff reflect.addReflectOff
//gort:system
func reflect_addReflectOff(ptr unsafe.Pointer) int32

//go:linkname plugin_lastmoduleinit plugin.lastmoduleinit
//gort:system
func plugin_lastmoduleinit() (path string, syms map[string]interface{}, errstr string)
