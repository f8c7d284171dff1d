// SPDX-License-Identifier: BSD-3-Clause
//
// GODEBUG=allocfreetrace=1: a paragraph on standard error for every object that is allocated, and
// for every one that a sweep frees, each with the stack at that moment; and all stacks at the end
// of each marking. Then no allocation is on the fast path: runs end after every object, and small
// values do not share blocks.
//
//   tracealloc(0xc000010080, 0x20, main.T)     tracefree(0xc000010080, 0x20)     tracegc()
//   goroutine 1 [running]:                     goroutine 1 [running]:            ...
//   ...                                        ...                               end tracegc
//
// Before: runtime/mem/profile.cc   After: runtime/api/object_trace.cc
#ifndef GORT_RUNTIME_MEM_OBJECT_TRACE_H_
#define GORT_RUNTIME_MEM_OBJECT_TRACE_H_

#include "runtime/base/debug_vars.h"
#include "runtime/base/upcalls.h"

namespace gort::mem {

inline bool TracesObjects() { return debug_vars.allocfreetrace != 0; }

}  // namespace gort::mem

#endif  // GORT_RUNTIME_MEM_OBJECT_TRACE_H_
