// SPDX-License-Identifier: BSD-3-Clause
//
// When collections may begin.
//
// Before: runtime/gc/gc.h   After: runtime/gc/barrier.cc
#include "runtime/gc/gc.h"

namespace gort::gc {

bool enabled = false;

void Enable() { enabled = true; }

}  // namespace gort::gc
