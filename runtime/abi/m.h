// SPDX-License-Identifier: BSD-3-Clause
//
// m: one operating system thread. Runs goroutines while it holds a p. Its g0 owns the system stack
// (the thread's own stack), its gsignal the signal stack.
//
// Before: runtime/abi/g.h   After: runtime/abi/p.h
#ifndef GORT_RUNTIME_ABI_M_H_
#define GORT_RUNTIME_ABI_M_H_

#include <signal.h>

#include "runtime/abi/g.h"

namespace gort::abi {

// gc fixed two offsets inside this structure; the unions keep them where they are while the parts
// before them grow.
struct m {
  union {
    uint8_t before_lockedg[0x160];
    struct {
      // Seen by gc and by the assembly.
      g* g0;
      gobuf morebuf;  // the caller of the function that asked for more stack
      g* gsignal;
      g* curg;
      g* caughtsig;  // running when the fatal signal came that this M is printing
      abi::p* p;     // nullptr: not running Go code
      abi::p* nextp;
      abi::p* oldp;  // held before the system call
      int64_t id;
      Atomic<int32_t> locks;  // > 0: not preemptible; only the owning thread writes
      int32_t mallocing;
      int32_t throwing;
      int32_t dying;
      int32_t traceback;  // != 0: level of detail of tracebacks instead of GOTRACEBACK's
      int32_t profilehz;
      uint32_t syscalltick;  // of oldp, at the system call
      bool spinning;
      bool blocked;
      bool incgo;
      bool collecting;         // works for the collector, between two goroutines
      bool printing_panics;    // a panic message is being printed: a further panic is fatal
      const char* preemptoff;  // non-null: keep curg running
      uint32_t fastrand[2];
      eface pending_panic;  // raised by C++, taken by runtime.panicPending; a root
      uintptr_t signal_g;   // g at a signal, on cpus where C code may use g's register
      Atomic<uint32_t> preemptGen;
      Atomic<uint32_t> signalPending;
      void (*mstartfn)();
      m* alllink;
      m* schedlink;
      m* freelink;
      uint64_t thread;     // pthread_t
      uint64_t procid;     // kernel thread id
      void* unwind_cache;  // decoded rows of the function table, off-heap (unwind/pc_value.h)
    };
  };
  union {
    uint8_t before_lockedExt[0x268 - 0x160];
    struct {
      g* lockedg;
      Atomic<uint32_t> park_word;  // this M sleeps on it (base/note.h)
      uint32_t freeWait;
      void* waitlock;  // released after the parked g is off the M
      bool (*waitunlockf)(g*, void*);
      int32_t printlock;        // nesting depth of the print lock
      int32_t lock_rank_count;  // debug builds: locks held, in order
      uintptr_t lock_ranks[16];
    };
  };
  uint32_t lockedExt;  // LockOSThread nesting
  uint32_t lockedInt;
  sigset_t sigmask;  // to restore when the thread exits
  uint64_t ncgocall;
  uintptr_t createstack[32];
  uintptr_t move_credit;  // gortmovestack: bytes of stack that may be moved at the next check
};

}  // namespace gort::abi

namespace gort {
using M = abi::m;
}

#endif  // GORT_RUNTIME_ABI_M_H_
