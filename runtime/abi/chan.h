// SPDX-License-Identifier: BSD-3-Clause
//
// Channels, waiters and select cases in memory. gc reads hchan.qcount and dataqsiz for len() and
// cap() and builds the scase array of a select in the caller's frame.
//
// Before: runtime/abi/map.h   After: runtime/abi/frame.h
#ifndef GORT_RUNTIME_ABI_CHAN_H_
#define GORT_RUNTIME_ABI_CHAN_H_

#include "runtime/abi/type.h"
#include "runtime/base/atomic.h"

namespace gort::abi {

struct g;
struct hchan;

struct mutex {
  Atomic<uintptr_t> key;  // runtime/base/lock.h gives it meaning
};

// A goroutine waiting on something: a channel, a semaphore address or a condition.
struct sudog {
  abi::g* g;
  sudog* next;
  sudog* prev;
  void* elem;  // data slot; may point into a goroutine stack, which stack copying therefore adjusts
  int64_t acquiretime;  // this and the next: sched/wait_profile.h
  int64_t releasetime;
  uint32_t ticket;
  bool isSelect;
  sudog* parent;    // semaphore tree
  sudog* waitlink;  // g.waiting list, or semaphore wait list
  sudog* waittail;
  hchan* c;
  int64_t blocktime;  // sched/wait_profile.h
};

struct waitq {
  sudog* first;
  sudog* last;
};

struct hchan {
  uintptr_t qcount;
  uintptr_t dataqsiz;
  void* buf;
  uint16_t elemsize;
  Atomic<uint32_t> closed;
  _type* elemtype;
  uintptr_t sendx;
  uintptr_t recvx;
  waitq recvq;
  waitq sendq;
  mutex lock;
};

enum CaseKind : uint16_t { kCaseNil, kCaseRecv, kCaseSend, kCaseDefault };

struct scase {
  hchan* c;
  void* elem;
  uint16_t kind;
  uintptr_t pc;
  int64_t releasetime;
};

// Mirrors time.runtimeTimer; package time sets when, period, f, arg and seq only.
struct timer {
  uintptr_t pp;
  int64_t when;
  int64_t period;
  funcval* f;  // func(arg interface{}, seq uintptr)
  eface arg;
  uintptr_t seq;
  int64_t nextwhen;
  Atomic<uint32_t>
      status;  // state in the low two bits, position in the heap above (sched/timer_heap.h)
};

// Mirrors sync.notifyList.
struct notifyList {
  Atomic<uint32_t> wait;
  uint32_t notify;
  mutex lock;
  sudog* head;
  sudog* tail;
};

}  // namespace gort::abi

#endif  // GORT_RUNTIME_ABI_CHAN_H_
