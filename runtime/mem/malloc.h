// SPDX-License-Identifier: BSD-3-Clause
//
// Memory as the rest of the runtime asks for it.
//
//   Go heap    Malloc: typed, collected, seen by Go code
//   off heap   PersistentAlloc: never freed, zeroed; FixedAlloc<T> (fixed_alloc.h): one size,
//   reused; SysAlloc: pages
//
// Before: runtime/base/upcalls.h   After: runtime/mem/size_class.h
#ifndef GORT_RUNTIME_MEM_MALLOC_H_
#define GORT_RUNTIME_MEM_MALLOC_H_

#include "runtime/abi/p.h"
#include "runtime/base/stack_rules.h"

namespace gort::mem {

// Boot: reserves the tables, makes the cache of the first P. From here on allocation works.
void Init();

// Memory of `size` bytes for values of `type` (nullptr: no pointers), zeroed if needzero or if it
// holds pointers. size may be a multiple of type->size (arrays). System stack; never returns
// nullptr: throws "out of memory". A P is needed (m->p), except during boot.
//
// Large memory is zeroed without the P if `holds` permits it: whoever wants to stop the world need
// not wait for it. Cycles of the collector may begin and end meanwhile, so that is only for entries
// that hold no other object which nothing leads to yet (mem/entry.h tells).
enum class Holds { kObjects, kNothing };
GORT_SYSTEM_STACK void* Malloc(uintptr_t size, abi::_type* type, bool needzero,
                               Holds holds = Holds::kObjects);
// `size` bytes, of which the first type->size are one value of `type` and the rest holds no
// pointers that the collector may see: a heap defer record and its argument block.
GORT_SYSTEM_STACK void* MallocOneValue(uintptr_t size, abi::_type* type);
// Array of n elements; raises runtime.plainError "runtime: allocation size out of range" like stock
// when n*size overflows, and returns nullptr.
GORT_SYSTEM_STACK void* MallocArray(abi::_type* type, intptr_t n, Holds holds = Holds::kObjects);
inline void* NewObject(abi::_type* type) { return Malloc(type->size, type, true); }

// The size malloc would really give: append growth rounds to it (stock's size classes).
uintptr_t RoundUpSize(uintptr_t size);

// Off heap. align: power of two, 0 means 8. Thread safe. Never freed.
void* PersistentAlloc(uintptr_t size, uintptr_t align);
// Zeroed pages straight from the system; SysFree gives them back. Throws when there are none.
void* SysAlloc(uintptr_t size);
void SysFree(void* p, uintptr_t size);

// Whole pages for stacks: spans that the collector does not mark or sweep. pages: of kPageSize (8
// KB).
void* AllocManual(uintptr_t pages);
void FreeManual(void* p);

// Per-P cache; made when a P is made. Flush gives its spans back to the central lists; Release also
// the cache itself, when the P is destroyed.
Cache* NewCache();
void FlushCache(Cache* cache);
void ReleaseCache(Cache* cache);

// First byte and size of the heap object that contains p, or {0, 0} (not heap, or free).
struct Object {
  uintptr_t base;
  uintptr_t size;
};
Object FindObject(const void* p);

}  // namespace gort::mem

#endif  // GORT_RUNTIME_MEM_MALLOC_H_
