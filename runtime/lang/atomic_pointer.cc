// SPDX-License-Identifier: BSD-3-Clause
//
// sync/atomic's operations on pointers while the collector marks. The barrier notes what the word
// holds now and what it may hold afterwards; if another thread is quicker, one pointer too many is
// marked, which does no harm.
//
// Before: runtime/lang/atomic_pointer_leaf.cc   After: runtime/lang/hash.h
#include "asm/gen/entries.h"
#include "runtime/base/atomic.h"
#include "runtime/base/upcalls.h"

namespace gort::lang {
namespace {

Atomic<void*>* WithBarrier(void** p, void* value) {
  gc::BulkBarrierPreWrite(p, &value, sizeof value);
  return reinterpret_cast<Atomic<void*>*>(p);
}

}  // namespace

// ---- Entered from Go ----

extern "C" {

void gort_sync_atomic_StorePointer_slow(entry::sync_atomic_StorePointer_slow* a) {
  WithBarrier(a->ptr, a->new_)->StoreSeqCst(a->new_);
}
void gort_sync_atomic_SwapPointer_slow(entry::sync_atomic_SwapPointer_slow* a) {
  a->ret = WithBarrier(a->ptr, a->new_)->ExchangeSeqCst(a->new_);
}
void gort_sync_atomic_CompareAndSwapPointer_slow(entry::sync_atomic_CompareAndSwapPointer_slow* a) {
  a->ret = WithBarrier(a->ptr, a->new_)->CasSeqCst(a->old, a->new_);
}

}  // extern "C"

}  // namespace gort::lang
