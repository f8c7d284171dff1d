// SPDX-License-Identifier: BSD-3-Clause
//
// The grey objects: found reachable, not yet looked at.
//
// A worker has a buffer of its own that it pushes to and pops from. Full ones go to a common list,
// from which a worker that has run dry takes one; so workers share work a buffer at a time and meet
// only there.
//
//   worker:  [ buffer | . . . ]  <-- full -->  common list  <-->  other workers
//
// A pushed word is the address of an object, or of a piece in the middle of a large one.
//
// Before: runtime/gc/finalizer.cc   After: runtime/gc/mark.h
#ifndef GORT_RUNTIME_GC_WORK_H_
#define GORT_RUNTIME_GC_WORK_H_

#include <cstdint>

#include "runtime/base/stack_rules.h"

namespace gort::gc {

struct WorkBuffer {
  static constexpr int kCapacity = 1022;
  WorkBuffer* next;
  int64_t count;
  uintptr_t objects[kCapacity];
};
static_assert(sizeof(WorkBuffer) == 8192);

// One worker's view. Only its owner uses it.
struct Work {
  WorkBuffer* buffer = nullptr;
  uint64_t bytes_marked = 0;

  void Push(uintptr_t object) {
    if (GORT_UNLIKELY(buffer == nullptr || buffer->count == WorkBuffer::kCapacity)) Exchange();
    buffer->objects[buffer->count++] = object;
  }
  // 0: nothing here and nothing in the common list.
  uintptr_t Pop() {
    if (GORT_UNLIKELY(buffer == nullptr || buffer->count == 0) && !TakeFull()) return 0;
    return buffer->objects[--buffer->count];
  }
  // Hands in what is left.
  void Flush();

 private:
  void Exchange();
  bool TakeFull();
};

// Nothing is in the common list.
bool NoCommonWork();
// Memory of empty buffers beyond a few goes back to the system; after a cycle.
void FreeWorkBuffers();

}  // namespace gort::gc

#endif  // GORT_RUNTIME_GC_WORK_H_
