// SPDX-License-Identifier: BSD-3-Clause
//
// The place where an allocating entry may wait for the collector, help it, or yield: its very
// beginning, when C++ holds no pointer yet and the argument block is all there is. A goroutine that
// allocates in a loop without function prologues could otherwise be stopped only by a signal, which
// hardly ever finds it in code where that is possible. One that yields here enters its stub anew
// when it goes on.
//
//   extern "C" void gort_growslice_slow(entry::growslice_slow* a) {
//     a = AfterCollection(a);
//
// Before: runtime/mem/malloc.cc   After: runtime/gc/cycle.cc
#ifndef GORT_RUNTIME_MEM_ENTRY_H_
#define GORT_RUNTIME_MEM_ENTRY_H_

#include "arch/arch.h"
#include "runtime/base/upcalls.h"
#include "runtime/mem/malloc.h"

namespace gort::mem {

// False: called on the system stack (a timer function, a pool's cleanup): there C++ callers have
// pointers.
template <typename Args>
GORT_SYSTEM_STACK inline bool CalledByGoroutine(Args* args) {
  G* g = arch::GetG()->m->curg;
  return g != nullptr && arch::ArgsOf<Args>(g) == args;
}

template <typename Args>
GORT_SYSTEM_STACK inline Args* AfterCollection(Args* args) {
  if (!CalledByGoroutine(args)) return args;
  G* g = arch::GetG()->m->curg;
  // Relaxed: wishes, nothing is read because of them.
  if (GORT_LIKELY(gc::collector_needs.LoadRelaxed() == 0 && !g->preempt)) return args;
  gc::CollectAtEntry(args);
  return arch::ArgsOf<Args>(g);
}

// For an entry that allocates one object and has not begun to. Its argument block does not move.
template <typename Args>
GORT_SYSTEM_STACK inline Holds HoldsAtEntry(Args* args) {
  return CalledByGoroutine(args) ? Holds::kNothing : Holds::kObjects;
}

}  // namespace gort::mem

#endif  // GORT_RUNTIME_MEM_ENTRY_H_
