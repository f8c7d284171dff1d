// SPDX-License-Identifier: BSD-3-Clause
//
// Marking once more, from the roots and with nothing else going on: what that marks, the cycle has
// missed. Marks are only added, so the cycle can end as if nothing had happened. Frames without a
// map are left out: a dead word there is no reason why an object should have been marked. And the
// lists of all Ps and goroutines.
//
// Before: runtime/gc/verify_holders.cc   After: runtime/gc/barrier.cc
#include <cstdlib>
#include <cstring>

#include "runtime/base/check.h"
#include "runtime/gc/roots.h"
#include "runtime/gc/verify.h"
#include "runtime/gc/worker.h"
#include "runtime/mem/page_heap.h"
#include "runtime/sched/scheduler.h"

namespace gort::gc {
namespace {

// The mark bits of all spans, one after the other in the order of addresses.
struct Snapshot {
  uint64_t* words;
  uintptr_t size;
};

uintptr_t WordsOf(const mem::Span* s) {
  return s->state.LoadAcquire() == mem::SpanState::kInUse ? (s->nelems + 63) / 64 : 0;
}

void AddSize(mem::Span* s, void* arg) { static_cast<Snapshot*>(arg)->size += WordsOf(s); }

void Save(mem::Span* s, void* arg) {
  auto* snapshot = static_cast<Snapshot*>(arg);
  uintptr_t n = WordsOf(s);
  if (n != 0) memcpy(snapshot->words + snapshot->size, s->mark_bits, n * sizeof(uint64_t));
  snapshot->size += n;
}

void Compare(mem::Span* s, void* arg) {
  auto* snapshot = static_cast<Snapshot*>(arg);
  for (uintptr_t w = 0; w < WordsOf(s); w++) {
    uint64_t fresh = s->mark_bits[w] & ~snapshot->words[snapshot->size++];
    if (fresh == 0) continue;
    uintptr_t i = w * 64 + static_cast<uintptr_t>(__builtin_ctzll(fresh));
    ReportWhite(s->base + i * s->elemsize, "marking again has found it");
  }
}

void VerifyListsOf(G* g, void*) {
  VerifyWaiting(g);
  VerifyDefers(g);
}

}  // namespace

void VerifyLists() {
  for (int32_t i = 0; i < sched::all_ps_count; i++) {
    VerifyRunQueue(sched::all_ps[i]);
    VerifyTimers(sched::all_ps[i]);
  }
  // Relaxed: the world is stopped.
  VerifyGlobalQueue(sched::scheduler.runq, sched::scheduler.runq_size.LoadRelaxed());
  sched::ForEachG(VerifyListsOf, nullptr);
}

void VerifyByMarkingAgain() {
  Snapshot snapshot{nullptr, 0};
  mem::page_heap::ForEachSpan(AddSize, &snapshot);
  snapshot.words = static_cast<uint64_t*>(std::malloc(snapshot.size * sizeof(uint64_t) + 1));
  GORT_CHECK(snapshot.words != nullptr, "out of memory");
  snapshot.size = 0;
  mem::page_heap::ForEachSpan(Save, &snapshot);
  PrepareRoots();
  mark_state.verifying = true;
  MarkAllInStop();
  mark_state.verifying = false;
  snapshot.size = 0;
  mem::page_heap::ForEachSpan(Compare, &snapshot);
  std::free(snapshot.words);
}

}  // namespace gort::gc
