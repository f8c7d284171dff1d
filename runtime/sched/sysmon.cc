// SPDX-License-Identifier: BSD-3-Clause
//
// The watcher: a thread without a P that sees to it that nothing waits for a busy or sleeping
// scheduler.
//
//   Ps whose goroutine has been in the kernel for more than one of its rounds are handed over
//   goroutines that ran for 10 ms are asked to yield
//   every two minutes there is a collection
//   the network is polled when nobody did for 10 ms, timers that are due get an M
//
// It sleeps 20 us between rounds, doubles that after 50 rounds (1 ms) without anything to do, up to
// 10 ms, and sleeps for good while every P is idle: an idle program uses no processor time.
//
// Before: runtime/sched/syscall.cc   After: runtime/sched/deadlock.cc
#include "runtime/base/check.h"
#include "runtime/base/debug_vars.h"
#include "runtime/gc/cycle.h"  // upward: cycles begin by time, too
#include "runtime/mem/page_heap.h"
#include "runtime/os/clock.h"
#include "runtime/sched/event_trace.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sched/trace.h"

namespace gort::sched {

namespace {

constexpr int64_t kMillisecond = 1000 * 1000;
constexpr int64_t kForcePreempt = 10 * kMillisecond;
constexpr int64_t kPollPeriod = 10 * kMillisecond;
constexpr int64_t kLongestSleep = 60 * 1000 * kMillisecond;

// While P is handed over by a thread that is no M of the count, one is missing: it must not look
// like a deadlock.
void CountIdleLocked(int32_t change) {
  LockGuard guard(&scheduler.lock);
  scheduler.idle_locked_m_count += change;
  if (change > 0) CheckDeadlock();
}

bool RetakeOne(P* p, int64_t now) {
  abi::sysmontick* seen = &p->sysmontick_;
  uint32_t status = p->status.LoadAcquire();
  bool long_run = false;
  if (status == abi::kPRunning || status == abi::kPSyscall) {
    uint32_t tick =
        __atomic_load_n(&p->schedtick, __ATOMIC_RELAXED);  // a change is all that matters
    if (seen->schedtick != tick) {
      seen->schedtick = tick;
      seen->schedwhen = now;
    } else if (seen->schedwhen + kForcePreempt <= now) {
      PreemptOne(p);
      long_run = true;
    }
  }
  if (status != abi::kPSyscall) return false;
  uint32_t tick = __atomic_load_n(&p->syscalltick, __ATOMIC_RELAXED);
  if (!long_run && seen->syscalltick != tick) {
    seen->syscalltick = tick;
    seen->syscallwhen = now;
    return false;
  }
  // Nothing to gain by taking it, unless it lasts: then this thread can sleep deeply.
  if (RunQueueEmpty(p) &&
      scheduler.spinning_ms.LoadAcquire() + scheduler.idle_p_count.LoadAcquire() > 0 &&
      seen->syscallwhen + kForcePreempt > now) {
    return false;
  }
  CountIdleLocked(-1);
  bool taken = p->status.CasAcqRel(abi::kPSyscall, abi::kPIdle);
  if (taken) {
    if (event_trace::Enabled()) {
      event_trace::GoSysBlock(p);
      event_trace::ProcStop(p);
    }
    ++p->syscalltick;
    HandOffP(p);
  }
  CountIdleLocked(1);
  return taken;
}

bool Retake(int64_t now) {
  bool any = false;
  int32_t count = __atomic_load_n(&all_ps_count, __ATOMIC_ACQUIRE);
  for (int32_t i = 0; i < count; ++i) {
    if (RetakeOne(all_ps[i], now)) any = true;
  }
  return any;
}

// True if it slept because there was nothing to watch.
bool SleepWhileIdle(int64_t now) {
  if (debug_vars.schedtrace > 0 || gc::WantsScheduler()) return false;
  if (mem::page_heap::ScavengeDue()) return false;
  if (scheduler.gc_waiting.LoadAcquire() == 0 && scheduler.idle_p_count.LoadAcquire() != gomaxprocs)
    return false;
  {
    LockGuard guard(&scheduler.lock);
    if (scheduler.gc_waiting.LoadRelaxed() == 0 &&
        scheduler.idle_p_count.LoadRelaxed() != gomaxprocs)
      return false;
    int64_t next = NextTimerOfAll();
    if (next != 0 && next <= now) return false;
    scheduler.sysmon_wait.StoreSeqCst(1);
  }
  int64_t next = NextTimerOfAll();
  int64_t sleep = kLongestSleep;
  if (next != 0 && next - now < sleep) sleep = next > now ? next - now : 0;
  scheduler.sysmon_note.SleepFor(sleep);
  LockGuard guard(&scheduler.lock);
  scheduler.sysmon_wait.StoreRelaxed(0);  // under lock
  scheduler.sysmon_note.Clear();
  return true;
}

void PollNetwork(int64_t now) {
  int64_t last = scheduler.last_poll.LoadAcquire();
  if (!NetpollInitialised() || last == 0 || last + kPollPeriod >= now) return;
  if (!scheduler.last_poll.CasAcqRel(last, now)) return;
  GList ready = Netpoll(0);
  if (ready.empty()) return;
  CountIdleLocked(-1);
  InjectList(&ready);
  CountIdleLocked(1);
}

[[noreturn]] void Sysmon() {
  {
    LockGuard guard(&scheduler.lock);
    ++scheduler.system_m_count;
    CheckDeadlock();
  }
  int64_t last_trace = Nanotime();
  int32_t quiet_rounds = 0;
  uint32_t delay = 0;
  for (;;) {
    if (quiet_rounds == 0) {
      delay = 20;
    } else if (quiet_rounds > 50) {
      delay *= 2;
    }
    if (delay > 10 * 1000) delay = 10 * 1000;
    os::SleepMicroseconds(delay);
    int64_t now = Nanotime();
    if (SleepWhileIdle(now)) {
      quiet_rounds = 0;
      delay = 20;
      now = Nanotime();
    }
    PollNetwork(now);
    mem::page_heap::ScavengeInBackground(now);
    int64_t next = NextTimerOfAll();
    // A timer is overdue: every P is busy, or its M sleeps too long.
    if (next != 0 && next < now) StartM(nullptr, false);
    quiet_rounds = Retake(now) ? 0 : quiet_rounds + 1;
    // A cycle is due by time, or the collector has work and no P of its own.
    if (gc::LookFromSysmon(now)) StartM(nullptr, false);
    if (debug_vars.schedtrace > 0 && last_trace + debug_vars.schedtrace * kMillisecond <= now) {
      last_trace = now;
      PrintSchedTrace(debug_vars.scheddetail > 0);
    }
  }
}

}  // namespace

void StartSysmon() {
  NewM([] { Sysmon(); }, nullptr);
}

}  // namespace gort::sched
