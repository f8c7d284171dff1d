// SPDX-License-Identifier: BSD-3-Clause
//
// The parts of the sweep that know about more than one span's bits (those: mem/central.cc).
//
// Before: runtime/gc/sweep.h   After: runtime/gc/cycle.cc
#include "runtime/gc/sweep.h"

#include "runtime/base/lock.h"
#include "runtime/base/upcalls.h"
#include "runtime/gc/finalizer.h"
#include "runtime/mem/central.h"

namespace gort::gc {

void SweepAll() {
  for (int c = 0; c < mem::kSpanClasses; c++) {
    while (mem::centrals[c].SweepOne()) {
    }
  }
}

void SweepSpecials(mem::Span* s) {
  LockWord(&s->specials_lock, LockRank::kSpecials);
  uint32_t revived = s->nelems;  // the object that the last finalizer keeps for one more cycle
  mem::Special** at = &s->specials;
  while (mem::Special* special = *at) {
    uint32_t i = s->IndexOf(s->base + special->offset);
    uint64_t bit = uint64_t{1} << (i % 64);
    bool marked = (s->mark_bits[i / 64] & bit) != 0;
    if (special->kind != mem::Special::kFinalizer || (marked && i != revived)) {
      at = &special->next;
      continue;
    }
    // All values in a block of the tiny allocator die together, each with its own finalizer.
    revived = i;
    s->mark_bits[i / 64] |= bit;
    *at = special->next;
    auto* finalizer = static_cast<FinalizerSpecial*>(special);
    QueueFinalizer(reinterpret_cast<void*>(s->base + special->offset), finalizer->call);
    FreeFinalizerSpecial(finalizer);
  }
  UnlockWord(&s->specials_lock, LockRank::kSpecials);
}

}  // namespace gort::gc
