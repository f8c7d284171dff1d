// SPDX-License-Identifier: BSD-3-Clause

// Allocation, typed memory and slices.
//
// The leaf forms take an object from the P's cache without leaving the goroutine stack; the _slow
// twin, which has the same argument block, refills the cache, allocates large objects, assists the
// collector, samples the profile, panics.
//
// Before: main.go  After: map.go
package runtime

import "unsafe"

//gort:leaf
func newobject(typ *_type) unsafe.Pointer

//gort:system
func newobject_slow(typ *_type) unsafe.Pointer

//gort:leaf
func mallocgc(size uintptr, typ *_type, needzero bool) unsafe.Pointer

//gort:system
func mallocgc_slow(size uintptr, typ *_type, needzero bool) unsafe.Pointer

//gort:leaf
func makeslice(et *_type, len, cap int) unsafe.Pointer

//gort:system
func makeslice_slow(et *_type, len, cap int) unsafe.Pointer

//gort:system
func makeslice64(et *_type, len64, cap64 int64) unsafe.Pointer

//gort:leaf
func makeslicecopy(et *_type, tolen int, fromlen int, from unsafe.Pointer) unsafe.Pointer

//gort:system
func makeslicecopy_slow(et *_type, tolen int, fromlen int, from unsafe.Pointer) unsafe.Pointer

//gort:leaf
func growslice(et *_type, old slice, cap int) slice

//gort:system
func growslice_slow(et *_type, old slice, cap int) slice

//gort:leaf
func slicecopy(toPtr unsafe.Pointer, toLen int, fromPtr unsafe.Pointer, fromLen int,
	width uintptr) int

//gort:leaf
func slicestringcopy(toPtr *byte, toLen int, from string) int

//gort:system
func panicmakeslicelen()

//gort:system
func panicmakeslicecap()

//go:linkname reflect_unsafe_New reflect.unsafe_New
//gort:leaf
func reflect_unsafe_New(typ *_type) unsafe.Pointer

//gort:system
func reflect_unsafe_New_slow(typ *_type) unsafe.Pointer

//go:linkname reflectlite_unsafe_New internal/reflectlite.unsafe_New
//gort:leaf
func reflectlite_unsafe_New(typ *_type) unsafe.Pointer

//gort:system
func reflectlite_unsafe_New_slow(typ *_type) unsafe.Pointer

//go:linkname reflect_unsafe_NewArray reflect.unsafe_NewArray
//gort:system
func reflect_unsafe_NewArray(typ *_type, n int) unsafe.Pointer

//gort:system
func newarray(typ *_type, n int) unsafe.Pointer

// Copy and clear. Where memory holds pointers and the collector marks, the slow form runs the
// barrier for every pointer word before the bytes move.

//gort:host
func memmove(to, from unsafe.Pointer, n uintptr)

//gort:host
func memclrNoHeapPointers(ptr unsafe.Pointer, n uintptr)

//gort:leaf
func memclrHasPointers(ptr unsafe.Pointer, n uintptr)

//gort:system
func memclrHasPointers_slow(ptr unsafe.Pointer, n uintptr)

//gort:leaf
func typedmemmove(typ *_type, dst, src unsafe.Pointer)

//gort:system
func typedmemmove_slow(typ *_type, dst, src unsafe.Pointer)

//gort:leaf
func typedmemclr(typ *_type, ptr unsafe.Pointer)

//gort:system
func typedmemclr_slow(typ *_type, ptr unsafe.Pointer)

//gort:leaf
func typedslicecopy(typ *_type, dstPtr unsafe.Pointer, dstLen int, srcPtr unsafe.Pointer,
	srcLen int) int

//gort:system
func typedslicecopy_slow(typ *_type, dstPtr unsafe.Pointer, dstLen int, srcPtr unsafe.Pointer,
	srcLen int) int

//go:linkname reflect_memmove reflect.memmove
//gort:host
func reflect_memmove(to, from unsafe.Pointer, n uintptr)

//go:linkname reflect_memclrNoHeapPointers reflect.memclrNoHeapPointers
//gort:host
func reflect_memclrNoHeapPointers(ptr unsafe.Pointer, n uintptr)

//go:linkname reflect_typedmemmove reflect.typedmemmove
//gort:leaf
func reflect_typedmemmove(typ *_type, dst, src unsafe.Pointer)

//gort:system
func reflect_typedmemmove_slow(typ *_type, dst, src unsafe.Pointer)

//go:linkname reflectlite_typedmemmove internal/reflectlite.typedmemmove
//gort:leaf
func reflectlite_typedmemmove(typ *_type, dst, src unsafe.Pointer)

//gort:system
func reflectlite_typedmemmove_slow(typ *_type, dst, src unsafe.Pointer)

//go:linkname reflect_typedmemmovepartial reflect.typedmemmovepartial
//gort:system
func reflect_typedmemmovepartial(typ *_type, dst, src unsafe.Pointer, off, size uintptr)

//go:linkname reflect_typedslicecopy reflect.typedslicecopy
//gort:leaf
func reflect_typedslicecopy(elemType *_type, dst, src slice) int

//gort:system
func reflect_typedslicecopy_slow(elemType *_type, dst, src slice) int

//go:linkname reflect_typedmemclr reflect.typedmemclr
//gort:leaf
func reflect_typedmemclr(typ *_type, ptr unsafe.Pointer)

//gort:system
func reflect_typedmemclr_slow(typ *_type, ptr unsafe.Pointer)

//go:linkname reflect_typedmemclrpartial reflect.typedmemclrpartial
//gort:system
func reflect_typedmemclrpartial(typ *_type, ptr unsafe.Pointer, off, size uintptr)

//go:linkname reflect_gcbits reflect.gcbits
//gort:system
func reflect_gcbits(x interface{}) []byte

// Write barrier entries with register operands (those with a register in the name on amd64 only),
// and the unrolled clear and copy whose bytes are part of the contract.

//gort:asm
func gcWriteBarrier()

//gort:asm amd64
func gcWriteBarrierCX()

//gort:asm amd64
func gcWriteBarrierDX()

//gort:asm amd64
func gcWriteBarrierBX()

//gort:asm amd64
func gcWriteBarrierBP()

//gort:asm amd64
func gcWriteBarrierSI()

//gort:asm amd64
func gcWriteBarrierR8()

//gort:asm amd64
func gcWriteBarrierR9()

//gort:host
func duffzero()

//gort:host
func duffcopy()

// Atomic pointer operations of sync/atomic: a store with the barrier.

//go:linkname sync_atomic_StorePointer sync/atomic.StorePointer
//gort:leaf func
func sync_atomic_StorePointer(ptr *unsafe.Pointer, new unsafe.Pointer)

//gort:system
func sync_atomic_StorePointer_slow(ptr *unsafe.Pointer, new unsafe.Pointer)

//go:linkname sync_atomic_SwapPointer sync/atomic.SwapPointer
//gort:leaf func
func sync_atomic_SwapPointer(ptr *unsafe.Pointer, new unsafe.Pointer) unsafe.Pointer

//gort:system
func sync_atomic_SwapPointer_slow(ptr *unsafe.Pointer, new unsafe.Pointer) unsafe.Pointer

//go:linkname sync_atomic_CompareAndSwapPointer sync/atomic.CompareAndSwapPointer
//gort:leaf func
func sync_atomic_CompareAndSwapPointer(ptr *unsafe.Pointer, old, new unsafe.Pointer) bool

//gort:system
func sync_atomic_CompareAndSwapPointer_slow(ptr *unsafe.Pointer, old, new unsafe.Pointer) bool

// staticuint64s[i] is i: a byte or a bool in an interface points here instead of to the heap.
var staticuint64s = [256]uint64{
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
	16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
	32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
	48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63,
	64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79,
	80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95,
	96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111,
	112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127,
	128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 141, 142, 143,
	144, 145, 146, 147, 148, 149, 150, 151, 152, 153, 154, 155, 156, 157, 158, 159,
	160, 161, 162, 163, 164, 165, 166, 167, 168, 169, 170, 171, 172, 173, 174, 175,
	176, 177, 178, 179, 180, 181, 182, 183, 184, 185, 186, 187, 188, 189, 190, 191,
	192, 193, 194, 195, 196, 197, 198, 199, 200, 201, 202, 203, 204, 205, 206, 207,
	208, 209, 210, 211, 212, 213, 214, 215, 216, 217, 218, 219, 220, 221, 222, 223,
	224, 225, 226, 227, 228, 229, 230, 231, 232, 233, 234, 235, 236, 237, 238, 239,
	240, 241, 242, 243, 244, 245, 246, 247, 248, 249, 250, 251, 252, 253, 254, 255,
}
