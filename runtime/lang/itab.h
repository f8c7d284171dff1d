// SPDX-License-Identifier: BSD-3-Clause
//
// The table of method tables: (interface type, concrete type) -> itab.
//
// An open-addressing hash table with 2^k slots, probed at h, h+1, h+3, h+6, ... Readers take no
// lock:
//
//   a slot     goes once from nullptr to an itab that is complete (release), and never changes
//              again
//   the table  is replaced by one of twice the size when it is 3/4 full (release); the old one is
//              never freed, so a reader that still walks it sees a table that was right a moment
//              ago, and at worst finds nothing
//
// Whoever finds nothing takes the lock and looks again (itab.cc). A pair where the type lacks a
// method is remembered too, as an itab with fun[0] == 0.
//
// Before: runtime/lang/type.cc   After: runtime/lang/itab.cc
#ifndef GORT_RUNTIME_LANG_ITAB_H_
#define GORT_RUNTIME_LANG_ITAB_H_

#include "runtime/abi/type.h"
#include "runtime/base/atomic.h"
#include "runtime/base/stack_rules.h"

namespace gort::lang {

struct ItabTable {
  uintptr_t mask;   // slots - 1
  uintptr_t count;  // used slots; guarded by the lock
  Atomic<abi::itab*> slots[1];
};

// Published in GrowTable and InitItabs (release), read in FindItab (acquire): makes the slots
// visible.
extern Atomic<ItabTable*> itab_table __attribute__((visibility("hidden")));

GORT_ALWAYS_INLINE uintptr_t ItabHash(const abi::interfacetype* inter, const abi::_type* type) {
  return inter->typ.hash ^ type->hash;
}

// The itab of the pair, negative ones included; nullptr: not known yet. Any stack.
GORT_ALWAYS_INLINE abi::itab* FindItab(const abi::interfacetype* inter, const abi::_type* type) {
  ItabTable* table = itab_table.LoadAcquire();
  uintptr_t at = ItabHash(inter, type) & table->mask;
  for (uintptr_t step = 1;; step++) {
    abi::itab* tab = table->slots[at].LoadAcquire();
    if (tab == nullptr || (tab->inter == inter && tab->type == type)) return tab;
    at = (at + step) & table->mask;
  }
}

// Every itab there is, complete or negative. World stopped or lock held.
void ForEachItab(void (*visit)(abi::itab*, void*), void* arg);

}  // namespace gort::lang

#endif  // GORT_RUNTIME_LANG_ITAB_H_
