// SPDX-License-Identifier: BSD-3-Clause
//
// What every P, M and G does, on standard error, in stock's format. It is read without stopping
// anybody, so numbers of one line may be of different moments.
//
// Before: runtime/sched/trace.h   After: runtime/sched/init.cc
#include "runtime/sched/trace.h"

#include "runtime/base/debug_vars.h"
#include "runtime/base/print.h"
#include "runtime/sched/scheduler.h"

namespace gort::sched {

namespace {

int64_t start_time = 0;

void PrintSchedTraceLocked(bool detailed);

int64_t IdOf(const M* m) { return m == nullptr ? -1 : m->id; }
int64_t IdOf(const G* g) { return g == nullptr ? -1 : g->goid; }
int64_t IdOf(const P* p) { return p == nullptr ? -1 : p->id; }
const char* Bool(bool b) { return b ? "true" : "false"; }

void PrintG(G* g, void* /*arg*/) {
  Print("  G", g->goid, ": status=", static_cast<int>(ReadStatus(g)), "(",
        WaitReasonText(g->waitreason), ") m=", IdOf(g->m), " lockedm=", IdOf(g->lockedm), "\n");
}

}  // namespace

void PrintSchedTrace(bool detailed) {
  LockGuard guard(&scheduler.lock);
  PrintSchedTraceLocked(detailed);
}

void PrintLastState() {
  if (debug_vars.gortsched == 0) return;
  Print("\nGODEBUG=gortsched=", debug_vars.gortsched, "\n");
  // Whoever dies may hold the lock, and nobody else changes much any more.
  bool locked = scheduler.lock.TryAcquire();
  PrintSchedTraceLocked(true);
  if (locked) scheduler.lock.Release();
}

namespace {

void PrintSchedTraceLocked(bool detailed) {
  int64_t now = Nanotime();
  if (start_time == 0) start_time = now;
  Print("SCHED ", (now - start_time) / 1000000, "ms: gomaxprocs=", gomaxprocs,
        " idleprocs=", scheduler.idle_p_count.LoadRelaxed(), " threads=", MCount(),
        " spinningthreads=", scheduler.spinning_ms.LoadRelaxed(),
        " idlethreads=", scheduler.idle_m_count, " runqueue=", scheduler.runq_size.LoadRelaxed());
  if (detailed) {
    Print(" gcwaiting=", scheduler.gc_waiting.LoadRelaxed(),
          " nmidlelocked=", scheduler.idle_locked_m_count, " stopwait=", scheduler.stop_wait,
          " sysmonwait=", scheduler.sysmon_wait.LoadRelaxed(), "\n");
  }
  for (int32_t i = 0; i < all_ps_count; ++i) {
    P* p = all_ps[i];
    if (detailed) {
      Print("  P", i, ": status=", p->status.LoadRelaxed(), " schedtick=", p->schedtick,
            " syscalltick=", p->syscalltick, " m=", IdOf(p->m), " runqsize=", RunQueueLength(p),
            " gfreecnt=", p->gFree_count, " timerslen=", p->timers_len, "\n");
    } else {
      Print(i == 0 ? " [" : " ", RunQueueLength(p), i == all_ps_count - 1 ? "]\n" : "");
    }
  }
  if (!detailed) return;
  for (M* m = all_ms; m != nullptr; m = m->alllink) {
    Print("  M", m->id, ": p=", IdOf(m->p), " curg=", IdOf(m->curg), " mallocing=", m->mallocing,
          " throwing=", m->throwing, " preemptoff=", m->preemptoff == nullptr ? "" : m->preemptoff,
          " locks=", m->locks.LoadRelaxed(), " dying=", m->dying);
    Print(" spinning=", Bool(m->spinning), " blocked=", Bool(m->blocked),
          " lockedg=", IdOf(m->lockedg), "\n");
  }
  ForEachG(PrintG, nullptr);
}

}  // namespace

}  // namespace gort::sched
