// SPDX-License-Identifier: BSD-3-Clause
//
// Small answers on the goroutine's stack.
//
// Before: runtime/api/debug.cc   After: runtime/api/sync.cc
#include "arch/leaf.h"
#include "runtime/abi/roots.h"
#include "runtime/sched/sched.h"

namespace gort::api {

GORT_LEAF(runtime_getProfLabel) { a.ret = arch::GetG()->labels; }
GORT_LEAF(runtime_setProfLabel) {
  if (GORT_UNLIKELY(roots->writeBarrier->enabled)) GORT_TAIL(runtime_setProfLabel_slow);
  arch::GetG()->labels = a.labels;
}

GORT_LEAF(cputicks) { a.ret = arch::CpuTicks(); }

GORT_LEAF(cgoUse) {}

// A stack record ends at the first zero.
GORT_LEAF(recordLen) {
  intptr_t n = 0;
  auto* pcs = reinterpret_cast<const uintptr_t*>(a.stack);
  while (n < 32 && pcs[n] != 0) ++n;
  a.ret = n;
}

}  // namespace gort::api
