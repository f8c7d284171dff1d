// SPDX-License-Identifier: BSD-3-Clause
//
// Small answers on the goroutine's stack: atomic pointers with their write barrier, profiler labels, counters.
//
// A pointer that is stored where the collector may look passes through the write barrier while it marks: the slow twins
// (runtime/api/sync.cc) do that.
//
// Before: runtime/api/debug.cc   After: runtime/api/sync.cc
#include "arch/leaf.h"
#include "runtime/lang/typed_memory.h"
#include "runtime/sched/sched.h"

namespace gort::api {

GORT_LEAF(sync_atomic_StorePointer) {
  if (lang::BarrierOn()) GORT_TAIL(sync_atomic_StorePointer_slow);
  __atomic_store_n(reinterpret_cast<void**>(a.ptr), a.value, __ATOMIC_SEQ_CST);
}

GORT_LEAF(sync_atomic_SwapPointer) {
  if (lang::BarrierOn()) GORT_TAIL(sync_atomic_SwapPointer_slow);
  a.ret = __atomic_exchange_n(reinterpret_cast<void**>(a.ptr), a.value, __ATOMIC_SEQ_CST);
}

GORT_LEAF(sync_atomic_CompareAndSwapPointer) {
  if (lang::BarrierOn()) GORT_TAIL(sync_atomic_CompareAndSwapPointer_slow);
  a.ret = __atomic_compare_exchange_n(reinterpret_cast<void**>(a.ptr), &a.old, a.value, false, __ATOMIC_SEQ_CST,
                                      __ATOMIC_SEQ_CST);
}

GORT_LEAF(runtime_getProfLabel) { a.ret = arch::GetG()->labels; }
GORT_LEAF(runtime_setProfLabel) { arch::GetG()->labels = a.labels; }

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
