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
  int32_t allocfreetrace = 0;
  int32_t asyncpreemptoff = 0;
  int32_t cgocheck = 1;
  int32_t clobberfree = 0;
  int32_t efence = 0;
  int32_t gccheckmark = 0;
  int32_t gcpacertrace = 0;
  int32_t gcshrinkstackoff = 0;
  int32_t gcstoptheworld = 0;
  int32_t gctrace = 0;
  int32_t inittrace = 0;
  int32_t invalidptr = 1;
  int32_t madvdontneed = 0;
  int32_t sbrk = 0;
  int32_t scavenge = 0;
  int32_t scavtrace = 0;
  int32_t scheddetail = 0;
  int32_t schedtrace = 0;
  int32_t tracebackancestors = 0;
  // Ours: stress modes in every binary.
  int32_t gortmovestack = 0;  // move the stack at every prologue that checks it
  int32_t gortpoison = 0;     // fill new, copied-from and freed stacks and freed memory
  int32_t gortgcevery = 0;    // collect at every n-th allocation
  int32_t gortlocks = 0;      // debug builds: print the order in which locks were taken
  int32_t gortverify = 0;     // check heap, run queues, defer lists after each cycle
  uint64_t gortsched = 0;     // seed of random scheduling, 0 = off
  // memprofilerate of GODEBUG, which boot stores in runtime.MemProfileRate; -1: not given.
  int64_t mem_profile_rate = -1;
};
extern DebugVars debug_vars;

// Reads GODEBUG (comma separated key=value; unknown keys are ignored as in stock).
void ParseDebugVars(const char* godebug);

}  // namespace gort

#endif  // GORT_RUNTIME_BASE_DEBUG_VARS_H_
