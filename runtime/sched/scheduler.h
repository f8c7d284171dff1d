// SPDX-License-Identifier: BSD-3-Clause
//
// The scheduler's own state and the calls its files make to each other. Everybody else includes
// sched.h.
//
// Three kinds of things and who owns them:
//
//   G  a goroutine   in exactly one place: running on an M, in one run queue, waiting (some wait
//                    list names it), or dead
//   P  right to run  held by one M, or in idle_ps, or in a system call that may lose it (status
//                    says which)
//   M  a thread      runs a P's goroutines, or spins (looks for work), or sleeps in idle_ms on its
//                    park word
//
// Who wakes whom. A thread that makes work visible wakes one idle P's worth of threads, but only
// when nobody spins already: a spinning M that finds work wakes the next before it runs it. The M
// that stops spinning looks at every queue once more AFTER it gave up the mark, the one that makes
// work looks for spinners AFTER it published the work; both with a full barrier between, so one of
// them sees the other (FindRunnable, WakeP).
//
//   running Ms + spinning Ms + idle Ms + Ms in system calls + sysmon = all Ms
//   idle_p_count = length of idle_ps;  spinning_ms <= number of Ms that hold a P and no G
//
// Before: runtime/sched/sched.h   After: runtime/sched/run_queue.h
#ifndef GORT_RUNTIME_SCHED_SCHEDULER_H_
#define GORT_RUNTIME_SCHED_SCHEDULER_H_

#include "runtime/abi/p.h"
#include "runtime/base/lock.h"
#include "runtime/base/note.h"
#include "runtime/sched/event_trace.h"
#include "runtime/sched/run_queue.h"
#include "runtime/sched/sched.h"

namespace gort::sched {

constexpr int32_t kMaxProcs = 1 << 10;

struct Scheduler {
  constexpr Scheduler() = default;

  Atomic<int64_t> next_goid{1};
  Atomic<int64_t> last_poll{0};   // ns of the last look at the network; 0 while an M sleeps in it
  Atomic<int64_t> poll_until{0};  // when that sleep ends by itself; 0: no time set

  Lock lock{LockRank::kScheduler};  // guards what follows unless a line says otherwise

  M* idle_ms = nullptr;  // linked by schedlink
  int32_t idle_m_count = 0;
  int32_t idle_locked_m_count = 0;  // asleep, waiting for their locked goroutine
  int64_t next_m_id = 0;
  int32_t max_m_count = 10000;
  int32_t system_m_count = 0;  // not counted for deadlock
  int64_t freed_m_count = 0;

  // Changed with plain atomic operations too: goroutines that do not keep the program alive.
  Atomic<int32_t> system_goroutines{0};

  P* idle_ps = nullptr;  // linked by link
  Atomic<int32_t> idle_p_count{0};
  Atomic<int32_t> spinning_ms{0};

  GQueue runq;                   // the global run queue
  Atomic<int32_t> runq_size{0};  // written under lock, read as a hint

  GList dead_with_stack;
  GList dead_without_stack;
  int32_t dead_count = 0;

  // Stop the world (stop_world.cc).
  Atomic<uint32_t> gc_waiting{0};
  int32_t stop_wait = 0;
  Note stop_note;
  // All Ps are to run a function at their next safe point.
  void (*safe_point_fn)(P*) = nullptr;
  int32_t safe_point_wait = 0;
  Note safe_point_note;

  Atomic<uint32_t> sysmon_wait{0};
  Note sysmon_note;

  int64_t procresize_time = 0;
  int64_t total_time = 0;
};
extern Scheduler scheduler;

extern M* all_ms;  // linked by alllink; published with release under scheduler.lock
extern bool main_started;
extern bool sysmon_started;
extern int32_t processors;  // of the machine that this process may use

inline M* CurrentM();  // of the calling thread, which runs on a system stack
inline Note* ParkNote(M* m) { return reinterpret_cast<Note*>(&m->park_word); }

// ---- status.cc ----
// The status of g, without the scan bit's owner having to be waited for.
inline uint32_t ReadStatus(const G* g) { return g->atomicstatus.LoadAcquire(); }
// Moves g from one status to another; waits while a scanner owns the stack.
void CasStatus(G* g, abi::GStatus from, abi::GStatus to);

// ---- suspend.cc ----
// Stops g, whose stack belongs to the caller until Resume. False: g is dead. The caller has a P
// and is not g.
bool Suspend(G* g, bool* stopped);
void Resume(G* g, bool stopped);

// ---- schedule.cc ----
void SpillRunQueue(P* p);  // to the global queue
[[noreturn]] void Execute(G* g, bool inherit_time);
void ResetSpinning();
void InjectList(GList* list);  // makes all of them runnable, from status waiting
[[noreturn]] void YieldToGlobalQueue(G* g, bool preempted = false);
[[noreturn]] void YieldToLocalQueue(G* g);
void GlobalRunQueuePut(G* g);             // tail; lock held
void GlobalRunQueuePutHead(G* g);         // lock held
G* GlobalRunQueueGet(P* p, int32_t max);  // lock held; moves a share to p's queue
void PutRunnable(P* p, G* g, bool next);  // p: of this M
void RunSafePointFn(P* p);
void WakeP();
void CheckDeadlock();  // lock held

// ---- m.cc ----
void StartM(P* p, bool spinning);
void StopM();
// Takes the Ps of Ms whose threads have been started with one and have not come to it; lock held.
void TakeNextPs(void (*take)(P*));
void HandOffP(P* p);
void NewM(void (*fn)(), P* p);
void StartThreadOf(M* m);  // m is set up; its thread begins
void StopLockedM();
void StartLockedM(G* g);
[[noreturn]] void ExitM();
void AcquireP(P* p);
P* ReleaseP();
void IdlePut(P* p);        // lock held
P* IdleGet();              // lock held
void CheckMCountLocked();  // throws when there are more than SetMaxThreads allows
void InitM0();             // boot: the calling thread is m0, g = its g0
void RegisterM0();         // boot: counts it, once memory works
M* M0();
void LockOSThreadInternal();  // the runtime's own nesting
void UnlockOSThreadInternal();

// ---- template_thread.cc ----
// Made now if it is not there; the calling thread is not locked.
void EnsureTemplateThread();
void StartFromTemplate(M* m);
// Signals that the process was started with blocked, if it was: somebody receives them.
void UnblockSignal(uint32_t sig);
void BlockSignal(uint32_t sig);

// Held by any number of readers or by one writer. Who does not get it tries again.
class ReadWriteWord {
 public:
  bool TryAcquireRead() {
    int32_t readers = word_.LoadRelaxed();  // decided by the CAS
    return readers >= 0 && word_.CasAcqRel(readers, readers + 1);
  }
  void ReleaseRead() { word_.FetchAddAcqRel(-1); }
  bool TryAcquireWrite() { return word_.CasAcqRel(0, -1); }
  void ReleaseWrite() { word_.StoreRelease(0); }

 private:
  Atomic<int32_t> word_{0};
};
extern ReadWriteWord exec_lock;  // threads are made: read; exec: write

// ---- p.cc ----
// Changes the number of Ps; world stopped, lock held. Returns Ps with local work, linked by link.
P* ResizeProcs(int32_t count);
void FlushSudogs(P* p);  // sudog.cc

// ---- newproc.cc ----
int64_t NextGoid(P* p);
void FlushDeadGsLocked(P* p);  // lock held
[[noreturn]] void FinishGoroutine(G* g);

// ---- syscall.cc, syscall_leaf.cc ----
// The goroutine that m runs enters a system call: anybody may take its P from here on. True:
// somebody waits for that, or for a function to be run for p.
GORT_ALWAYS_INLINE bool LetGoForSyscall(M* m, P* p) {
  p->m = nullptr;
  m->p = nullptr;
  p->status.StoreSeqCst(abi::kPSyscall);  // SeqCst: before the looks at who waits
  // Relaxed: sysmon goes to sleep under the lock by which this M got its P, and only while all Ps
  // are idle or gc_waiting is set.
  return (scheduler.sysmon_wait.LoadRelaxed() | scheduler.gc_waiting.LoadSeqCst() |
          p->runSafePointFn) != 0;
}

// ---- stop_world.cc ----
// The right to stop the world, without stopping it yet. False: somebody else has it.
bool TryHoldWorld();
// Whoever needs it to go on may sleep: ReleaseWorld wakes a P that looks for the collector's work.
bool WorldIsHeld();
void ReleaseWorld();
// The collector, who holds the world; StartTheWorld gives it back.
void StopHeldWorld(const char* reason, event_trace::Stop stop);
// Calls fn once for every P at a moment when its owner is at a safe point, or nobody owns it. The
// caller holds the world and runs no goroutine.
void ForEachP(void (*fn)(P*));
void StopForWorld();  // gc_waiting is set: gives the P up and sleeps until it is wanted again
// Asks all that run, by guard and signal, or by the guard alone. False: there are none.
bool PreemptAll();
void PreemptAllByGuard();
// What a system entry does that has to wait for a thread: gives the P away, runs wait(arg) without
// one, and comes back with a P. The goroutine counts as waiting for `reason` meanwhile (kWaitZero:
// as in a system call), and keeps its M.
void BlockInPlace(void (*wait)(void*), void* arg, abi::WaitReason reason);
// g, for which this M works without a P, waits (or is in a system call) no longer: the M goes on
// with an idle P, or sleeps until it is given one.
void ReturnWithAnyP(G* g);

// ---- sysmon.cc, preempt.cc ----
void StartSysmon();
void WakeSysmonLocked();  // lock held
bool PreemptOne(P* p);

// ---- timer.cc ----
struct TimerCheck {
  int64_t now;         // 0: not asked
  int64_t poll_until;  // when the next timer of this P is due; 0: none
  bool ran;
};
TimerCheck CheckTimers(P* p, int64_t now);
int64_t NextTimerOfAll();         // when the first timer of any P is due; 0: there is none
void MoveTimers(P* from, P* to);  // world stopped
void WakePollerBefore(int64_t when);

// ---- netpoll (runtime/os/poll.cc) ----
void NetpollInit();  // at the first use; any number of times
bool NetpollInitialised();
// Goroutines that can go on. delay: 0 do not wait, < 0 wait without limit, else ns.
GList Netpoll(int64_t delay);
void NetpollBreak();
bool NetpollHasWaiters();

}  // namespace gort::sched

#include "arch/arch.h"

namespace gort::sched {
inline M* CurrentM() { return arch::GetG()->m; }
}  // namespace gort::sched

#endif  // GORT_RUNTIME_SCHED_SCHEDULER_H_
