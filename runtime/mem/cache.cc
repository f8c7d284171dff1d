// SPDX-License-Identifier: BSD-3-Clause
//
// Refilling and emptying a P's cache.
//
// Before: runtime/mem/cache.h   After: runtime/mem/malloc.cc
#include "runtime/mem/cache.h"

#include <cstring>

#include "arch/arch.h"
#include "runtime/base/check.h"
#include "runtime/base/debug_vars.h"
#include "runtime/base/lock.h"
#include "runtime/base/upcalls.h"
#include "runtime/mem/arena.h"
#include "runtime/mem/central.h"
#include "runtime/mem/malloc.h"
#include "runtime/mem/object_trace.h"
#include "runtime/mem/page_heap.h"
#include "runtime/mem/profile.h"
#include "runtime/mem/stats.h"

namespace gort::mem {

Atomic<uint64_t> heap_live;
Atomic<uint64_t> heap_trigger{~uint64_t{0}};
bool allocate_black = false;
Atomic<uint64_t> black_bytes;

void CountAllocated(uintptr_t bytes) {
  uint64_t live = heap_live.FetchAddRelaxed(bytes) + bytes;
  if (GORT_UNLIKELY(live >= heap_trigger.LoadRelaxed())) gc::RequestCollection();
  if (GORT_UNLIKELY(allocate_black)) gc::ChargeAllocation(bytes);
}

namespace {

Lock all_caches_lock(LockRank::kHeap);
Cache* all_caches;  // guarded by all_caches_lock
Cache* free_caches;
Cache* boot_cache;  // used until there is a P; the first P gets it
bool boot_cache_given;

// How much is cleared at once for callers that want zeroed memory of a class without pointers:
// little enough to be still in the first-level cache when it is used.
constexpr uintptr_t kClearAhead = 4096;

// ---- Samples ----

// Bytes allocated since sample_from count towards the next sample.
void CountTowardsSample(const Slot* slot, SlotTotals* totals) {
  if (totals->next_sample != ~uint64_t{0}) {
    uint64_t taken = slot->cursor - totals->sample_from;
    totals->next_sample = taken < totals->next_sample ? totals->next_sample - taken : 0;
  }
  totals->sample_from = slot->cursor;
}

// The limit of what is left of the run from sample_from on: its end, or the object that has the
// next sample in it.
uintptr_t LimitOf(const Slot* slot, const SlotTotals* totals) {
  uintptr_t room = slot->run_end - totals->sample_from;
  uintptr_t unsampled = totals->next_sample / slot->elemsize * slot->elemsize;
  return totals->sample_from + (unsampled < room ? unsampled : room);
}

void SetLimit(Slot* slot, SlotTotals* totals) {
  CountTowardsSample(slot, totals);
  slot->limit = LimitOf(slot, totals);
  if (slot->clean > slot->limit) slot->clean = slot->limit;
}

// The program has changed MemProfileRate.
void ChangeRate(Cache* cache, int64_t rate) {
  cache->profile_rate = rate;
  cache->large_next_sample = DrawNextSample(rate);
  for (int c = 0; c < kSpanClasses; c++) {
    Slot* slot = &cache->slots[c];
    SlotTotals* totals = &cache->totals[c];
    totals->next_sample = DrawNextSample(rate);
    totals->sample_from = slot->cursor;
    if (slot->span != nullptr) SetLimit(slot, totals);
  }
}

// The object at the cursor is a sample.
void TakeSample(Cache* cache, Slot* slot, SlotTotals* totals) {
  SampleAllocation(slot->cursor, slot->elemsize);
  // Counted from the end of this object, which itself may be allocated.
  totals->next_sample = DrawNextSample(cache->profile_rate);
  totals->sample_from = slot->cursor + slot->elemsize;
  slot->limit = LimitOf(slot, totals);
}

// Objects of the run that were handed out become part of the span's state.
void FinishRun(Slot* slot, SlotTotals* totals) {
  Span* s = slot->span;
  if (s == nullptr) return;
  uint32_t taken = static_cast<uint32_t>((slot->cursor - slot->run_start) / slot->elemsize);
  totals->finished += taken;
  CountTowardsSample(slot, totals);
  s->alloc_count += taken;
  // Runs are taken in ascending order, so everything below the cursor is used.
  s->free_index = static_cast<uint32_t>((slot->cursor - s->base) / slot->elemsize);
  slot->run_start = slot->cursor;
}

void ClearUpTo(Slot* slot, uintptr_t end) {
  uintptr_t from = slot->clean > slot->cursor ? slot->clean : slot->cursor;
  if (from < end) memset(reinterpret_cast<void*>(from), 0, end - from);
  slot->clean = end;
}

// Calls f(word, mask) for the words of a bitmap that hold the bits [first, end).
template <typename F>
void ForBits(uint64_t* bits, uint32_t first, uint32_t end, F f) {
  for (uint32_t i = first; i < end;) {
    uint32_t count = 64 - i % 64 < end - i ? 64 - i % 64 : end - i;
    f(&bits[i / 64], (count == 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1) << (i % 64));
    i += count;
  }
}

// Mark workers set other bits of the same words.
void MarkRun(Span* s, uint32_t first, uint32_t end) {
  ForBits(s->mark_bits, first, end,
          [](uint64_t* word, uint64_t mask) { __atomic_fetch_or(word, mask, __ATOMIC_RELAXED); });
  black_bytes.FetchAddRelaxed(uint64_t{end - first} * s->elemsize);  // a sum
}

void UnmarkRun(Span* s, uint32_t first, uint32_t end) {
  ForBits(s->mark_bits, first, end,
          [](uint64_t* word, uint64_t mask) { __atomic_fetch_and(word, ~mask, __ATOMIC_RELAXED); });
  black_bytes.FetchAddRelaxed(0 - uint64_t{end - first} * s->elemsize);
}

void TakeRun(Slot* slot, SlotTotals* totals, FreeRun run) {
  Span* s = slot->span;
  slot->cursor = slot->run_start = s->base + uintptr_t{run.first} * s->elemsize;
  slot->run_end = s->base + uintptr_t{run.end} * s->elemsize;
  slot->limit = slot->run_end;
  slot->clean = slot->cursor;
  if (!s->needzero) {
    slot->clean = slot->limit;
  } else if (!s->noscan()) {
    ClearUpTo(slot, slot->limit);
  }
  if (GORT_UNLIKELY(allocate_black)) MarkRun(s, run.first, run.end);
  CountAllocated(slot->run_end - slot->cursor);
  // Objects behind the run are still free as far as alloc_bits say; those of the run are the
  // cursor's. Release: a worker that takes them for objects finds them cleared and marked.
  __atomic_store_n(&s->free_index, run.end, __ATOMIC_RELEASE);
  totals->sample_from = slot->cursor;
  SetLimit(slot, totals);
}

void EmptySlot(Slot* slot, SlotTotals* totals, SpanClass span_class) {
  if (slot->span == nullptr) return;
  Span* s = slot->span;
  if (slot->cursor < slot->run_end) {
    // Objects that were not handed out.
    if (allocate_black) UnmarkRun(s, s->IndexOf(slot->cursor), s->IndexOf(slot->run_end));
    heap_live.FetchAddRelaxed(slot->cursor - slot->run_end);  // an estimate
  }
  FinishRun(slot, totals);
  // Memory below a `clean` that was not reached is zero, but nobody remembers that.
  if (slot->cursor > s->base) s->needzero = true;
  centrals[span_class].Return(s);
  slot->span = nullptr;
  slot->cursor = slot->clean = slot->limit = slot->run_start = slot->run_end = 0;
}

}  // namespace

// gortgcevery, allocfreetrace: every allocation comes here, and every n-th asks for a collection.
bool TakesOneAtATime() { return debug_vars.gortgcevery != 0 || TracesObjects(); }

void OneAtATime(Slot* slot, uintptr_t end) {
  static Atomic<uint64_t> count;
  slot->limit = end;
  slot->clean = slot->cursor;
  ClearUpTo(slot, end);
  uint64_t every = static_cast<uint64_t>(debug_vars.gortgcevery);
  if (every != 0 && (count.FetchAddRelaxed(1) + 1) % every == 0)
    gc::RequestCollection();  // a count
}

bool Refill(Cache* cache, SpanClass span_class, bool zero) {
  Slot* slot = &cache->slots[span_class];
  SlotTotals* totals = &cache->totals[span_class];
  if (int64_t rate = ProfileRate(); GORT_UNLIKELY(rate != cache->profile_rate)) {
    ChangeRate(cache, rate);
  }
  while (true) {
    if (slot->run_end - slot->cursor >= slot->elemsize) {
      uintptr_t needed = slot->cursor + slot->elemsize;
      if (needed - totals->sample_from > totals->next_sample) TakeSample(cache, slot, totals);
      if (GORT_UNLIKELY(TakesOneAtATime())) {
        OneAtATime(slot, needed);
        return true;
      }
      if (!zero || needed <= slot->clean) return true;
      uintptr_t ahead = slot->cursor + kClearAhead / slot->elemsize * slot->elemsize;
      ClearUpTo(slot, ahead < needed ? needed : ahead < slot->limit ? ahead : slot->limit);
      return true;
    }
    if (slot->span != nullptr) {
      FinishRun(slot, totals);
      FreeRun run = NextFreeRun(slot->span->alloc_bits, slot->span->nelems, slot->span->free_index);
      if (run.first < run.end) {
        TakeRun(slot, totals, run);
        continue;
      }
      EmptySlot(slot, totals, span_class);
    }
    Span* s = centrals[span_class].Take(span_class);
    if (s == nullptr) return false;
    slot->span = s;
    slot->bits_bias = reinterpret_cast<uintptr_t>(PointerBitsWord(s->base)) - s->base / 512 * 8;
    slot->cursor = slot->clean = slot->limit = slot->run_start = slot->run_end =
        s->base + uintptr_t{s->free_index} * s->elemsize;
    totals->sample_from = slot->cursor;
  }
}

Cache* CurrentCache() {
  G* g = arch::GetG();
  if (g != nullptr && g->m != nullptr && g->m->p != nullptr && g->m->p->mcache != nullptr) {
    return g->m->p->mcache;
  }
  GORT_CHECK(boot_cache != nullptr, "malloc without a P");
  return boot_cache;
}

Cache* NewCache() {
  LockGuard guard(&all_caches_lock);
  if (boot_cache != nullptr && !boot_cache_given) {
    boot_cache_given = true;
    return boot_cache;
  }
  Cache* cache = free_caches;
  if (cache != nullptr) {
    free_caches = cache->free_next;
    return cache;
  }
  cache = static_cast<Cache*>(PersistentAlloc(sizeof(Cache), alignof(Cache)));
  for (int c = 0; c < kSpanClasses; c++) {
    cache->slots[c].elemsize = kClasses[SizeClassOfSpan(static_cast<SpanClass>(c))].size;
  }
  cache->profile_rate = -1;  // nothing is drawn yet
  cache->all_next = all_caches;
  all_caches = cache;
  return cache;
}

void MakeBootCache() {
  if (boot_cache == nullptr) boot_cache = NewCache();
}

void ReleaseCache(Cache* cache) {
  FlushCache(cache);
  LockGuard guard(&all_caches_lock);
  cache->free_next = free_caches;
  free_caches = cache;
}

void FlushAllCaches() {
  for (Cache* cache = all_caches; cache != nullptr; cache = cache->all_next) FlushCache(cache);
}

void BeginBlackAllocation() {
  black_bytes.StoreRelaxed(0);  // world stopped
  allocate_black = true;
  for (Cache* cache = all_caches; cache != nullptr; cache = cache->all_next) {
    // The block is white, and values that are put into it later must not be.
    cache->tiny_cursor = cache->tiny_end = 0;
    cache->tiny_block = 0;
    for (const Slot& slot : cache->slots) {
      Span* s = slot.span;
      if (s == nullptr || slot.cursor >= slot.run_end) continue;
      MarkRun(s, s->IndexOf(slot.cursor), s->IndexOf(slot.run_end));
    }
  }
}

void EndBlackAllocation() {
  FlushAllCaches();
  allocate_black = false;
}

void FlushCache(Cache* cache) {
  for (int c = 0; c < kSpanClasses; c++) {
    EmptySlot(&cache->slots[c], &cache->totals[c], static_cast<SpanClass>(c));
  }
  cache->tiny_cursor = cache->tiny_end = 0;
  cache->tiny_block = 0;
}

uintptr_t CacheBytes() {
  uintptr_t n = 0;
  for (Cache* cache = all_caches; cache != nullptr; cache = cache->all_next) n += sizeof(Cache);
  return n;
}

OffHeapStats GetOffHeapStats() {
  page_heap::Stats pages = page_heap::GetStats();
  return {
      .all = off_heap_bytes.LoadRelaxed(),  // a statistic
      .spans = pages.span_bytes,
      .spans_in_use = pages.span_bytes_in_use,
      .caches = CacheBytes(),
      .mark_bits = MarkBitsBytes(),
      .profiles = ProfileBytes(),
  };
}

void ReadAllocStats(AllocStats* stats) {
  *stats = {};
  for (Cache* cache = all_caches; cache != nullptr; cache = cache->all_next) {
    for (int c = 0; c < kSpanClasses; c++) {
      const Slot& slot = cache->slots[c];
      uint64_t n = cache->totals[c].finished;
      if (slot.span != nullptr) n += (slot.cursor - slot.run_start) / slot.elemsize;
      stats->mallocs[SizeClassOfSpan(static_cast<SpanClass>(c))] += n;
    }
    stats->mallocs[0] += cache->large_mallocs;
    stats->large_alloc_bytes += cache->large_bytes;
    stats->tiny_allocs += cache->tiny_allocs;
  }
  for (int c = 0; c < kSizeClasses; c++) {
    stats->frees[c] = freed_objects[c].LoadRelaxed();  // statistics
  }
  stats->large_free_bytes = freed_large_bytes.LoadRelaxed();
}

}  // namespace gort::mem
