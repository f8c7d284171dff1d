// SPDX-License-Identifier: BSD-3-Clause
//
// A goroutine stops (Park) and goes on (Ready).
//
// Park runs on the system stack, at the end of an entry of kind park: g->sched already says where
// the goroutine continues, and its stack holds nothing but Go frames, so anybody may scan or move
// it from here on. What is left to do when it goes on (the results of the entry, a panic) is not in
// a frame either: the waker did it, or it is a resume function that Execute runs on the system
// stack just before the goroutine.
//
// The lost wake-up. A goroutine must not be readied before it is off its M, nor may a wake-up be
// missed between the decision to wait and the wait. So the lock of the wait list is held over the
// decision and released by the unlock function, which runs when the status already is waiting. If
// that function finds that the reason to wait is gone it returns false, and the goroutine goes on
// at once.
//
// Before: runtime/sched/status.cc   After: runtime/sched/schedule.cc
#include "asm/gen/entries.h"
#include "runtime/base/check.h"
#include "runtime/sched/event_trace.h"
#include "runtime/sched/scheduler.h"

namespace gort::sched {

void Park(bool (*unlock)(G*, void*), void* lock, abi::WaitReason reason) {
  M* m = CurrentM();
  G* g = m->curg;
  g->waitreason = reason;
  if (event_trace::Enabled()) event_trace::GoBlock(reason);
  CasStatus(g, abi::kGRunning, abi::kGWaiting);
  m->curg = nullptr;
  g->m = nullptr;
  if (unlock != nullptr && !unlock(g, lock)) {
    if (event_trace::Enabled()) event_trace::GoUnblock(g);
    CasStatus(g, abi::kGWaiting, abi::kGRunnable);
    Execute(g, true);
  }
  Schedule();
}

void Ready(G* g) {
  M* m = CurrentM();
  m->locks.StoreRelaxed(m->locks.LoadRelaxed() + 1);  // owner only; keeps this M's P
  if (event_trace::Enabled()) event_trace::GoUnblock(g);
  CasStatus(g, abi::kGWaiting, abi::kGRunnable);
  PutRunnable(m->p, g, true);
  WakeP();
  m->locks.StoreRelaxed(m->locks.LoadRelaxed() - 1);
}

namespace {

bool UnlockLock(G* /*g*/, void* lock) {
  static_cast<Lock*>(lock)->Release();
  return true;
}

// gopark's unlock function is Go code: func(*g, unsafe.Pointer) bool, called here on the system
// stack.
struct GoUnlock {
  G* g;
  void* lock;
  bool ret;
};

bool CallGoUnlock(G* g, void* fn) {
  GoUnlock args{g, CurrentM()->waitlock, false};
  arch::CallGo(static_cast<abi::funcval*>(fn), &args, sizeof(args));
  return args.ret;
}

}  // namespace

void ParkUnlock(Lock* lock, abi::WaitReason reason) { Park(UnlockLock, lock, reason); }

// ---- Entered from Go ----

extern "C" void gort_gopark(entry::gopark* a) {
  M* m = CurrentM();
  m->waitlock = a->lock;
  auto* unlock = reinterpret_cast<abi::funcval*>(a->unlockf);
  Park(unlock != nullptr ? CallGoUnlock : nullptr, unlock, static_cast<abi::WaitReason>(a->reason));
}

extern "C" void gort_goparkunlock(entry::goparkunlock* a) {
  Park(
      [](G*, void* lock) {
        UnlockWord(static_cast<abi::mutex*>(lock), LockRank::kUnranked);
        return true;
      },
      a->lock, static_cast<abi::WaitReason>(a->reason));
}

extern "C" void gort_lock(entry::lock* a) {
  LockWord(reinterpret_cast<abi::mutex*>(a->l), LockRank::kUnranked);
}
extern "C" void gort_unlock(entry::unlock* a) {
  UnlockWord(reinterpret_cast<abi::mutex*>(a->l), LockRank::kUnranked);
}

extern "C" void gort_wakep(entry::wakep*) { WakeP(); }

extern "C" void gort_goschedguarded(entry::goschedguarded*) {
  YieldToGlobalQueue(CurrentM()->curg);
}

extern "C" void gort_goready(entry::goready* a) { Ready(reinterpret_cast<G*>(a->gp)); }

extern "C" void gort_Gosched(entry::Gosched*) { YieldToGlobalQueue(CurrentM()->curg); }

// What the body of Gosched that stock gc inlines into other packages passes to mcall. g is the
// argument: mcall calls it on the system stack.
extern "C" void gort_gosched_m(entry::gosched_m* a) {
  YieldToGlobalQueue(reinterpret_cast<G*>(a->gp));
}

}  // namespace gort::sched
