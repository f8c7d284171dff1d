// SPDX-License-Identifier: BSD-3-Clause
//
// p: the right to run Go code, and everything that is cached per running thread so that no lock is
// needed: memory, stacks, run queue, defer records, timers, the write barrier buffer.
//
// Before: runtime/abi/m.h   After: runtime/sched/sched.h
#ifndef GORT_RUNTIME_ABI_P_H_
#define GORT_RUNTIME_ABI_P_H_

#include "runtime/abi/m.h"

namespace gort::mem {
struct Cache;  // mem/cache.h
}
namespace gort::gc {
struct Work;  // gc/work.h
}

namespace gort::abi {

enum PStatus : uint32_t { kPIdle, kPRunning, kPSyscall, kPGCStop, kPDead };

constexpr int kDeferClasses = 5;  // argument blocks of 0, 16, 32, 48, 64 bytes at most
constexpr int kDeferPoolSize =
    32;  // records per class and P; half moves to or from the central pool
constexpr int kRunQueueSize = 256;
constexpr int kSudogCacheSize = 128;
constexpr int kWriteBarrierPointers = 512;

// Filled by gcWriteBarrier (arch/<cpu>/barrier.s): pairs of (new, old) pointers.
struct wbBuf {
  uintptr_t next;  // address of the next free slot
  uintptr_t end;   // just after the last slot
  uintptr_t buf[kWriteBarrierPointers];
};

struct DeferPool {
  _defer* head;  // linked through _defer.link
  int32_t count;
};

constexpr int kStackOrders = 4;  // stacks of 2, 4, 8, 16 KB have free lists; larger ones are spans

struct StackCache {
  void* head;  // linked through the first word of each stack
  uintptr_t bytes;
};

// A timer in a P's heap. The key is here too, so that sifting does not touch the timers.
struct timerEntry {
  int64_t when;
  timer* t;
};

struct sysmontick {
  uint32_t schedtick;
  uint32_t syscalltick;
  int64_t schedwhen;
  int64_t syscallwhen;
};

struct p {
  int32_t id;
  Atomic<uint32_t> status;
  p* link;
  uint32_t schedtick;    // incremented at every switch to a goroutine
  uint32_t syscalltick;  // at every system call
  sysmontick sysmontick_;
  abi::m* m;
  mem::Cache* mcache;
  DeferPool deferpool[kDeferClasses];
  StackCache stackcache[kStackOrders];
  uint64_t goidcache;
  uint64_t goidcacheend;

  // Run queue: the owner pushes at the tail, everyone takes at the head (sched/run_queue.cc).
  Atomic<uint32_t> runqhead;
  Atomic<uint32_t> runqtail;
  Atomic<g*> runq[kRunQueueSize];
  Atomic<g*> runnext;

  g* gFree;  // dead goroutines, linked by schedlink
  int32_t gFree_count;

  sudog* sudogcache[kSudogCacheSize];
  int32_t sudogcache_count;

  uint32_t runSafePointFn;
  bool preempt;

  mutex timersLock;
  timerEntry* timers;  // 4-ary heap by when; off-heap array (sched/timer_heap.h)
  int32_t timers_len;
  int32_t timers_cap;
  Atomic<int64_t> timer0When;
  Atomic<int32_t> numTimers;
  int32_t deletedTimers;

  gc::Work* gcw;
  wbBuf wb;
  int64_t gcAssistTime;

  // An event of sweeping that may begin (sched/event_trace_gc.cc).
  bool trace_sweep;
  uint64_t trace_swept;
  uint64_t trace_freed;

  char pad[64];  // keeps neighbours' hot words out of one cache line
};

}  // namespace gort::abi

namespace gort {
using P = abi::p;
}

#endif  // GORT_RUNTIME_ABI_P_H_
