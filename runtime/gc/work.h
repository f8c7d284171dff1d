// SPDX-License-Identifier: BSD-3-Clause
//
// The grey objects: found reachable, not yet looked at.
//
// Each P has a buffer that whoever runs on it pushes to and pops from: a mark worker, an allocating
// goroutine that helps, the write barrier. Full ones go to a common list, from which a worker that
// has run dry takes one; so workers share work a buffer at a time and meet only there. A worker
// that sees the common list empty while others could help gives half of its buffer away.
//
//   P:  [ buffer | . . . ]  <-- full, half, or at the end of a slice -->  common list  <-->  P
//
// Outside of a slice of work a P's buffer holds only what the write barrier has found; what a
// worker leaves it hands in. So marking is over when nobody is at work, the common list is empty,
// and the buffers of the Ps have been handed in once more with nothing in them (worker.cc).
//
// A pushed word is the address of an object, or of a piece in the middle of a large one.
//
// Before: runtime/gc/finalizer.cc   After: runtime/gc/mark.h
#ifndef GORT_RUNTIME_GC_WORK_H_
#define GORT_RUNTIME_GC_WORK_H_

#include <cstdint>

#include "runtime/abi/p.h"
#include "runtime/base/stack_rules.h"

namespace gort::gc {

struct StackScratch;  // roots.cc

struct WorkBuffer {
  static constexpr int kCapacity = 1022;
  WorkBuffer* next;
  int64_t count;
  uintptr_t objects[kCapacity];
};
static_assert(sizeof(WorkBuffer) == 8192);

// A P's view. Only who runs on the P uses it, or who has stopped the world.
struct Work {
  WorkBuffer* buffer = nullptr;
  StackScratch* scratch = nullptr;
  uint64_t bytes_marked = 0;  // in this cycle
  int64_t scan_work = 0;      // bytes of objects looked through, not yet handed to the pacer
  int64_t fractional_ns = 0;  // time of this P's slices in this cycle (worker.cc)
  bool published = false;     // something was handed in since this was cleared
  Work* next_work = nullptr;  // every one ever made

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
  // Half of the buffer, if that is worth it and the common list is empty.
  void Share();

 private:
  void Exchange();
  bool TakeFull();
};

// The one of p; made at the first use.
Work* WorkOf(P* p);
// All of them, those of Ps that are gone too. World stopped.
void ForEachWork(void (*visit)(Work*, void*), void* arg);

// Nothing is in the common list.
bool NoCommonWork();
// Memory of empty buffers beyond a few goes back to the system; after a cycle.
void FreeWorkBuffers();

}  // namespace gort::gc

#endif  // GORT_RUNTIME_GC_WORK_H_
