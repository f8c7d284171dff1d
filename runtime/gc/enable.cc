// SPDX-License-Identifier: BSD-3-Clause
//
// When collections may begin.
//
// Before: runtime/gc/gc.h   After: runtime/gc/barrier.cc
#include "runtime/gc/gc.h"

#include "runtime/gc/roots.h"

namespace gort::gc {

bool enabled = false;

void Enable() {
  ExpandVariableMasks();
  enabled = true;
}

}  // namespace gort::gc
