// SPDX-License-Identifier: BSD-3-Clause
//
// copy() of elements without pointers. Elements with pointers: typedslicecopy
// (typed_memory_leaf.cc); append and make: runtime/mem.
//
// Before: runtime/lang/string.cc   After: runtime/lang/typed_memory_leaf.cc
#include "arch/leaf.h"
#include "runtime/lang/bytes.h"

namespace gort::lang {

// ---- Entered from Go ----

GORT_LEAF(slicecopy) {
  const intptr_t n = a.toLen < a.fromLen ? a.toLen : a.fromLen;
  a.ret = n;
  if (n != 0) CopyBytes(a.toPtr, a.fromPtr, static_cast<uintptr_t>(n) * a.width);
}

GORT_LEAF(slicestringcopy) {
  const intptr_t n = a.toLen < a.from.len ? a.toLen : a.from.len;
  a.ret = n;
  if (n != 0) CopyBytes(a.toPtr, a.from.str, static_cast<uintptr_t>(n));
}

}  // namespace gort::lang
