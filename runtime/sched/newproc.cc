// SPDX-License-Identifier: BSD-3-Clause
//
// Goroutines begin and end.
//
// A `go f(x)` calls newproc(siz, fn, argument block...). The new goroutine's stack is made to look
// as if goexit had called f:
//
//      hi  -> |  room for a frame of goexit   |
//             |  argument block, siz bytes    |  <- sp at the call (+ kFixedFrame)
//             |  goexit + kPcQuantum          |     return address (link register on cpus that have
//                                                   one)
//
// so f returns into goexit, an unwinder that comes there knows that the stack ends, and goexit
// leaves for FinishGoroutine. A finished g keeps its stack if that has the initial size, and waits
// on its P's free list, whose overflow goes to the scheduler's.
//
// Numbers (goid) are handed out to Ps in batches of 16, as in stock: programs print them.
//
// Before: runtime/sched/p.cc   After: runtime/sched/main.cc
#include <string.h>

#include "asm/gen/entries.h"
#include "runtime/abi/roots.h"
#include "runtime/base/check.h"
#include "runtime/base/upcalls.h"
#include "runtime/mem/malloc.h"
#include "runtime/panic/panic.h"  // upward: a goroutine that ends has no panics left
#include "runtime/sched/event_trace.h"
#include "runtime/sched/scheduler.h"
#include "runtime/stack/stack.h"
#include "runtime/unwind/unwinder.h"

namespace gort::sched {

namespace {

constexpr int32_t kGoidBatch = 16;
constexpr int32_t kFreeGsOfP = 64;
// Above the argument block: what goexit's frame may need.
constexpr uintptr_t kTopRoom = 4 * sizeof(void*);

Lock all_gs_lock(LockRank::kAllGs);
G* all_gs_head = nullptr;
G* all_gs_tail = nullptr;
int32_t all_gs_count = 0;

void AddToAllGs(G* g) {
  LockGuard guard(&all_gs_lock);
  if (all_gs_tail == nullptr) {
    __atomic_store_n(&all_gs_head, g, __ATOMIC_RELEASE);
  } else {
    // Release: walkers go along without the lock.
    __atomic_store_n(&all_gs_tail->alllink, g, __ATOMIC_RELEASE);
  }
  all_gs_tail = g;
  __atomic_store_n(&all_gs_count, all_gs_count + 1, __ATOMIC_RELEASE);
}

void SetStack(G* g, abi::Stack stack) {
  g->stack = stack;
  g->stackguard0 = stack.lo + abi::kStackGuard;
}

// lock held
void GlobalFreePut(G* g) {
  (g->stack.lo == 0 ? scheduler.dead_without_stack : scheduler.dead_with_stack).Push(g);
  ++scheduler.dead_count;
}

void FreePut(P* p, G* g) {
  GORT_CHECK(ReadStatus(g) == abi::kGDead, "gfput: bad status (not Gdead)");
  if (g->stack.size() != abi::kStackMin) {
    stack::Free(g->stack);
    g->stack = {};
    g->stackguard0 = 0;
  }
  g->schedlink = p->gFree;
  p->gFree = g;
  if (++p->gFree_count < kFreeGsOfP) return;
  LockGuard guard(&scheduler.lock);
  while (p->gFree_count >= kFreeGsOfP / 2) {
    G* each = p->gFree;
    p->gFree = each->schedlink;
    --p->gFree_count;
    GlobalFreePut(each);
  }
}

G* FreeGet(P* p) {
  if (p->gFree == nullptr &&
      (!scheduler.dead_with_stack.empty() || !scheduler.dead_without_stack.empty())) {
    LockGuard guard(&scheduler.lock);
    while (p->gFree_count < kFreeGsOfP / 2) {
      G* g = scheduler.dead_with_stack.Pop();
      if (g == nullptr) g = scheduler.dead_without_stack.Pop();
      if (g == nullptr) break;
      --scheduler.dead_count;
      g->schedlink = p->gFree;
      p->gFree = g;
      ++p->gFree_count;
    }
  }
  G* g = p->gFree;
  if (g == nullptr) return nullptr;
  p->gFree = g->schedlink;
  --p->gFree_count;
  if (g->stack.lo == 0) SetStack(g, stack::Alloc(abi::kStackMin));
  return g;
}

G* MakeG() {
  auto* g = static_cast<G*>(mem::PersistentAlloc(sizeof(G), 64));
  SetStack(g, stack::Alloc(abi::kStackMin));
  g->atomicstatus.StoreRelease(abi::kGDead);  // a collector may see it from here on
  AddToAllGs(g);
  return g;
}

// The runtime's own goroutines are those whose function is in package runtime, except the main
// goroutine and, while it runs a user's finalizer, the finalizer goroutine.
bool IsSystemFunction(uintptr_t pc) {
  const char* name = unwind::FuncName(unwind::FindFunc(pc));
  if (strncmp(name, "runtime.", 8) != 0) return false;
  if (strcmp(name, "runtime.main") == 0 || strcmp(name, "runtime.handleAsyncEvent") == 0)
    return false;
  // Exported functions of package runtime that a user starts are the user's.
  return !(name[8] >= 'A' && name[8] <= 'Z');
}

}  // namespace

int64_t NextGoid(P* p) {
  if (p->goidcache == p->goidcacheend) {
    int64_t first = scheduler.next_goid.FetchAddAcqRel(kGoidBatch);
    p->goidcache = static_cast<uint64_t>(first);
    p->goidcacheend = p->goidcache + kGoidBatch;
  }
  return static_cast<int64_t>(p->goidcache++);
}

void FlushDeadGsLocked(P* p) {
  while (G* g = p->gFree) {
    p->gFree = g->schedlink;
    GlobalFreePut(g);
  }
  p->gFree_count = 0;
}

G* AllGsHead() { return __atomic_load_n(&all_gs_head, __ATOMIC_ACQUIRE); }

G* AllGsTail() {
  LockGuard guard(&all_gs_lock);
  return all_gs_tail;
}

void ForEachG(void (*visit)(G*, void*), void* arg) {
  for (G* g = AllGsHead(); g != nullptr; g = __atomic_load_n(&g->alllink, __ATOMIC_ACQUIRE))
    visit(g, arg);
}

int32_t GoroutineCount() {
  int32_t count = __atomic_load_n(&all_gs_count, __ATOMIC_ACQUIRE) - scheduler.dead_count -
                  scheduler.system_goroutines.LoadAcquire();
  for (int32_t i = 0; i < all_ps_count; ++i) count -= all_ps[i]->gFree_count;
  // The numbers were not read at one moment.
  return count < 1 ? 1 : count;
}

G* NewGoroutine(abi::funcval* fn, const void* args, int32_t size, G* creator,
                uintptr_t creator_pc) {
  M* m = CurrentM();
  if (fn == nullptr) {
    m->throwing = -1;  // the message is enough
    ThrowMisuse("go of nil func value");
  }
  m->locks.StoreRelaxed(m->locks.LoadRelaxed() + 1);  // owner only; keeps this M's P
  uintptr_t block = (static_cast<uintptr_t>(size) + 7) & ~uintptr_t{7};
  if (block >= abi::kStackMin - kTopRoom - 8)
    ThrowMisuse("newproc: function arguments too large for new goroutine");

  P* p = m->p;
  G* g = FreeGet(p);
  if (g == nullptr) g = MakeG();
  GORT_CHECK(g->stack.hi != 0, "newproc1: newg missing stack");
  GORT_CHECK(ReadStatus(g) == abi::kGDead, "newproc1: new g is not Gdead");

  uintptr_t total = (kTopRoom + block + 2 * arch::kFixedFrame + 15) & ~uintptr_t{15};
  uintptr_t sp = g->stack.hi - total;
  if (arch::kFixedFrame != 0) *reinterpret_cast<uintptr_t*>(sp) = 0;  // goexit was called by nobody
  if (block != 0)
    memcpy(reinterpret_cast<void*>(sp + arch::kFixedFrame), args, static_cast<size_t>(size));
  uintptr_t goexit = abi::roots->goexit->fn + arch::kPcQuantum;
  arch::InitGobuf(&g->sched, g, sp, goexit, fn);
  g->stktopsp = sp;
  g->gopc = creator_pc;
  g->startpc = fn->fn;
  if (creator != nullptr) {
    g->labels = creator->labels;
    g->ancestors = unwind::SaveAncestors(creator);
  }
  // Its stack is not scanned in this cycle, if it is new.
  if (GORT_UNLIKELY(abi::roots->writeBarrier->enabled)) {
    gc::Shade(fn);
    gc::Shade(g->labels);
    for (uintptr_t i = 0; i < block / sizeof(void*); ++i) {
      gc::Shade(reinterpret_cast<void**>(sp + arch::kFixedFrame)[i]);
    }
  }
  g->is_system = IsSystemFunction(g->startpc);
  if (g->is_system) scheduler.system_goroutines.FetchAddAcqRel(1);
  g->goid = NextGoid(p);
  if (event_trace::Enabled()) event_trace::GoCreate(g);
  CasStatus(g, abi::kGDead, abi::kGRunnable);
  PutRunnable(p, g, true);
  if (main_started) WakeP();
  m->locks.StoreRelaxed(m->locks.LoadRelaxed() - 1);
  return g;
}

void FinishGoroutine(G* g) {
  M* m = CurrentM();
  if (event_trace::Enabled()) event_trace::GoEnd();
  CasStatus(g, abi::kGRunning, abi::kGDead);
  if (g->is_system) {
    scheduler.system_goroutines.FetchAddAcqRel(-1);
    g->is_system = false;
  }
  g->m = nullptr;
  bool locked = g->lockedm != nullptr;
  g->lockedm = nullptr;
  m->lockedg = nullptr;
  g->preemptStop = false;
  g->paniconfault = false;
  panic::ClearPanics(g);
  g->writebuf = {};
  g->waitreason = abi::kWaitZero;
  g->param = nullptr;
  g->labels = nullptr;
  unwind::FreeAncestors(g);
  g->gcAssistBytes = 0;
  m->curg = nullptr;
  if (EndInitLock(m, g)) locked = m->lockedExt != 0;
  GORT_CHECK(m->lockedInt == 0, "internal lockOSThread error");
  FreePut(m->p, g);
  if (locked) {
    // The goroutine had a thread of its own, which may be in any state: the thread ends with it.
    ExitM();
  }
  Schedule();
}

// ---- Entered from Go ----

extern "C" void gort_newproc(entry::newproc* a) {
  G* g = CurrentM()->curg;
  // A timer function runs on the system stack.
  bool on_goroutine = g != nullptr && g->sched.sp != 0;
  arch::GoCaller caller = on_goroutine ? arch::CallerOf(g->sched) : arch::CallerOfLeaf(a);
  NewGoroutine(reinterpret_cast<abi::funcval*>(a->fn), &a->fn + 1, a->siz, g, caller.pc);
}

extern "C" void gort_goexit1(entry::goexit1*) { FinishGoroutine(CurrentM()->curg); }

}  // namespace gort::sched
