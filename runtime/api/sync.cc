// SPDX-License-Identifier: BSD-3-Clause
//
// The rest of what sync and sync/atomic ask for: atomic pointers while the collector marks, and sync.Pool's cleanup.
//
// Before: runtime/api/misc_leaf.cc   After: runtime/api/profile.cc
#include "arch/arch.h"
#include "asm/gen/entries.h"
#include "runtime/api/pool.h"
#include "runtime/base/upcalls.h"

namespace gort::api {

abi::funcval* pool_cleanup = nullptr;

void RunPoolCleanup() {
  if (pool_cleanup != nullptr) arch::CallGo(pool_cleanup, nullptr, 0);
}

// ---- Entered from Go ----

extern "C" void gort_sync_runtime_registerPoolCleanup(entry::sync_runtime_registerPoolCleanup* a) { pool_cleanup = a->f; }

// The barrier sees the old value and the new one before the slot changes.
extern "C" void gort_sync_atomic_StorePointer_slow(entry::sync_atomic_StorePointer_slow* a) {
  gc::BulkBarrierPreWrite(a->ptr, &a->value, sizeof(void*));
  __atomic_store_n(reinterpret_cast<void**>(a->ptr), a->value, __ATOMIC_SEQ_CST);
}

extern "C" void gort_sync_atomic_SwapPointer_slow(entry::sync_atomic_SwapPointer_slow* a) {
  gc::BulkBarrierPreWrite(a->ptr, &a->value, sizeof(void*));
  a->ret = __atomic_exchange_n(reinterpret_cast<void**>(a->ptr), a->value, __ATOMIC_SEQ_CST);
}

extern "C" void gort_sync_atomic_CompareAndSwapPointer_slow(entry::sync_atomic_CompareAndSwapPointer_slow* a) {
  gc::BulkBarrierPreWrite(a->ptr, &a->value, sizeof(void*));
  a->ret = __atomic_compare_exchange_n(reinterpret_cast<void**>(a->ptr), &a->old, a->value, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST);
}

}  // namespace gort::api
