// SPDX-License-Identifier: BSD-3-Clause
//
// Specials: what hangs on an object beside its contents. A special is a record outside the heap, in
// a list of the object's span, ordered by offset and, at one offset, by kind. Finalizers
// (gc/finalizer.h) and sampled allocations (mem/profile.h) are specials.
//
// Before: runtime/mem/span.h   After: runtime/mem/arena.h
#ifndef GORT_RUNTIME_MEM_SPECIAL_H_
#define GORT_RUNTIME_MEM_SPECIAL_H_

#include "runtime/base/lock.h"
#include "runtime/mem/span.h"

namespace gort::mem {

struct Special {
  enum Kind : uint8_t { kFinalizer, kProfile };
  Special* next;
  uintptr_t offset;  // of the address it was set for, in the span
  Kind kind;
};

// Holds the lock of a span's list.
class SpecialsGuard {
 public:
  explicit SpecialsGuard(Span* s) : span_(s) {
    LockWord(&span_->specials_lock, LockRank::kSpecials);
  }
  ~SpecialsGuard() { UnlockWord(&span_->specials_lock, LockRank::kSpecials); }
  SpecialsGuard(const SpecialsGuard&) = delete;
  SpecialsGuard& operator=(const SpecialsGuard&) = delete;

 private:
  Span* span_;
};

// The place in the list where a special of this offset and kind is or belongs: before the first
// that is not smaller. Under the guard.
inline Special** FindSpecial(Span* s, uintptr_t offset, Special::Kind kind) {
  Special** at = &s->specials;
  while (*at != nullptr &&
         ((*at)->offset < offset || ((*at)->offset == offset && (*at)->kind < kind))) {
    at = &(*at)->next;
  }
  return at;
}

}  // namespace gort::mem

#endif  // GORT_RUNTIME_MEM_SPECIAL_H_
