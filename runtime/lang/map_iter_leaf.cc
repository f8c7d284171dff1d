// SPDX-License-Identifier: BSD-3-Clause
//
// Loops over maps on the goroutine stack: all but those that meet a growing map or have to make an
// overflow list.
//
// Before: runtime/lang/map_iter.h   After: runtime/lang/map_iter.cc
#include "runtime/lang/map_iter.h"

#include "arch/leaf.h"

namespace gort::lang {

struct NoLookup {};

// ---- Entered from Go ----

GORT_LEAF(mapiterinit) {
  a.it->t = a.t;
  if (a.h == nullptr || a.h->count == 0) return;  // The compiler cleared the rest: key is nil.
  if (!a.t->bucket->has_pointers()) {
    // The loop keeps the overflow buckets of its array alive.
    if (a.h->extra == nullptr || a.h->extra->overflow == nullptr) GORT_TAIL(mapiterinit_slow);
    a.it->overflow = a.h->extra->overflow;
    a.it->oldoverflow = a.h->extra->oldoverflow;
  }
  StartIteration(a.t, a.h, a.it);
  // A growing map: the slow form starts anew.
  if (!NextEntry<NoLookup, true>(a.it)) GORT_TAIL(mapiterinit_slow);
}

GORT_LEAF(mapiternext) {
  if (!NextEntry<NoLookup, true>(a.it)) GORT_TAIL(mapiternext_slow);
}

}  // namespace gort::lang
