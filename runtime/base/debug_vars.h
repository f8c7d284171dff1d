// SPDX-License-Identifier: BSD-3-Clause
//
// GODEBUG, parsed once at boot: stock's keys and gort's own.
//
// Before: runtime/base/print.h   After: runtime/base/upcalls.h
#ifndef GORT_RUNTIME_BASE_DEBUG_VARS_H_
#define GORT_RUNTIME_BASE_DEBUG_VARS_H_

#include <cstdint>

namespace gort {

struct DebugVars {
  // Stock's, same meaning as in 1.15.
  int32_t allocfreetrace, cgocheck, clobberfree, efence, gccheckmark, gcpacertrace, gcshrinkstackoff, gcstoptheworld,
      gctrace, inittrace, invalidptr, madvdontneed, sbrk, scavenge, scavtrace, scheddetail, schedtrace,
      tracebackancestors, asyncpreemptoff;
  // Ours: stress modes in every binary.
  int32_t gortmovestack;  // move the stack at every prologue that checks it
  int32_t gortpoison;     // fill new, copied-from and freed stacks and freed memory
  int32_t gortgcevery;    // collect at every n-th allocation
  int32_t gortverify;     // check heap, run queues, defer lists after each cycle
  uint64_t gortsched;     // seed of random scheduling, 0 = off
  int64_t mem_profile_rate;
};
extern DebugVars debug_vars;

// Reads GODEBUG (comma separated key=value; unknown keys are ignored as in stock).
void ParseDebugVars(const char* godebug);

}  // namespace gort

#endif  // GORT_RUNTIME_BASE_DEBUG_VARS_H_
