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

namespace gort::abi {
struct _type;
}

namespace gort::sched {

// mem -> sched (syscall.cc). work(arg) takes long and needs no P: meanwhile the running goroutine
// is as in a system call, and its P anybody's who wants it. It may have another one afterwards.
GORT_SYSTEM_STACK void RunAsSyscall(void (*work)(void*), void* arg);

}  // namespace gort::sched

namespace gort::mem {

struct Span;

// mem, gc -> api (object_trace.cc). GODEBUG=allocfreetrace=1 tells about each object, with types
// and stacks. type: nullptr for memory that the runtime asked for.
GORT_SYSTEM_STACK void TraceAlloc(const void* p, uintptr_t size, abi::_type* type);
GORT_SYSTEM_STACK void TraceFree(uintptr_t object, uintptr_t size);
// A marking has ended; world stopped.
GORT_SYSTEM_STACK void TraceMarked();

}  // namespace gort::mem

namespace gort::gc {

// lang -> gc (barrier.cc). Typed copies and clears are about to overwrite [dst, dst + size), which
// may be heap memory: every pointer word there, and if src is not nullptr every pointer that will
// come from [src, src + size), goes into the write barrier buffer. dst, src and size are multiples
// of the word. Only while writeBarrier.enabled.
GORT_SYSTEM_STACK void BulkBarrierPreWrite(void* dst, const void* src, uintptr_t size);

// mem -> gc (sweep.cc). s, which has specials, is being swept by the caller: finalizers of its dead
// objects are queued, and those objects marked for one more cycle.
GORT_SYSTEM_STACK void SweepSpecials(mem::Span* s);

// mem -> gc (cycle.cc). The heap has reached the size at which a cycle is to begin: the running
// goroutine is asked to stop at its next prologue, and the scheduler starts the cycle then.
// Allocation itself never collects, so C++ may hold pointers across it.
GORT_SYSTEM_STACK void RequestCollection();

// mem -> gc (assist.cc). The running goroutine has been given this many bytes while the collector
// marks, and owes work for them.
GORT_SYSTEM_STACK void ChargeAllocation(uintptr_t bytes);

// mem -> gc (cycle.cc). Begins a cycle if that is wanted, pays the goroutine's debt, or lets it
// yield, if that is possible here, at the beginning of a system entry that was called with this
// argument block. The block may have moved afterwards; after a yield the entry begins anew. See
// mem/entry.h.
GORT_SYSTEM_STACK void CollectAtEntry(void* args);
// Bits: why an allocating entry comes to CollectAtEntry, and an M between two goroutines.
enum CollectorNeeds : uint32_t { kNeedCycle = 1, kNeedAssists = 2, kNeedSweep = 4 };
extern Atomic<uint32_t> collector_needs;

// sched, lang, api -> gc (barrier.cc). p is about to be stored where the collector does not look
// again in this cycle (a table outside the heap, the stack of a new goroutine): its object is made
// grey if the collector marks.
GORT_SYSTEM_STACK void Shade(const void* p);

}  // namespace gort::gc

#endif  // GORT_RUNTIME_BASE_UPCALLS_H_
