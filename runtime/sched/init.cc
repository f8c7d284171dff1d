// SPDX-License-Identifier: BSD-3-Clause
//
// The scheduler at boot: one M (the thread that the kernel started), as many Ps as GOMAXPROCS or
// the affinity mask of the process says.
//
// Before: runtime/sched/trace.cc   After: runtime/start.cc
#include <sched.h>
#include <stdlib.h>

#include "runtime/abi/roots.h"
#include "runtime/base/check.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sched/wait_profile.h"

namespace gort::sched {

int32_t processors = 1;

namespace {

int32_t CpuCount() {
  // As in stock: room for the largest machine, so that one call tells.
  alignas(unsigned long) static unsigned char mask[64 * 1024];
  int bytes = sched_getaffinity(0, sizeof(mask), reinterpret_cast<cpu_set_t*>(mask)) == 0
                  ? sizeof(mask)
                  : 0;
  int32_t count = 0;
  for (int i = 0; i < bytes; ++i) count += __builtin_popcount(mask[i]);
  return count == 0 ? 1 : count;
}

// A decimal number as a whole, or 0.
int32_t PositiveNumber(const char* text) {
  if (text == nullptr || *text == 0) return 0;
  int64_t n = 0;
  for (; *text != 0; ++text) {
    if (*text < '0' || *text > '9') return 0;
    n = n * 10 + (*text - '0');
    if (n > INT32_MAX) return 0;
  }
  return static_cast<int32_t>(n);
}

}  // namespace

void Init() {
  RegisterM0();
  StartTickClock();
  scheduler.last_poll.StoreRelaxed(Nanotime());  // before there are threads
  int32_t procs = CpuCount();
  processors = procs;
  *abi::roots->ncpu = procs;
  if (int32_t wanted = PositiveNumber(GetEnv("GOMAXPROCS"))) procs = wanted;
  if (procs > kMaxProcs) procs = kMaxProcs;
  LockGuard guard(&scheduler.lock);
  GORT_CHECK(ResizeProcs(procs) == nullptr, "unknown runnable goroutine during bootstrap");
}

}  // namespace gort::sched
