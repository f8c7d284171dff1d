// SPDX-License-Identifier: BSD-3-Clause
//
// sync.Pool and the collector: at the start of each cycle, while the world is stopped, every pool
// drops what it has not used since the last one.
//
// Before: runtime/api/sync.cc   After: runtime/gc/cycle.cc
#ifndef GORT_RUNTIME_API_POOL_H_
#define GORT_RUNTIME_API_POOL_H_

#include "runtime/abi/value.h"
#include "runtime/base/stack_rules.h"

namespace gort::api {

extern abi::funcval* pool_cleanup;  // a root; nullptr: package sync is not in the program
GORT_SYSTEM_STACK void RunPoolCleanup();

}  // namespace gort::api

#endif  // GORT_RUNTIME_API_POOL_H_
