// SPDX-License-Identifier: BSD-3-Clause
//
// Copying and clearing values whose type is known, on the goroutine stack.
//
// Words with pointers are moved by whole words, so the collector never reads half a pointer. While
// it marks (writeBarrier.enabled) it must also see what is overwritten and what is stored: then the
// _slow twin runs the barrier over the memory and moves it (typed_memory.cc). Types without
// pointers never need that.
//
// Before: runtime/lang/slice_leaf.cc   After: runtime/lang/typed_memory.cc
#include "arch/leaf.h"
#include "runtime/lang/bytes.h"
#include "runtime/lang/typed_memory.h"

namespace gort::lang {
namespace {

GORT_ALWAYS_INLINE intptr_t Shorter(intptr_t a, intptr_t b) { return a < b ? a : b; }

}  // namespace

// ---- Entered from Go ----

GORT_LEAF(typedmemmove) {
  if (NeedsBarrier(a.typ)) GORT_TAIL(typedmemmove_slow);
  CopyBytes(a.dst, a.src, a.typ->size);
}
GORT_LEAF(reflect_typedmemmove) {
  if (NeedsBarrier(a.typ)) GORT_TAIL(reflect_typedmemmove_slow);
  CopyBytes(a.dst, a.src, a.typ->size);
}
GORT_LEAF(reflectlite_typedmemmove) {
  if (NeedsBarrier(a.typ)) GORT_TAIL(reflectlite_typedmemmove_slow);
  CopyBytes(a.dst, a.src, a.typ->size);
}

GORT_LEAF(typedmemclr) {
  if (NeedsBarrier(a.typ)) GORT_TAIL(typedmemclr_slow);
  ClearBytes(a.ptr, a.typ->size);
}
GORT_LEAF(reflect_typedmemclr) {
  if (NeedsBarrier(a.typ)) GORT_TAIL(reflect_typedmemclr_slow);
  ClearBytes(a.ptr, a.typ->size);
}

GORT_LEAF(typedslicecopy) {
  const intptr_t n = Shorter(a.dstLen, a.srcLen);
  if (n != 0 && a.dstPtr != a.srcPtr) {
    if (NeedsBarrier(a.typ)) GORT_TAIL(typedslicecopy_slow);
    CopyBytes(a.dstPtr, a.srcPtr, static_cast<uintptr_t>(n) * a.typ->size);
  }
  a.ret = n;
}
GORT_LEAF(reflect_typedslicecopy) {
  const intptr_t n = Shorter(a.dst.len, a.src.len);
  if (n != 0 && a.dst.array != a.src.array) {
    if (NeedsBarrier(a.elemType)) GORT_TAIL(reflect_typedslicecopy_slow);
    CopyBytes(a.dst.array, a.src.array, static_cast<uintptr_t>(n) * a.elemType->size);
  }
  a.ret = n;
}

GORT_LEAF(memclrHasPointers) {
  if (BarrierOn()) GORT_TAIL(memclrHasPointers_slow);
  ClearBytes(a.ptr, a.n);
}

}  // namespace gort::lang
