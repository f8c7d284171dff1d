// SPDX-License-Identifier: BSD-3-Clause
//
// The finalizers among the specials, the queue of their calls, and what its goroutine asks for.
//
// The call that runs stays in `running` until the goroutine says that it is done: its argument
// block is copied to the stack some time in between, and until then nothing else keeps the object
// alive.
//
// Before: runtime/gc/finalizer.h   After: runtime/gc/cycle.h
#include "runtime/gc/finalizer.h"

#include "asm/gen/entries.h"
#include "runtime/abi/roots.h"
#include "runtime/base/check.h"
#include "runtime/base/lock.h"
#include "runtime/base/upcalls.h"
#include "runtime/gc/roots.h"
#include "runtime/mem/arena.h"
#include "runtime/mem/fixed_alloc.h"
#include "runtime/mem/malloc.h"
#include "runtime/sched/scheduler.h"

namespace gort::gc {
namespace {

struct Queued {
  Queued* next;
  FinalizerCall call;
  void* obj;
};

// Argument block of a call: interface word or object, object, results. The finalizer goroutine's
// alone.
constexpr uintptr_t kSmallFrame = 128;

mem::FixedAlloc<FinalizerSpecial> finalizer_specials;
mem::FixedAlloc<Queued> queue_cells;

Lock queue_lock(LockRank::kFinalizers);
// Guarded by queue_lock.
Queued* first_queued;
Queued* last_queued;
G* finalizer_g;
bool finalizer_g_waits;
// Only the finalizer goroutine changes these; the collector reads them while it is stopped.
Queued running;
alignas(16) uint8_t small_frame[kSmallFrame];

// The span is found by the next cycle.
void NoteFinalizer(mem::Span* s) {
  mem::Arena* arena = mem::ArenaOf(s->base);
  uint32_t page = static_cast<uint32_t>(s->base >> mem::kPageShift) % mem::kPagesPerArena;
  __atomic_fetch_or(&arena->finalizers[page / 64], uint64_t{1} << (page % 64), __ATOMIC_RELAXED);
}

void MarkFinalizer(mem::Span* s, FinalizerSpecial* special) {
  MarkSpecial(WorkOf(sched::CurrentM()->p), s, *special);
}

bool IsAt(const mem::Special* special, uintptr_t offset, mem::Special::Kind kind) {
  return special != nullptr && special->offset == offset && special->kind == kind;
}

}  // namespace

bool AddFinalizer(void* obj, const FinalizerCall& call) {
  uintptr_t address = reinterpret_cast<uintptr_t>(obj);
  mem::Span* s = mem::FindSpan(address);
  GORT_CHECK(s != nullptr, "addspecial on invalid pointer");
  FinalizerSpecial* special = finalizer_specials.Alloc();
  special->offset = address - s->base;
  special->kind = mem::Special::kFinalizer;
  special->call = call;
  {
    mem::SpecialsGuard guard(s);
    mem::Special** at = mem::FindSpecial(s, special->offset, special->kind);
    if (!IsAt(*at, special->offset, special->kind)) {
      special->next = *at;
      *at = special;
      NoteFinalizer(s);
      // Roots of this cycle, which may have been looked at.
      if (roots->writeBarrier->enabled) MarkFinalizer(s, special);
      return true;
    }
  }
  finalizer_specials.Free(special);
  return false;
}

void RemoveFinalizer(void* obj) {
  uintptr_t address = reinterpret_cast<uintptr_t>(obj);
  mem::Span* s = mem::FindSpan(address);
  GORT_CHECK(s != nullptr, "removespecial on invalid pointer");
  mem::Special* removed = nullptr;
  {
    mem::SpecialsGuard guard(s);
    mem::Special** at = mem::FindSpecial(s, address - s->base, mem::Special::kFinalizer);
    if (IsAt(*at, address - s->base, mem::Special::kFinalizer)) {
      removed = *at;
      *at = removed->next;
    }
  }
  if (removed != nullptr) finalizer_specials.Free(static_cast<FinalizerSpecial*>(removed));
}

void StartFinalizerGoroutine() {
  {
    LockGuard guard(&queue_lock);
    if (finalizer_g != nullptr) return;
    // Its own address stands for "being made": there is no g yet and no second one may come.
    finalizer_g = reinterpret_cast<G*>(&finalizer_g);
  }
  G* creator = sched::CurrentM()->curg;
  // No go statement of the program made it.
  G* g = sched::NewGoroutine(roots->runfinq, nullptr, 0, creator, 0);
  g->is_system = true;
  LockGuard guard(&queue_lock);
  finalizer_g = g;
}

void FreeFinalizerSpecial(FinalizerSpecial* special) { finalizer_specials.Free(special); }

void QueueFinalizer(void* obj, const FinalizerCall& call) {
  Queued* cell = queue_cells.Alloc();
  cell->call = call;
  cell->obj = obj;
  LockGuard guard(&queue_lock);
  (last_queued != nullptr ? last_queued->next : first_queued) = cell;
  last_queued = cell;
}

void WakeFinalizerGoroutine() {
  G* g = nullptr;
  {
    LockGuard guard(&queue_lock);
    if (first_queued != nullptr && finalizer_g_waits) {
      finalizer_g_waits = false;
      g = finalizer_g;
    }
  }
  if (g != nullptr) sched::Ready(g);
}

void ForEachQueued(void (*visit)(void* pointer, void* arg), void* arg) {
  LockGuard guard(&queue_lock);
  for (Queued* cell = first_queued; cell != nullptr; cell = cell->next) {
    visit(cell->call.fn, arg);
    visit(cell->obj, arg);
  }
  visit(running.call.fn, arg);
  visit(running.obj, arg);
}

// ---- Entered from Go ----

namespace {

// Puts the next call into the results of nextFinalizer; false: the queue is empty.
bool TakeNext(entry::nextFinalizer* a) {
  Queued* cell;
  {
    LockGuard guard(&queue_lock);
    cell = first_queued;
    if (cell == nullptr) return false;
    first_queued = cell->next;
    if (first_queued == nullptr) last_queued = nullptr;
  }
  running = *cell;
  queue_cells.Free(cell);
  // The queue may not have been looked at, and `running` may.
  Shade(reinterpret_cast<void*>(running.call.fn));
  Shade(running.obj);
  uintptr_t words = running.call.interface_word != nullptr ? 2 : 1;
  uintptr_t size = words * abi::kWord + running.call.result_size;
  auto* frame = reinterpret_cast<void**>(
      size <= kSmallFrame ? small_frame : static_cast<uint8_t*>(mem::SysAlloc(size)));
  for (uintptr_t i = 0; i < size / abi::kWord; i++) frame[i] = nullptr;
  if (words == 2) frame[0] = running.call.interface_word;
  frame[words - 1] = running.obj;
  a->fn = running.call.fn;
  a->frame = frame;
  a->siz = static_cast<uint32_t>(size);
  return true;
}

// The goroutine is parked: from here on the sweep may wake it, unless it has queued something
// meanwhile.
bool MayWait(G*, void*) {
  LockGuard guard(&queue_lock);
  finalizer_g_waits = first_queued == nullptr;
  return finalizer_g_waits;
}

void AfterWake(G* g, void*) {
  // There is something in the queue, which this goroutine alone empties.
  TakeNext(arch::ParkArgsOf<entry::nextFinalizer>(g));
}

}  // namespace

extern "C" void gort_nextFinalizer(entry::nextFinalizer* a) {
  G* g = sched::CurrentM()->curg;
  if (TakeNext(a)) sched::Continue(g);
  sched::SetResume(g, AfterWake, nullptr);
  sched::Park(MayWait, nullptr, abi::kWaitFinalizerWait);
}

extern "C" void gort_finalizerDone(entry::finalizerDone* a) {
  if (a->frame != small_frame) {
    uintptr_t words = running.call.interface_word != nullptr ? 2 : 1;
    mem::SysFree(a->frame, words * abi::kWord + running.call.result_size);
  }
  running = {};
}

}  // namespace gort::gc
