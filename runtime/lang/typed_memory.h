// SPDX-License-Identifier: BSD-3-Clause
//
// Copying and clearing values that hold pointers: is the collector marking, and the forms for the
// runtime's own C++.
//
// Before: runtime/lang/slice_leaf.cc   After: runtime/lang/typed_memory_leaf.cc
#ifndef GORT_RUNTIME_LANG_TYPED_MEMORY_H_
#define GORT_RUNTIME_LANG_TYPED_MEMORY_H_

#include "runtime/abi/roots.h"
#include "runtime/abi/type.h"
#include "runtime/base/stack_rules.h"

namespace gort::lang {

// The collector marks: stores of pointers into the heap must pass through the write barrier. It
// changes only while the world is stopped, so a function that runs to its end without a safepoint
// may ask once.
GORT_ALWAYS_INLINE bool BarrierOn() { return GORT_UNLIKELY(roots->writeBarrier->enabled); }
GORT_ALWAYS_INLINE bool NeedsBarrier(const abi::_type* t) {
  return t->has_pointers() && BarrierOn();
}

// One value of type t, or n of them one after the other. dst may be anywhere; src may overlap.
GORT_SYSTEM_STACK void TypedMove(const abi::_type* t, void* dst, const void* src);
GORT_SYSTEM_STACK void TypedMoveArray(const abi::_type* t, void* dst, const void* src, intptr_t n);
GORT_SYSTEM_STACK void TypedClear(const abi::_type* t, void* p);

}  // namespace gort::lang

#endif  // GORT_RUNTIME_LANG_TYPED_MEMORY_H_
