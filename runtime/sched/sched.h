// SPDX-License-Identifier: BSD-3-Clause
//
// The scheduler as the rest of the runtime sees it: goroutines (g), threads (m), the right to run
// Go code (p).
//
//   park.cc      a goroutine leaves its M (Park) and comes back (Ready)
//   schedule.cc  an M looks for work (Schedule), sleeps, is woken
//   newproc.cc   goroutines are made and end       run_queue.cc  per-P queues
//   m.cc         threads                            stop_world.cc, preempt.cc, sysmon.cc,
//                                                   syscall.cc
//
// Before: runtime/panic/panic.h   After: runtime/sched/park.cc
#ifndef GORT_RUNTIME_SCHED_SCHED_H_
#define GORT_RUNTIME_SCHED_SCHED_H_

#include "runtime/abi/p.h"
#include "runtime/base/stack_rules.h"

namespace gort::sched {

// Boot: m0, g0, Ps (GOMAXPROCS), random numbers. After mem::Init and stack::Init.
void Init();

// The running M never returns from Schedule: it runs goroutines.
[[noreturn]] GORT_SYSTEM_STACK void Schedule();

// Park the current goroutine. Called on the system stack from a park entry: g->sched already says
// where it continues (in the entry's stub, which returns). unlock(g, lock), if given, runs after
// the g is in kGWaiting; when it returns false the g goes on at once.
[[noreturn]] GORT_SYSTEM_STACK void Park(bool (*unlock)(G*, void*), void* lock,
                                         abi::WaitReason reason);
// How gort_newstack ends when g was asked to stop: in kGPreempted for whoever asked, or at the end
// of the global queue. g->sched is where it goes on.
[[noreturn]] GORT_SYSTEM_STACK void PreemptPark(G* g);
[[noreturn]] GORT_SYSTEM_STACK void YieldPreempted(G* g);
// Ends an entry of kind park whose result is stored: g goes on. With GODEBUG=gortsched it may yield
// first.
[[noreturn]] GORT_SYSTEM_STACK void Continue(G* g);
// Makes a parked goroutine runnable. Any stack; may be called with locks of rank below kScheduler
// held.
void Ready(G* g);
// Sets what runs on the system stack before g continues (see abi::g.resume).
inline void SetResume(G* g, void (*fn)(G*, void*), void* arg) {
  g->resume = fn;
  g->resume_arg = arg;
}

// New goroutine running fn with a copy of the argument block; from compiled code (newproc) or the
// runtime.
GORT_SYSTEM_STACK G* NewGoroutine(abi::funcval* fn, const void* args, int32_t size, G* creator,
                                  uintptr_t creator_pc);

// The main goroutine holds its thread while packages are initialised. A Goexit or a panic there
// ends that; true if it did.
bool EndInitLock(abi::m* m, G* g);

// All goroutines ever made, dead ones included, through g->alllink.
G* AllGsHead();
G* AllGsTail();
void ForEachG(void (*visit)(G*, void*), void* arg);
abi::m* AllMsHead();
extern P** all_ps;  // [0, all_ps_count)
extern int32_t all_ps_count;
extern int32_t gomaxprocs;
int32_t MCount();          // exact under the scheduler's lock
int32_t GoroutineCount();  // system goroutines not counted

// Stop the world: every P is in kPGCStop, no Go code runs but the caller's.
GORT_SYSTEM_STACK void StopTheWorld(const char* reason);
// False, and nothing has happened, when somebody else has stopped it. For a thread between two
// goroutines, which cannot wait.
GORT_SYSTEM_STACK bool TryStopTheWorld(const char* reason);
GORT_SYSTEM_STACK void StartTheWorld();

// The program dies: whoever can be stopped is, for good, so that what is printed stands still and
// nobody prints or exits meanwhile. Takes no locks and waits for nobody in particular.
void FreezeTheWorld();

const char* WaitReasonText(abi::WaitReason reason);

// Monotonic clock, ns. Any stack.
int64_t Nanotime();
// Cheap random number of the running M. Any stack.
uint32_t FastRand();
inline uint32_t FastRandN(uint32_t n) {
  return static_cast<uint32_t>((static_cast<uint64_t>(FastRand()) * n) >> 32);
}

// GODEBUG and environment (os/environ.cc): nullptr when not set.
const char* GetEnv(const char* name);

}  // namespace gort::sched

#endif  // GORT_RUNTIME_SCHED_SCHED_H_
