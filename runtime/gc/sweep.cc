// SPDX-License-Identifier: BSD-3-Clause
//
// The parts of the sweep that know about more than one span's bits (those: mem/central.cc).
//
// Before: runtime/gc/sweep.h   After: runtime/gc/cycle.cc
#include "runtime/gc/sweep.h"

#include "runtime/base/lock.h"
#include "runtime/base/upcalls.h"
#include "runtime/gc/cycle.h"
#include "runtime/gc/finalizer.h"
#include "runtime/mem/central.h"
#include "runtime/mem/profile.h"
#include "runtime/sched/scheduler.h"

namespace gort::gc {

namespace {

// Classes below it have nothing left; it only grows during a sweep.
Atomic<int32_t> next_class{mem::kSpanClasses};
Atomic<uint32_t> sweeping{0};

// Everything is swept: once per sweep.
void EndSweep() {
  if (!sweeping.CasAcqRel(1, 0)) return;
  mem::ProfileCycleSwept();
  SweepIsOver();
}

// Object i of s, which is not marked, has a finalizer behind `special`: it is going to be revived.
bool HasFinalizer(const mem::Span* s, const mem::Special* special, uint32_t i) {
  for (; special != nullptr; special = special->next) {
    if (s->IndexOf(s->base + special->offset) != i) return false;
    if (special->kind == mem::Special::kFinalizer) return true;
  }
  return false;
}

bool SweepOne() {
  for (int32_t c = next_class.LoadAcquire(); c < mem::kSpanClasses;) {
    if (mem::centrals[c].SweepOne()) return true;
    if (next_class.CasAcqRel(&c, c + 1)) c++;
  }
  return false;
}

}  // namespace

void BeginSweep() {
  next_class.StoreRelaxed(0);  // world stopped
  sweeping.StoreRelaxed(1);
}

bool SweepSome(int spans) {
  for (int i = 0; i < spans; i++) {
    if (SweepOne()) continue;
    // SeqCst: who took the last span was counted before the list was seen empty.
    if (mem::sweepers.LoadSeqCst() == 0) EndSweep();
    return false;
  }
  return true;
}

bool SweepAll() {
  constexpr int kBetweenLooks = 32;
  while (SweepSome(kBetweenLooks)) {
    if (sched::scheduler.gc_waiting.LoadAcquire() != 0) return false;
  }
  return true;
}

void EndSweepInStop() { EndSweep(); }

bool SweepWorkAvailable() {
  if (sweeping.LoadAcquire() == 0) return false;
  return next_class.LoadAcquire() < mem::kSpanClasses || mem::sweepers.LoadSeqCst() == 0;
}

void SweepSpecials(mem::Span* s) {
  mem::SpecialsGuard guard(s);
  uint32_t revived = s->nelems;  // the object that the last finalizer keeps for one more cycle
  mem::Special** at = &s->specials;
  while (mem::Special* special = *at) {
    uint32_t i = s->IndexOf(s->base + special->offset);
    uint64_t bit = uint64_t{1} << (i % 64);
    bool marked = (s->mark_bits[i / 64] & bit) != 0;
    if (special->kind == mem::Special::kProfile && !marked && !HasFinalizer(s, special, i)) {
      *at = special->next;
      mem::SampledObjectDied(special, s->elemsize);
      continue;
    }
    if (special->kind != mem::Special::kFinalizer || (marked && i != revived)) {
      at = &special->next;
      continue;
    }
    // All values in a block of the tiny allocator die together, each with its own finalizer.
    revived = i;
    s->mark_bits[i / 64] |= bit;
    *at = special->next;
    auto* finalizer = static_cast<FinalizerSpecial*>(special);
    QueueFinalizer(reinterpret_cast<void*>(s->base + special->offset), finalizer->call);
    FreeFinalizerSpecial(finalizer);
  }
}

}  // namespace gort::gc
