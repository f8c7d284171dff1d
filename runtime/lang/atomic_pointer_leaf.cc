// SPDX-License-Identifier: BSD-3-Clause
//
// sync/atomic's operations on pointers: those on words, with the write barrier while the collector
// marks.
//
// Before: runtime/lang/typed_memory.cc   After: runtime/lang/atomic_pointer.cc
#include "arch/leaf.h"
#include "runtime/base/atomic.h"
#include "runtime/lang/typed_memory.h"

namespace gort::lang {
namespace {

Atomic<void*>* AtomicOf(void** p) { return reinterpret_cast<Atomic<void*>*>(p); }

}  // namespace

// ---- Entered from Go ----

GORT_LEAF(sync_atomic_StorePointer) {
  if (BarrierOn()) GORT_TAIL(sync_atomic_StorePointer_slow);
  AtomicOf(a.ptr)->StoreSeqCst(a.new_);
}
GORT_LEAF(sync_atomic_SwapPointer) {
  if (BarrierOn()) GORT_TAIL(sync_atomic_SwapPointer_slow);
  a.ret = AtomicOf(a.ptr)->ExchangeSeqCst(a.new_);
}
GORT_LEAF(sync_atomic_CompareAndSwapPointer) {
  if (BarrierOn()) GORT_TAIL(sync_atomic_CompareAndSwapPointer_slow);
  a.ret = AtomicOf(a.ptr)->CasSeqCst(a.old, a.new_);
}

}  // namespace gort::lang
