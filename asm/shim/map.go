// SPDX-License-Identifier: BSD-3-Clause

// Maps. The compiler calls a form by key and element kind; reads of a map that is not growing
// finish in the leaf, and everything that allocates, grows, iterates over a growing map or panics
// is in the _slow twin. The bucket type is built by the compiler; hmap, hiter and the bucket order
// are contract.
//
// Before: alloc.go  After: chan.go
package runtime

import "unsafe"

type hmap struct {
	count      int // first: len() reads it
	flags      uint8
	B          uint8 // log2 of the number of buckets
	noverflow  uint16
	hash0      uint32
	buckets    unsafe.Pointer
	oldbuckets unsafe.Pointer
	nevacuate  uintptr
	extra      *mapextra
}

type mapextra struct {
	overflow     *[]*bmap
	oldoverflow  *[]*bmap
	nextOverflow *bmap
}

// bmap is followed by eight keys, eight elements and an overflow pointer.
type bmap struct {
	tophash [8]uint8
}

type hiter struct {
	key         unsafe.Pointer // nil ends the loop
	elem        unsafe.Pointer
	t           *maptype
	h           *hmap
	buckets     unsafe.Pointer
	bptr        *bmap
	overflow    *[]*bmap
	oldoverflow *[]*bmap
	startBucket uintptr
	offset      uint8
	wrapped     bool
	B           uint8
	i           uint8
	bucket      uintptr
	checkBucket uintptr
}

//gort:leaf
func makemap_small() *hmap

//gort:system
func makemap_small_slow() *hmap

//gort:system
func makemap(t *maptype, hint int, h *hmap) *hmap

//gort:system
func makemap64(t *maptype, hint int64, h *hmap) *hmap

//gort:leaf
func mapaccess1(t *maptype, h *hmap, key unsafe.Pointer) unsafe.Pointer

//gort:system
func mapaccess1_slow(t *maptype, h *hmap, key unsafe.Pointer) unsafe.Pointer

//gort:leaf
func mapaccess2(t *maptype, h *hmap, key unsafe.Pointer) (unsafe.Pointer, bool)

//gort:system
func mapaccess2_slow(t *maptype, h *hmap, key unsafe.Pointer) (unsafe.Pointer, bool)

//gort:leaf
func mapaccess1_fat(t *maptype, h *hmap, key, zero unsafe.Pointer) unsafe.Pointer

//gort:system
func mapaccess1_fat_slow(t *maptype, h *hmap, key, zero unsafe.Pointer) unsafe.Pointer

//gort:leaf
func mapaccess2_fat(t *maptype, h *hmap, key, zero unsafe.Pointer) (unsafe.Pointer, bool)

//gort:system
func mapaccess2_fat_slow(t *maptype, h *hmap, key, zero unsafe.Pointer) (unsafe.Pointer, bool)

//gort:leaf
func mapassign(t *maptype, h *hmap, key unsafe.Pointer) unsafe.Pointer

//gort:system
func mapassign_slow(t *maptype, h *hmap, key unsafe.Pointer) unsafe.Pointer

//gort:leaf
func mapdelete(t *maptype, h *hmap, key unsafe.Pointer)

//gort:system
func mapdelete_slow(t *maptype, h *hmap, key unsafe.Pointer)

//gort:leaf
func mapaccess1_fast32(t *maptype, h *hmap, key uint32) unsafe.Pointer

//gort:leaf
func mapaccess2_fast32(t *maptype, h *hmap, key uint32) (unsafe.Pointer, bool)

//gort:leaf
func mapassign_fast32(t *maptype, h *hmap, key uint32) unsafe.Pointer

//gort:system
func mapassign_fast32_slow(t *maptype, h *hmap, key uint32) unsafe.Pointer

//gort:leaf
func mapassign_fast32ptr(t *maptype, h *hmap, key unsafe.Pointer) unsafe.Pointer

//gort:system
func mapassign_fast32ptr_slow(t *maptype, h *hmap, key unsafe.Pointer) unsafe.Pointer

//gort:leaf func
func mapdelete_fast32(t *maptype, h *hmap, key uint32)

//gort:system
func mapdelete_fast32_slow(t *maptype, h *hmap, key uint32)

//gort:leaf
func mapaccess1_fast64(t *maptype, h *hmap, key uint64) unsafe.Pointer

//gort:leaf
func mapaccess2_fast64(t *maptype, h *hmap, key uint64) (unsafe.Pointer, bool)

//gort:leaf
func mapassign_fast64(t *maptype, h *hmap, key uint64) unsafe.Pointer

//gort:system
func mapassign_fast64_slow(t *maptype, h *hmap, key uint64) unsafe.Pointer

//gort:leaf
func mapassign_fast64ptr(t *maptype, h *hmap, key unsafe.Pointer) unsafe.Pointer

//gort:system
func mapassign_fast64ptr_slow(t *maptype, h *hmap, key unsafe.Pointer) unsafe.Pointer

//gort:leaf func
func mapdelete_fast64(t *maptype, h *hmap, key uint64)

//gort:system
func mapdelete_fast64_slow(t *maptype, h *hmap, key uint64)

//gort:leaf
func mapaccess1_faststr(t *maptype, h *hmap, key string) unsafe.Pointer

//gort:leaf
func mapaccess2_faststr(t *maptype, h *hmap, key string) (unsafe.Pointer, bool)

//gort:leaf
func mapassign_faststr(t *maptype, h *hmap, key string) unsafe.Pointer

//gort:system
func mapassign_faststr_slow(t *maptype, h *hmap, key string) unsafe.Pointer

//gort:leaf func
func mapdelete_faststr(t *maptype, h *hmap, key string)

//gort:system
func mapdelete_faststr_slow(t *maptype, h *hmap, key string)

//gort:leaf
func mapiterinit(t *maptype, h *hmap, it *hiter)

//gort:system
func mapiterinit_slow(t *maptype, h *hmap, it *hiter)

//gort:leaf
func mapiternext(it *hiter)

//gort:system
func mapiternext_slow(it *hiter)

//gort:system
func mapclear(t *maptype, h *hmap)

//go:linkname reflect_makemap reflect.makemap
//gort:system
func reflect_makemap(t *maptype, cap int) *hmap

//go:linkname reflect_mapaccess reflect.mapaccess
//gort:system
func reflect_mapaccess(t *maptype, h *hmap, key unsafe.Pointer) unsafe.Pointer

//go:linkname reflect_mapassign reflect.mapassign
//gort:system
func reflect_mapassign(t *maptype, h *hmap, key unsafe.Pointer, elem unsafe.Pointer)

//go:linkname reflect_mapdelete reflect.mapdelete
//gort:system
func reflect_mapdelete(t *maptype, h *hmap, key unsafe.Pointer)

//go:linkname reflect_mapiterinit reflect.mapiterinit
//gort:system
func reflect_mapiterinit(t *maptype, h *hmap) *hiter

//go:linkname reflect_mapiternext reflect.mapiternext
//gort:system
func reflect_mapiternext(it *hiter)

//go:linkname reflect_mapiterkey reflect.mapiterkey
//gort:leaf
func reflect_mapiterkey(it *hiter) unsafe.Pointer

//go:linkname reflect_mapiterelem reflect.mapiterelem
//gort:leaf
func reflect_mapiterelem(it *hiter) unsafe.Pointer

//go:linkname reflect_maplen reflect.maplen
//gort:leaf
func reflect_maplen(h *hmap) int

//go:linkname reflectlite_maplen internal/reflectlite.maplen
//gort:leaf
func reflectlite_maplen(h *hmap) int

// Hashes and equality by memory, kind and type. Map descriptors hold func values of these; C++
// recognises them by address and computes the same in place, so they are called only by the bodies
// that the compiler generates for structs.

//gort:leaf
func memhash(p unsafe.Pointer, h, size uintptr) uintptr

//gort:leaf
func memhash0(p unsafe.Pointer, h uintptr) uintptr

//gort:leaf
func memhash8(p unsafe.Pointer, h uintptr) uintptr

//gort:leaf
func memhash16(p unsafe.Pointer, h uintptr) uintptr

//gort:leaf
func memhash32(p unsafe.Pointer, h uintptr) uintptr

//gort:leaf
func memhash64(p unsafe.Pointer, h uintptr) uintptr

//gort:leaf
func memhash128(p unsafe.Pointer, h uintptr) uintptr

//gort:leaf
func strhash(p unsafe.Pointer, h uintptr) uintptr

//gort:leaf
func f32hash(p unsafe.Pointer, h uintptr) uintptr

//gort:leaf
func f64hash(p unsafe.Pointer, h uintptr) uintptr

//gort:leaf
func c64hash(p unsafe.Pointer, h uintptr) uintptr

//gort:leaf
func c128hash(p unsafe.Pointer, h uintptr) uintptr

//gort:leaf
func interhash(p unsafe.Pointer, h uintptr) uintptr

//gort:system
func interhash_slow(p unsafe.Pointer, h uintptr) uintptr

//gort:leaf
func nilinterhash(p unsafe.Pointer, h uintptr) uintptr

//gort:system
func nilinterhash_slow(p unsafe.Pointer, h uintptr) uintptr

//gort:system
func typehash(t *_type, p unsafe.Pointer, h uintptr) uintptr

//go:linkname reflect_typehash reflect.typehash
//gort:system
func reflect_typehash(t *_type, p unsafe.Pointer, h uintptr) uintptr

// memhash_varlen is a hasher whose closure holds the size of the key after the code address.
//go:nosplit
func memhash_varlen(p unsafe.Pointer, h uintptr) uintptr {
	return memhash(p, h, *(*uintptr)(unsafe.Pointer(getclosureptr() + 8)))
}

//gort:leaf
func memequal0(p, q unsafe.Pointer) bool

//gort:leaf
func memequal8(p, q unsafe.Pointer) bool

//gort:leaf
func memequal16(p, q unsafe.Pointer) bool

//gort:leaf
func memequal32(p, q unsafe.Pointer) bool

//gort:leaf
func memequal64(p, q unsafe.Pointer) bool

//gort:leaf
func memequal128(p, q unsafe.Pointer) bool

//gort:leaf
func f32equal(p, q unsafe.Pointer) bool

//gort:leaf
func f64equal(p, q unsafe.Pointer) bool

//gort:leaf
func c64equal(p, q unsafe.Pointer) bool

//gort:leaf
func c128equal(p, q unsafe.Pointer) bool

//gort:leaf
func strequal(p, q unsafe.Pointer) bool

//gort:leaf
func interequal(p, q unsafe.Pointer) bool

//gort:system
func interequal_slow(p, q unsafe.Pointer) bool

//gort:leaf
func nilinterequal(p, q unsafe.Pointer) bool

//gort:system
func nilinterequal_slow(p, q unsafe.Pointer) bool

//gort:leaf
func efaceeq(t *_type, x, y unsafe.Pointer) bool

//gort:system
func efaceeq_slow(t *_type, x, y unsafe.Pointer) bool

//gort:leaf
func ifaceeq(tab *itab, x, y unsafe.Pointer) bool

//gort:system
func ifaceeq_slow(tab *itab, x, y unsafe.Pointer) bool

// Defined by internal/bytealg's assembly.

//gort:extern
func memequal(p, q unsafe.Pointer, size uintptr) bool

//gort:extern
func memequal_varlen(p, q unsafe.Pointer) bool

//gort:extern
func cmpstring(a, b string) int
