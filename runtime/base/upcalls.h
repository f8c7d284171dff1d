// SPDX-License-Identifier: BSD-3-Clause
//
// The calls that go up: a folder may use the folders below it, and a runtime has a few cycles all
// the same. They are declared here and nowhere else, each with its reason; the folder named defines
// it, unit tests of the lower folder fake it.
//
// Before: runtime/base/print.h   After: runtime/mem/malloc.h
#ifndef GORT_RUNTIME_BASE_UPCALLS_H_
#define GORT_RUNTIME_BASE_UPCALLS_H_

#include <cstdint>

#include "runtime/base/atomic.h"
#include "runtime/base/stack_rules.h"

namespace gort::mem {
struct Span;
}

namespace gort::gc {

// lang -> gc (barrier.cc). Typed copies and clears are about to overwrite [dst, dst + size), which
// may be heap memory: every pointer word there, and if src is not nullptr every pointer that will
// come from [src, src + size), goes into the write barrier buffer. dst, src and size are multiples
// of the word. Only while writeBarrier.enabled.
GORT_SYSTEM_STACK void BulkBarrierPreWrite(void* dst, const void* src, uintptr_t size);

// mem -> gc (sweep.cc). s, which has specials, is being swept by the caller: finalizers of its dead
// objects are queued, and those objects marked for one more cycle.
GORT_SYSTEM_STACK void SweepSpecials(mem::Span* s);

// mem -> gc (cycle.cc). The heap has reached its goal: the running goroutine is asked to stop at
// its next prologue, and the scheduler collects then. Allocation itself never collects, so C++ may
// hold pointers across it.
GORT_SYSTEM_STACK void RequestCollection();

// mem -> gc (cycle.cc). Collects if that is wanted and possible here, at the beginning of a system
// entry that was called with this argument block. The block may have moved afterwards. See
// mem/entry.h.
GORT_SYSTEM_STACK void CollectAtEntry(void* args);
extern Atomic<uint32_t> collection_wanted;

}  // namespace gort::gc

#endif  // GORT_RUNTIME_BASE_UPCALLS_H_
