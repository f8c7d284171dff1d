// SPDX-License-Identifier: BSD-3-Clause
//
// What panic.cc and recover.cc share.
//
// Before: runtime/panic/open_defer.h   After: runtime/panic/panic.cc
#ifndef GORT_RUNTIME_PANIC_WALK_H_
#define GORT_RUNTIME_PANIC_WALK_H_

#include "runtime/panic/defer.h"

namespace gort::panic {

// p was recovered by the call of record d, which has returned: the deferring frame continues at its
// exit.
[[noreturn]] GORT_SYSTEM_STACK void Recover(M* m, G* g, abi::_panic* p, abi::_defer* d);

}  // namespace gort::panic

#endif  // GORT_RUNTIME_PANIC_WALK_H_
