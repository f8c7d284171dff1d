// SPDX-License-Identifier: BSD-3-Clause
//
// g: one goroutine.
//
// Compiled code reads stackguard0 in every prologue, _panic in wrappers, and m and lockedm in
// bodies that stock gc inlined into other packages; those offsets are part of the contract
// (layout_check.cc). Everything else is ours, but keeps stock's names where a debugger script looks
// for them.
//
//   stack.lo         stackguard0 = lo + 928                        stack.hi
//      |<-- 928: NOSPLIT chains and leaf code -->|<-- frames, growing down ---|
//
// A g is off-heap memory, never freed, reused through free lists. Its fields that point into the Go
// heap are roots.
//
// Before: runtime/abi/module.h   After: runtime/abi/m.h
#ifndef GORT_RUNTIME_ABI_G_H_
#define GORT_RUNTIME_ABI_G_H_

#include "runtime/abi/chan.h"
#include "runtime/abi/frame.h"

namespace gort::abi {

struct m;
struct p;

struct Stack {
  uintptr_t lo;
  uintptr_t hi;
  uintptr_t size() const { return hi - lo; }
  bool Contains(uintptr_t p) const { return p - lo < size(); }
  bool Contains(const void* p) const { return Contains(reinterpret_cast<uintptr_t>(p)); }
  // A stack pointer is at the end when nothing is on the stack.
  bool ContainsSp(uintptr_t sp) const { return lo < sp && sp <= hi; }
};

enum GStatus : uint32_t {
  kGIdle = 0,
  kGRunnable,
  kGRunning,
  kGSyscall,
  kGWaiting,
  kGMoribundUnused,
  kGDead,
  kGEnqueueUnused,
  kGCopystack,
  kGPreempted,
  kGScan = 0x1000,  // added to a status: its stack belongs to the scanner
};

// Why a goroutine waits; the texts are those tracebacks print (sched/wait_reason.cc).
enum WaitReason : uint8_t {
  kWaitZero,
  kWaitGCAssistMarking,
  kWaitIOWait,
  kWaitChanReceiveNilChan,
  kWaitChanSendNilChan,
  kWaitDumpingHeap,
  kWaitGarbageCollection,
  kWaitGarbageCollectionScan,
  kWaitPanicWait,
  kWaitSelect,
  kWaitSelectNoCases,
  kWaitGCAssistWait,
  kWaitGCSweepWait,
  kWaitGCScavengeWait,
  kWaitChanReceive,
  kWaitChanSend,
  kWaitFinalizerWait,
  kWaitForceGGIdle,
  kWaitSemacquire,
  kWaitSleep,
  kWaitSyncCondWait,
  kWaitTimerGoroutineIdle,
  kWaitTraceReaderBlocked,
  kWaitWaitForGCCycle,
  kWaitGCWorkerIdle,
  kWaitPreempted,
  kWaitDebugCall,
};

struct g {
  // Seen by gc.
  Stack stack;
  uintptr_t stackguard0;  // compared in prologues; kStackPreempt asks for a stop
  uintptr_t stackguard1;  // compared by code on system stacks
  abi::_panic* _panic;
  abi::_defer* _defer;
  abi::m* m;
  gobuf sched;  // saved when not running, or running on the system stack on behalf of this g

  // Seen by debuggers, unwinder and scheduler.
  uintptr_t syscallsp;  // sp and pc of the frame in a system call: where tracebacks and scans begin
  uintptr_t syscallpc;
  uintptr_t stktopsp;  // expected sp at the top of the stack
  void* param;         // what a waker passes: the sudog it acted on
  Atomic<uint32_t> atomicstatus;
  uint32_t stackLock;
  int64_t goid;
  g* schedlink;
  int64_t waitsince;  // ns, approximate
  WaitReason waitreason;
  bool preempt;         // preemption is asked for; stackguard0 says the same
  bool preemptStop;     // stop in kGPreempted instead of yielding
  bool preemptShrink;   // shrink the stack at the next safe point
  bool asyncSafePoint;  // stopped by a signal: the innermost frame has no precise map
  bool paniconfault;
  bool gcscandone;
  bool throwsplit;                   // the stack must not grow now
  Atomic<uint8_t> activeStackChans;  // sudogs of this g point into its stack and are published
  Atomic<uint8_t> parkingOnChan;
  int8_t raceignore;
  bool sysblocktraced;
  int64_t sysexitticks;
  uint64_t traceseq;
  uintptr_t tracelastp;
  abi::m* lockedm;
  uint32_t sig;
  Slice writebuf;
  uintptr_t sigcode0;
  uintptr_t sigcode1;
  uintptr_t sigpc;
  uintptr_t gopc;  // of the go statement
  void* ancestors;
  uintptr_t startpc;
  uintptr_t racectx;
  sudog* waiting;  // sudogs this g waits on (select: in lock order)
  Slice cgoCtxt;
  void* labels;        // profiler labels; a heap pointer
  abi::timer* timer_;  // for time.Sleep; off-heap
  Atomic<uint32_t> selectDone;
  int64_t gcAssistBytes;

  // Private to gort.
  g* alllink;                     // every g ever made, in order of creation
  void (*resume)(g*, void* arg);  // runs on the system stack before this g continues; then cleared
  void* resume_arg;
  bool is_system;     // runtime goroutine: not counted, not printed
  bool leaf_fault;    // a fault in leaf C++ is being turned into a panic of the Go caller
  uint32_t gc_cycle;  // of which gcAssistBytes is the debt
  // Panics whose deferred calls this goroutine runs. Written by itself only, read by main at its
  // end, which waits for them (relaxed: it waits for a while, not for a state).
  Atomic<uint32_t> running_panics;
};

// What g does, whether a scanner has its stack or not.
inline uint32_t StatusOf(const g* g) { return g->atomicstatus.LoadAcquire() & ~uint32_t{kGScan}; }

constexpr uintptr_t kStackGuard = 928;  // stackguard0 - stack.lo
constexpr uintptr_t kStackSmall = 128;  // frames up to this compare SP itself with the guard
constexpr uintptr_t kStackLimit = 800;  // what a NOSPLIT chain may use below the guard
constexpr uintptr_t kStackMin = 2048;
constexpr uintptr_t kStackPreempt = static_cast<uintptr_t>(-1314);
constexpr uintptr_t kStackFork = static_cast<uintptr_t>(-1234);

}  // namespace gort::abi

namespace gort {
using G = abi::g;
}

#endif  // GORT_RUNTIME_ABI_G_H_
