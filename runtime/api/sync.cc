// SPDX-License-Identifier: BSD-3-Clause
//
// sync.Pool's cleanup. The rest of what package sync asks for is in runtime/sched.
//
// Before: runtime/api/misc_leaf.cc   After: runtime/api/profile.cc
#include "arch/arch.h"
#include "asm/gen/entries.h"
#include "runtime/api/pool.h"

namespace gort::api {

abi::funcval* pool_cleanup = nullptr;

void RunPoolCleanup() {
  if (pool_cleanup != nullptr) arch::CallGo(pool_cleanup, nullptr, 0);
}

// ---- Entered from Go ----

extern "C" void gort_sync_runtime_registerPoolCleanup(entry::sync_runtime_registerPoolCleanup* a) {
  pool_cleanup = a->f;
}

}  // namespace gort::api
