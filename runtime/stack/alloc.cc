// SPDX-License-Identifier: BSD-3-Clause
//
// Where stacks come from.
//
//   2, 4, 8, 16 KB (orders 0 to 3)   P's list  <- half a list at a time ->  central spans of 32 KB
//                                              <->  page heap
//   32 KB and more                   a span each
//
// A central span of order k holds 16 >> k stacks; a bit per stack in the span says which are free.
// Spans with a free stack are in the list of their order; one whose stacks are all free returns to
// the page heap, unless the collector marks: then it waits for the end of the cycle, so that no
// address changes from stack to heap under a marker's eyes.
//
//   bytes in a P's list of one order <= 32 KB
//   span->alloc_count + popcount(span->inline_bits[0]) = 16 >> order
//
// Stacks are not zeroed: a frame's words mean nothing until its function writes them.
//
// Before: runtime/stack/stack.h   After: runtime/stack/copy.cc
#include <string.h>

#include "arch/arch.h"
#include "runtime/base/check.h"
#include "runtime/base/debug_vars.h"
#include "runtime/base/lock.h"
#include "runtime/mem/arena.h"
#include "runtime/mem/malloc.h"
#include "runtime/mem/page_heap.h"
#include "runtime/stack/poison.h"
#include "runtime/stack/stack.h"

namespace gort::stack {
namespace {

constexpr uintptr_t kSpanBytes = 32 << 10;
constexpr uintptr_t kCacheBytes = 32 << 10;
constexpr uintptr_t kSmallLimit = abi::kStackMin << abi::kStackOrders;
static_assert(kSmallLimit == kSpanBytes);
constexpr int kSizeBits = 48;

uintptr_t OrderBytes(int order) { return abi::kStackMin << order; }
int OrderOf(uintptr_t n) { return __builtin_ctzll(n / abi::kStackMin); }

struct Pool {
  constexpr Pool() : lock(LockRank::kStackPool), spans{} {}
  Lock lock;
  mem::SpanList spans;  // those with a free stack
};
Pool pools[abi::kStackOrders];

Lock large_lock(LockRank::kStackLarge);
mem::SpanList large_spans[kSizeBits];  // free, by log2 of their size; only while keep_spans is set
bool keep_spans;                       // written under large_lock, with the world stopped

mem::Span* NewSpan(uintptr_t bytes) {
  mem::Span* span =
      mem::page_heap::AllocSpan(bytes / mem::kPageSize, mem::SpanClass{}, mem::SpanState::kManual);
  GORT_CHECK(span != nullptr, "out of memory");
  return span;
}

void* TakeLocked(Pool* pool, int order) {
  mem::Span* span = pool->spans.first;
  if (span == nullptr) {
    span = NewSpan(kSpanBytes);
    span->elemsize = OrderBytes(order);
    span->alloc_count = 0;
    span->inline_bits[0] = (uint64_t{1} << (kSpanBytes / OrderBytes(order))) - 1;
    pool->spans.PushFront(span);
  }
  const int index = __builtin_ctzll(span->inline_bits[0]);
  span->inline_bits[0] &= span->inline_bits[0] - 1;
  span->alloc_count++;
  if (span->inline_bits[0] == 0) pool->spans.Remove(span);
  return reinterpret_cast<void*>(span->base + index * OrderBytes(order));
}

void ReturnLocked(Pool* pool, int order, void* stack) {
  const uintptr_t address = reinterpret_cast<uintptr_t>(stack);
  mem::Span* span = mem::FindSpan(address);
  GORT_CHECK(span != nullptr && span->state.LoadRelaxed() == mem::SpanState::kManual,
             "bad span state");
  if (span->inline_bits[0] == 0) pool->spans.PushFront(span);
  span->inline_bits[0] |= uint64_t{1} << ((address - span->base) / OrderBytes(order));
  span->alloc_count--;
  // keep_spans changes only while the world is stopped, so it needs no lock here.
  if (span->alloc_count == 0 && !keep_spans) {
    pool->spans.Remove(span);
    mem::page_heap::FreeSpan(span);
  }
}

void Refill(abi::StackCache* cache, int order) {
  Pool* pool = &pools[order];
  LockGuard guard(&pool->lock);
  while (cache->bytes < kCacheBytes / 2) {
    void* stack = TakeLocked(pool, order);
    *static_cast<void**>(stack) = cache->head;
    cache->head = stack;
    cache->bytes += OrderBytes(order);
  }
}

void Drain(abi::StackCache* cache, int order, uintptr_t down_to) {
  Pool* pool = &pools[order];
  LockGuard guard(&pool->lock);
  while (cache->bytes > down_to) {
    void* stack = cache->head;
    cache->head = *static_cast<void**>(stack);
    cache->bytes -= OrderBytes(order);
    ReturnLocked(pool, order, stack);
  }
}

// The list that this thread may use, or nullptr: it has no P.
abi::StackCache* CacheOf(int order) {
  const G* g = arch::GetG();
  P* p = g != nullptr && g->m != nullptr ? g->m->p : nullptr;
  return p != nullptr ? &p->stackcache[order] : nullptr;
}

void* AllocSmall(int order) {
  abi::StackCache* cache = CacheOf(order);
  if (cache == nullptr) {
    LockGuard guard(&pools[order].lock);
    return TakeLocked(&pools[order], order);
  }
  if (cache->head == nullptr) Refill(cache, order);
  void* stack = cache->head;
  cache->head = *static_cast<void**>(stack);
  cache->bytes -= OrderBytes(order);
  return stack;
}

void FreeSmall(void* stack, int order) {
  abi::StackCache* cache = CacheOf(order);
  if (cache == nullptr) {
    LockGuard guard(&pools[order].lock);
    ReturnLocked(&pools[order], order, stack);
    return;
  }
  if (cache->bytes >= kCacheBytes) Drain(cache, order, kCacheBytes / 2);
  *static_cast<void**>(stack) = cache->head;
  cache->head = stack;
  cache->bytes += OrderBytes(order);
}

void* AllocLarge(uintptr_t n) {
  mem::Span* span;
  {
    LockGuard guard(&large_lock);
    span = large_spans[__builtin_ctzll(n)].PopFront();
  }
  if (span == nullptr) span = NewSpan(n);
  span->elemsize = n;
  return reinterpret_cast<void*>(span->base);
}

void FreeLarge(uintptr_t address, uintptr_t n) {
  mem::Span* span = mem::FindSpan(address);
  GORT_CHECK(span != nullptr && span->state.LoadRelaxed() == mem::SpanState::kManual,
             "bad span state");
  {
    LockGuard guard(&large_lock);
    if (keep_spans) {
      large_spans[__builtin_ctzll(n)].PushFront(span);
      return;
    }
  }
  mem::page_heap::FreeSpan(span);
}

}  // namespace

void Init() {
  // Everything is constant-initialised; the page size must suit the orders.
  static_assert(kSpanBytes % mem::kPageSize == 0);
}

abi::Stack Alloc(uintptr_t n) {
  GORT_CHECK(n >= abi::kStackMin && (n & (n - 1)) == 0, "stack size not a power of 2");
  void* stack = n < kSmallLimit ? AllocSmall(OrderOf(n)) : AllocLarge(n);
  const uintptr_t lo = reinterpret_cast<uintptr_t>(stack);
  if (GORT_UNLIKELY(debug_vars.gortpoison != 0)) memset(stack, kPoisonNew, n);
  return {lo, lo + n};
}

void Free(abi::Stack s) {
  const uintptr_t n = s.size();
  if (GORT_UNLIKELY(debug_vars.gortpoison != 0))
    memset(reinterpret_cast<void*>(s.lo), kPoisonFreed, n);
  if (n < kSmallLimit) {
    FreeSmall(reinterpret_cast<void*>(s.lo), OrderOf(n));
  } else {
    FreeLarge(s.lo, n);
  }
}

void FlushCache(P* p) {
  for (int order = 0; order < abi::kStackOrders; ++order) Drain(&p->stackcache[order], order, 0);
}

void KeepSpans(bool marking) {
  LockGuard guard(&large_lock);
  keep_spans = marking;
}

void FreeKeptSpans() {
  for (Pool& pool : pools) {
    LockGuard guard(&pool.lock);
    for (mem::Span* span = pool.spans.first; span != nullptr;) {
      mem::Span* next = span->next;
      if (span->alloc_count == 0) {
        pool.spans.Remove(span);
        mem::page_heap::FreeSpan(span);
      }
      span = next;
    }
  }
  LockGuard guard(&large_lock);
  for (mem::SpanList& list : large_spans) {
    while (mem::Span* span = list.PopFront()) mem::page_heap::FreeSpan(span);
  }
}

}  // namespace gort::stack
