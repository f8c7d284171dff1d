// SPDX-License-Identifier: BSD-3-Clause
//
// The fast path of allocation, on the goroutine stack: next object of the run, its pointer bits,
// done.
//
// What is left to do for newobject of a small pointer-free type is: find the cache (g, m, p: three
// dependent loads that the cpu overlaps with everything else), the class (one table load), move the
// cursor, and clear a run that was used before. Every other case, and every allocation at the limit
// of a run, is a jump into the _slow twin.
//
// The goroutine cannot be preempted in here, since a pc outside Go text is no safe point, so the P
// and its cache stay ours.
//
// Before: runtime/mem/malloc.cc   After: runtime/mem/slice.cc
#include "arch/leaf.h"
#include "runtime/mem/cache.h"
#include "runtime/mem/cache_inl.h"
#include "runtime/mem/malloc_inl.h"

namespace gort::mem {

// ---- Entered from Go ----

GORT_LEAF(mallocgc) {
  uintptr_t p = FastMalloc(a.size, a.typ, a.needzero);
  if (GORT_UNLIKELY(p == 0)) GORT_TAIL(mallocgc_slow);
  a.ret = reinterpret_cast<void*>(p);
}

GORT_LEAF(newobject) {
  uintptr_t p = FastMalloc(a.typ->size, a.typ, true);
  if (GORT_UNLIKELY(p == 0)) GORT_TAIL(newobject_slow);
  a.ret = reinterpret_cast<void*>(p);
}

GORT_LEAF(reflect_unsafe_New) {
  uintptr_t p = FastMalloc(a.typ->size, a.typ, true);
  if (GORT_UNLIKELY(p == 0)) GORT_TAIL(reflect_unsafe_New_slow);
  a.ret = reinterpret_cast<void*>(p);
}

GORT_LEAF(reflectlite_unsafe_New) {
  uintptr_t p = FastMalloc(a.typ->size, a.typ, true);
  if (GORT_UNLIKELY(p == 0)) GORT_TAIL(reflectlite_unsafe_New_slow);
  a.ret = reinterpret_cast<void*>(p);
}

}  // namespace gort::mem
