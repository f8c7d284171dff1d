// SPDX-License-Identifier: BSD-3-Clause
//
// Page allocation: bitmaps, first fit, growth by whole arenas.
//
// Before: runtime/mem/page_heap.h   After: runtime/mem/central.h
#include "runtime/mem/page_heap.h"

#include "runtime/base/check.h"
#include "runtime/base/debug_vars.h"
#include "runtime/base/lock.h"
#include "runtime/base/print.h"
#include "runtime/mem/fixed_alloc.h"
#include "runtime/os/clock.h"
#include "runtime/os/memory.h"

#include <cstring>

namespace gort::mem {

Arena** arena_table;
constinit HeapBounds heap_bounds;

namespace page_heap {
namespace {

Lock heap_lock(LockRank::kHeap);

// All guarded by heap_lock.
Arena** arenas;  // by address; off-heap array
uint32_t arena_count;
uint32_t arena_capacity;
uint32_t first_arena;  // arenas before it are full
uintptr_t next_hint;   // where the next arena should be
Stats stats;
FixedAlloc<Span> spans;

// Where Go programs are used to see their heap. The number of the hint is in bits 40..47, so 128
// regions of 1 TB.
constexpr uintptr_t kFirstHint = 0x00c000000000;
constexpr uintptr_t kHintStep = uintptr_t{1} << 40;
constexpr int kHints = 128;

// ---- Bits of an arena ----

uint64_t MaskFrom(uint32_t bit, uint32_t count) {
  return (count == 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1) << bit;
}

// Calls f(word index, mask) for every word that [first, first+n) touches.
template <typename F>
void ForWords(uint32_t first, uint32_t n, F f) {
  while (n > 0) {
    uint32_t bit = first % 64;
    uint32_t count = 64 - bit < n ? 64 - bit : n;
    f(first / 64, MaskFrom(bit, count));
    first += count;
    n -= count;
  }
}

// The first run of at least n clear bits; kPagesPerArena: none.
uint32_t FindRun(const Arena* arena, uint32_t n) {
  uint32_t from = arena->first_free_word * 64;
  while (true) {
    FreeRun run = NextFreeRun(arena->allocated, kPagesPerArena, from);
    if (run.first == kPagesPerArena) return kPagesPerArena;
    if (run.end - run.first >= n) return run.first;
    from = run.end;
  }
}

uint32_t FreeAtStart(const Arena* arena) {
  FreeRun run = NextFreeRun(arena->allocated, kPagesPerArena, 0);
  return run.first == 0 ? run.end : 0;
}

uint32_t FreeAtEnd(const Arena* arena) {
  uint32_t n = 0;
  for (uint32_t w = kArenaPageWords; w-- > 0;) {
    if (arena->allocated[w] == 0) {
      n += 64;
      continue;
    }
    return n + static_cast<uint32_t>(__builtin_clzll(arena->allocated[w]));
  }
  return n;
}

// Length of the free run that contains page i.
uint32_t RunAround(const Arena* arena, uint32_t i) {
  uint32_t first = i;
  while (first > 0) {
    uint32_t w = (first - 1) / 64;
    // Bits at and below first-1 in this word.
    uint64_t below = arena->allocated[w] << (63 - (first - 1) % 64);
    if (below == 0) {
      first = w * 64;
      continue;
    }
    first -= static_cast<uint32_t>(__builtin_clzll(below));
    break;
  }
  return NextFreeRun(arena->allocated, kPagesPerArena, i).end - first;
}

// Marks pages of one arena as allocated. Returns whether all of them read as zero.
bool Take(Arena* arena, uint32_t first, uint32_t n) {
  bool zero = true;
  uint32_t scavenged = 0;
  ForWords(first, n, [&](uint32_t w, uint64_t mask) {
    arena->allocated[w] |= mask;
    zero = zero && (arena->zero[w] & mask) == mask;
    arena->zero[w] &= ~mask;
    scavenged += static_cast<uint32_t>(__builtin_popcountll(arena->scavenged[w] & mask));
    arena->scavenged[w] &= ~mask;
  });
  arena->free_pages -= n;
  uint32_t w = arena->first_free_word;
  while (w < kArenaPageWords && arena->allocated[w] == ~uint64_t{0}) w++;
  arena->first_free_word = w;
  stats.free -= n * kPageSize;
  stats.scavenged -= scavenged * kPageSize;
  return zero;
}

void Give(Arena* arena, uint32_t first, uint32_t n) {
  ForWords(first, n, [&](uint32_t w, uint64_t mask) { arena->allocated[w] &= ~mask; });
  arena->free_pages += n;
  if (first / 64 < arena->first_free_word) arena->first_free_word = first / 64;
  uint32_t run = RunAround(arena, first);
  if (run > arena->max_run_bound) arena->max_run_bound = run;
  stats.free += n * kPageSize;
}

// ---- Growth ----

Arena* NewArena(uintptr_t base) {
  auto* arena = static_cast<Arena*>(os::Map(sizeof(Arena)));
  if (arena == nullptr) return nullptr;
  arena->base = base;
  arena->free_pages = kPagesPerArena;
  arena->max_run_bound = kPagesPerArena;
  memset(arena->zero, 0xff, sizeof(arena->zero));
  memset(arena->scavenged, 0xff, sizeof(arena->scavenged));
  stats.metadata += sizeof(*arena) - sizeof(arena->spans) - sizeof(arena->pointer_bits);
  return arena;
}

bool ReserveArenaArray() {
  if (arena_count < arena_capacity) return true;
  uint32_t capacity = arena_capacity == 0 ? 512 : arena_capacity * 2;
  auto* bigger = static_cast<Arena**>(os::Map(capacity * abi::kWord));
  if (bigger == nullptr) return false;
  if (arena_count > 0) memcpy(bigger, arenas, arena_count * abi::kWord);
  if (arenas != nullptr) os::Unmap(arenas, arena_capacity * abi::kWord);
  arenas = bigger;
  arena_capacity = capacity;
  return true;
}

void InsertArena(Arena* arena) {
  uint32_t i = arena_count;
  while (i > 0 && arenas[i - 1]->base > arena->base) {
    arenas[i] = arenas[i - 1];
    i--;
  }
  arenas[i] = arena;
  arena_count++;
  if (i < first_arena) first_arena = i;
  arena_table[arena->base >> kArenaShift] = arena;
  // Release: the table's entry is there for whoever is inside the bounds.
  if (i == 0) heap_bounds.first.StoreRelease(arena->base);
  if (i == arena_count - 1) heap_bounds.end.StoreRelease(arena->base + kArenaSize);
  stats.reserved += kArenaSize;
  stats.free += kArenaSize;
  stats.scavenged += kArenaSize;
}

// Address space of `size` bytes at a multiple of kArenaSize: at the hints, else anywhere.
uintptr_t ReserveAligned(uintptr_t size) {
  if (next_hint == 0) next_hint = kFirstHint;
  for (int i = 0; i < kHints; i++) {
    void* p = os::Reserve(reinterpret_cast<void*>(next_hint), size);
    if (p == nullptr) break;
    if (reinterpret_cast<uintptr_t>(p) == next_hint) {
      next_hint += size;
      return reinterpret_cast<uintptr_t>(p);
    }
    os::Unmap(p, size);
    next_hint = (next_hint / kHintStep + 1) * kHintStep + kFirstHint % kHintStep;
    if (next_hint >= kMaxAlloc / 2) next_hint = kFirstHint;
  }
  uintptr_t p = reinterpret_cast<uintptr_t>(os::Reserve(nullptr, size + kArenaSize));
  if (p == 0) return 0;
  uintptr_t aligned = (p + kArenaSize - 1) & ~(kArenaSize - 1);
  if (aligned > p) os::Unmap(reinterpret_cast<void*>(p), aligned - p);
  uintptr_t tail = p + kArenaSize - aligned;
  if (tail > 0) os::Unmap(reinterpret_cast<void*>(aligned + size), tail);
  return aligned;
}

// A heap below this size lives on small pages, so that a small program has no more memory than it
// uses. Beyond it the cost of a page fault per 4 KB is the larger part of allocating fresh memory.
constexpr uintptr_t kSmallPagesHeap = 8 << 20;

void ChoosePageSize(uintptr_t base, uintptr_t size) {
  uintptr_t small = arena_count == 0 ? kSmallPagesHeap : 0;
  os::PreferHugePages(reinterpret_cast<void*>(base + small), size - small);
}

bool Grow(uintptr_t npages) {
  uintptr_t size = (npages * kPageSize + kArenaSize - 1) & ~(kArenaSize - 1);
  // An object that continues the free end of the last arena needs less.
  if (npages > kPagesPerArena && arena_count > 0 &&
      arenas[arena_count - 1]->base + kArenaSize == next_hint) {
    uintptr_t have = FreeAtEnd(arenas[arena_count - 1]);
    size = ((npages - have) * kPageSize + kArenaSize - 1) & ~(kArenaSize - 1);
  }
  uintptr_t base = ReserveAligned(size);
  if (base == 0) return false;
  if (!os::Commit(reinterpret_cast<void*>(base), size)) Throw("runtime: out of memory");
  ChoosePageSize(base, size);
  for (uintptr_t at = base; at < base + size; at += kArenaSize) {
    if (!ReserveArenaArray()) return false;
    Arena* arena = NewArena(at);
    if (arena == nullptr) return false;
    InsertArena(arena);
  }
  return true;
}

// ---- Search ----

struct Found {
  uintptr_t base;  // 0: nothing
  bool zero;
};

Found TakeWithinArena(uint32_t n) {
  for (uint32_t i = first_arena; i < arena_count; i++) {
    Arena* arena = arenas[i];
    if (arena->free_pages == 0 && i == first_arena) first_arena++;
    if (arena->max_run_bound < n || arena->free_pages < n) continue;
    uint32_t first = FindRun(arena, n);
    if (first == kPagesPerArena) {
      arena->max_run_bound = n - 1;
      continue;
    }
    bool zero = Take(arena, first, n);
    return {arena->base + first * kPageSize, zero};
  }
  return {0, false};
}

// n > kPagesPerArena: the free end of one arena, whole free arenas, the free start of another.
Found TakeAcrossArenas(uintptr_t n) {
  uint32_t start = 0;
  uintptr_t have = 0;
  for (uint32_t i = 0; i < arena_count; i++) {
    bool joins = have > 0 && i > 0 && arenas[i - 1]->base + kArenaSize == arenas[i]->base;
    uintptr_t here = FreeAtStart(arenas[i]);
    if (joins && have + here >= n) {
      uintptr_t base = arenas[start]->base + kArenaSize - FreeAtEnd(arenas[start]) * kPageSize;
      bool zero = true;
      for (uintptr_t at = base, left = n; left > 0;) {
        Arena* arena = ArenaOf(at);
        uint32_t first = static_cast<uint32_t>((at - arena->base) / kPageSize);
        uintptr_t count = kPagesPerArena - first < left ? kPagesPerArena - first : left;
        zero = Take(arena, first, static_cast<uint32_t>(count)) && zero;
        at += count * kPageSize;
        left -= count;
      }
      return {base, zero};
    }
    if (joins && here == kPagesPerArena) {
      have += here;
    } else {
      start = i;
      have = FreeAtEnd(arenas[i]);
    }
  }
  return {0, false};
}

Found TakePages(uintptr_t n) {
  return n <= kPagesPerArena ? TakeWithinArena(static_cast<uint32_t>(n)) : TakeAcrossArenas(n);
}

void PointPagesAt(Span* s) {
  for (uintptr_t p = s->base; p < s->end(); p += kPageSize) {
    ArenaOf(p)->spans[(p >> kPageShift) % kPagesPerArena] = s;
  }
}

}  // namespace

void Init() {
  if (arena_table != nullptr) return;
  arena_table = static_cast<Arena**>(os::Map(kArenaTableSize * abi::kWord));
  if (arena_table == nullptr || !ReserveArenaArray()) {
    Throw("runtime: cannot reserve arena virtual address space");
  }
}

namespace {

// ---- Giving back ----

constexpr uintptr_t kBackgroundPiece = 256 << 10;
constexpr int64_t kRestPerWork = 99;  // 1% of a cpu

Atomic<uintptr_t> retained_goal{~uintptr_t{0}};
Atomic<uintptr_t> retained;  // a copy for those who do not hold the lock
uint64_t last_heap_goal;     // world stopped
int64_t next_piece;          // sysmon's
uint32_t generation;         // with heap_lock, as is the next
uintptr_t released;          // in this generation

// Bytes of arenas in memory, without stacks.
uintptr_t Retained() { return stats.reserved - stats.manual - stats.scavenged; }

uintptr_t ScavengeLocked(uintptr_t goal) {
  uintptr_t done = 0;
  for (uint32_t i = arena_count; i-- > 0 && done < goal;) {
    Arena* arena = arenas[i];
    for (uint32_t w = kArenaPageWords; w-- > 0 && done < goal;) {
      // Whole runs inside a word: 512 KB at most per call to the system.
      uint64_t dirty = ~arena->allocated[w] & ~arena->scavenged[w];
      while (dirty != 0 && done < goal) {
        uint32_t top = 63 - static_cast<uint32_t>(__builtin_clzll(dirty));
        uint64_t above_gap = ~(dirty << (63 - top));
        uint32_t count = static_cast<uint32_t>(above_gap == 0 ? 64 : __builtin_clzll(above_gap));
        uint32_t first = top + 1 - count;
        uint64_t mask = MaskFrom(first, count);
        os::Discard(reinterpret_cast<void*>(arena->base + (w * 64 + first) * kPageSize),
                    count * kPageSize);
        arena->zero[w] |= mask;
        arena->scavenged[w] |= mask;
        dirty &= ~mask;
        done += count * kPageSize;
        stats.scavenged += count * kPageSize;
      }
    }
  }
  released += done;
  retained.StoreRelaxed(Retained());  // a hint
  return done;
}

}  // namespace

Span* AllocSpan(uintptr_t npages, SpanClass span_class, SpanState state) {
  heap_lock.Acquire();
  uintptr_t scavenged_before = stats.scavenged;
  Found found = TakePages(npages);
  if (found.base == 0) {
    if (Grow(npages)) {
      scavenged_before = stats.scavenged;  // new arenas are not in memory
      found = TakePages(npages);
    }
    if (found.base == 0) {
      uintptr_t in_use = stats.reserved;
      heap_lock.Release();
      Print("runtime: out of memory: cannot allocate ", static_cast<uint64_t>(npages * kPageSize),
            "-byte block (", static_cast<uint64_t>(in_use), " in use)\n");
      return nullptr;
    }
  }
  // What was not in memory comes into it; above the goal as much has to leave.
  uintptr_t grown = scavenged_before - stats.scavenged;
  uintptr_t goal = retained_goal.LoadRelaxed();  // under the lock
  if (grown > 0 && state == SpanState::kPreparing && Retained() > goal) {
    uintptr_t above = Retained() - goal;
    ScavengeLocked(above < grown ? above : grown);
  }
  Span* s = spans.Alloc();
  s->base = found.base;
  s->npages = static_cast<uint32_t>(npages);
  s->span_class = span_class;
  s->needzero = !found.zero;
  uint32_t size_class = SizeClassOfSpan(span_class);
  if (size_class != 0 && state == SpanState::kPreparing) {
    s->elemsize = kClasses[size_class].size;
    s->nelems = static_cast<uint32_t>(npages * kPageSize / s->elemsize);
    s->reciprocal = kClassTables.reciprocal[size_class];
  } else {
    s->elemsize = npages * kPageSize;
    s->nelems = 1;
    s->reciprocal = 0;  // every address is in object 0
  }
  s->limit = s->base + s->nelems * s->elemsize;
  (state == SpanState::kManual ? stats.manual : stats.in_use) += npages * kPageSize;
  s->state.StoreRelease(state);
  PointPagesAt(s);
  heap_lock.Release();
  return s;
}

void FreeSpan(Span* s) {
  uintptr_t size = s->npages * kPageSize;
  if (debug_vars.gortpoison != 0) memset(reinterpret_cast<void*>(s->base), 0xfc, size);
  heap_lock.Acquire();
  bool manual = s->state.LoadRelaxed() == SpanState::kManual;
  (manual ? stats.manual : stats.in_use) -= size;
  s->state.StoreRelease(SpanState::kFree);
  for (uintptr_t at = s->base, left = s->npages; left > 0;) {
    Arena* arena = ArenaOf(at);
    uint32_t first = static_cast<uint32_t>((at - arena->base) / kPageSize);
    uintptr_t count = kPagesPerArena - first < left ? kPagesPerArena - first : left;
    Give(arena, first, static_cast<uint32_t>(count));
    at += count * kPageSize;
    left -= count;
  }
  // The pages may be in an arena that searches skip; which one it is costs more to find than
  // looking at some full arenas once.
  if (first_arena == arena_count || s->base < arenas[first_arena]->base) first_arena = 0;
  spans.Free(s);
  heap_lock.Release();
}

uintptr_t Scavenge(uintptr_t goal) {
  LockGuard guard(&heap_lock);
  return ScavengeLocked(goal);
}

void SetRetainedGoal(uint64_t heap_goal) {
  LockGuard guard(&heap_lock);
  uint64_t before = last_heap_goal;
  last_heap_goal = heap_goal;
  if (before == 0 || heap_goal == ~uint64_t{0} || before == ~uint64_t{0}) {
    retained_goal.StoreRelaxed(~uintptr_t{0});  // nothing to go by
    return;
  }
  double ratio = static_cast<double>(heap_goal) / static_cast<double>(before);
  double goal = static_cast<double>(stats.in_use) * ratio * 1.1;
  uintptr_t page = os::PhysicalPageSize();
  retained_goal.StoreRelaxed((static_cast<uintptr_t>(goal) + page - 1) & ~(page - 1));
  retained.StoreRelaxed(Retained());  // a hint
}

ScavengeReport GetScavengeReport() {
  LockGuard guard(&heap_lock);
  uintptr_t all = Retained();
  return {generation, released, stats.scavenged, all == 0 ? 0 : stats.in_use * 100 / all};
}

void BeginScavengeGeneration() {
  LockGuard guard(&heap_lock);
  generation++;
  released = 0;
}

// Both are read without order: a round too many or too few.
bool ScavengeDue() { return retained.LoadRelaxed() > retained_goal.LoadRelaxed(); }

void ScavengeInBackground(int64_t now) {
  if (now < next_piece || !ScavengeDue()) return;
  int64_t start = os::Nanotime();
  if (Scavenge(kBackgroundPiece) == 0) retained.StoreRelaxed(0);  // all that is left is in use
  next_piece = now + (os::Nanotime() - start) * (1 + kRestPerWork);
}

Stats GetStats() {
  LockGuard guard(&heap_lock);
  stats.span_bytes = spans.reserved();
  stats.span_bytes_in_use = spans.in_use();
  return stats;
}

Arena* NextArena(const Arena* arena) {
  LockGuard guard(&heap_lock);
  for (uint32_t i = 0; i < arena_count; i++) {
    if (arena == nullptr || arenas[i]->base > arena->base) return arenas[i];
  }
  return nullptr;
}

void ForEachSpan(void (*visit)(Span*, void*), void* arg) {
  for (uint32_t i = 0; i < arena_count; i++) {
    Arena* arena = arenas[i];
    for (uint32_t page = 0; page < kPagesPerArena;) {
      FreeRun run = NextFreeRun(arena->allocated, kPagesPerArena, page);
      for (; page < run.first;) {
        Span* s = arena->spans[page];
        uintptr_t at = arena->base + page * kPageSize;
        if (s->base == at) visit(s, arg);
        page += static_cast<uint32_t>((s->end() - at) / kPageSize);
      }
      if (page < run.end) page = run.end;
    }
  }
}

void Verify() {
  LockGuard guard(&heap_lock);
  uintptr_t free = 0, scavenged = 0;
  for (uint32_t i = 0; i < arena_count; i++) {
    Arena* arena = arenas[i];
    GORT_CHECK(arena_table[arena->base >> kArenaShift] == arena, "page heap: arena table");
    GORT_CHECK(i == 0 || arenas[i - 1]->base < arena->base, "page heap: arenas out of order");
    uint32_t free_here = 0;
    for (uint32_t w = 0; w < kArenaPageWords; w++) {
      GORT_CHECK((arena->zero[w] & arena->allocated[w]) == 0,
                 "page heap: zero bit of a page in use");
      GORT_CHECK((arena->scavenged[w] & ~arena->zero[w]) == 0, "page heap: scavenged, not zero");
      GORT_CHECK(w >= arena->first_free_word || arena->allocated[w] == ~uint64_t{0},
                 "page heap: free page before the first");
      free_here += 64 - static_cast<uint32_t>(__builtin_popcountll(arena->allocated[w]));
      scavenged += static_cast<uint32_t>(__builtin_popcountll(arena->scavenged[w])) * kPageSize;
    }
    GORT_CHECK(free_here == arena->free_pages, "page heap: count of free pages");
    GORT_CHECK(free_here == 0 || i >= first_arena, "page heap: free pages before the first arena");
    for (uint32_t from = 0; from < kPagesPerArena;) {
      FreeRun run = NextFreeRun(arena->allocated, kPagesPerArena, from);
      GORT_CHECK(run.end - run.first <= arena->max_run_bound, "page heap: run above its bound");
      for (uint32_t page = from; page < run.first; page++) {
        Span* s = arena->spans[page];
        uintptr_t at = arena->base + page * kPageSize;
        GORT_CHECK(s != nullptr && s->state.LoadRelaxed() != SpanState::kFree && s->base <= at &&
                       at < s->end(),
                   "page heap: page in use without a span");
      }
      from = run.end;
    }
    free += free_here * kPageSize;
  }
  GORT_CHECK(free == stats.free && scavenged == stats.scavenged, "page heap: statistics");
  GORT_CHECK(stats.reserved == stats.free + stats.in_use + stats.manual, "page heap: sum");
}

}  // namespace page_heap
}  // namespace gort::mem
