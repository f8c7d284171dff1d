// SPDX-License-Identifier: BSD-3-Clause
//
// Marking: from pointers to objects, from objects to pointers.
//
//   white   mark bit clear: not found (yet)
//   grey    mark bit set, in a work buffer: its pointers have not been followed
//   black   mark bit set, in no buffer
//
// An object without pointers goes from white to black at once. A large object is scanned in pieces,
// so that one array does not keep one worker busy while the others wait.
//
// Before: runtime/gc/work.h   After: runtime/gc/mark.cc
#ifndef GORT_RUNTIME_GC_MARK_H_
#define GORT_RUNTIME_GC_MARK_H_

#include "runtime/abi/type.h"
#include "runtime/gc/work.h"
#include "runtime/mem/arena.h"

namespace gort::gc {

// `p`, a word that a map calls a pointer, makes its object grey. Words that do not point into the
// heap are fine.
void MarkPointer(Work* work, uintptr_t p);
// The same for a word that may be anything.
void MarkConservatively(Work* work, uintptr_t p);
// All pointers among the n words at base, by a mask of one bit per word.
void ScanWords(Work* work, uintptr_t base, const uint8_t* mask, uintptr_t n);
// The contents of an object, not the object itself.
void ScanObject(Work* work, uintptr_t object);

// When to stop although there is work. Looked at about every hundred objects.
struct DrainLimit {
  int64_t deadline = INT64_MAX;  // ns, monotonic
  int64_t work = INT64_MAX;      // bytes looked through
  bool roots = true;             // roots too, before objects
  bool yields = true;            // when somebody wants this P to come to a safe point
  bool idle = false;             // when there is a goroutine that could run
};
// Follows pointers until nothing grey is left here or in the common list (true), or the limit is
// reached; what is left then is in work's buffer.
bool Drain(Work* work, const DrainLimit& limit);

}  // namespace gort::gc

#endif  // GORT_RUNTIME_GC_MARK_H_
