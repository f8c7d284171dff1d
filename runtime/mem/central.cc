// SPDX-License-Identifier: BSD-3-Clause
//
// Between the caches of the Ps and the page heap.
//
// Before: runtime/mem/central.h   After: runtime/mem/cache.h
#include "runtime/mem/central.h"

#include <cstring>
#include <initializer_list>

#include "runtime/base/check.h"
#include "runtime/base/debug_vars.h"
#include "runtime/base/print.h"
#include "runtime/base/upcalls.h"
#include "runtime/mem/cache.h"
#include "runtime/mem/fixed_alloc.h"
#include "runtime/mem/object_trace.h"
#include "runtime/mem/page_heap.h"
#include "runtime/mem/stats.h"
#include "runtime/os/memory.h"
#include "runtime/sched/event_trace.h"  // upward: sweeping is an event

namespace gort::mem {

Atomic<uint32_t> heap_sweepgen;
Atomic<int32_t> sweepers;
Central centrals[kSpanClasses];

namespace {

// Two bitmaps of N words.
template <int N>
struct BitPair {
  uint64_t words[2 * N];
};
FixedAlloc<BitPair<2>> bits2;
FixedAlloc<BitPair<4>> bits4;
FixedAlloc<BitPair<8>> bits8;
FixedAlloc<BitPair<16>> bits16;

}  // namespace

uintptr_t MarkBitsBytes() {
  return bits2.reserved() + bits4.reserved() + bits8.reserved() + bits16.reserved();
}

void AttachBits(Span* s) {
  uint32_t words = (s->nelems + 63) / 64;
  uint64_t* bits;
  if (words <= 1) {
    words = 1;
    bits = s->inline_bits;
    bits[0] = bits[1] = 0;
  } else if (words <= 2) {
    words = 2;
    bits = bits2.Alloc()->words;
  } else if (words <= 4) {
    words = 4;
    bits = bits4.Alloc()->words;
  } else if (words <= 8) {
    words = 8;
    bits = bits8.Alloc()->words;
  } else {
    GORT_CHECK(words <= 16, "span with too many objects");
    words = 16;
    bits = bits16.Alloc()->words;
  }
  s->alloc_bits = bits;
  s->mark_bits = bits + words;
}

void DetachBits(Span* s) {
  uint32_t words = (s->nelems + 63) / 64;
  // The two halves change roles in every sweep; the lower one is the start of the pair.
  uint64_t* bits = s->alloc_bits < s->mark_bits ? s->alloc_bits : s->mark_bits;
  s->alloc_bits = s->mark_bits = nullptr;
  if (words <= 1) return;
  if (words <= 2) return bits2.Free(reinterpret_cast<BitPair<2>*>(bits));
  if (words <= 4) return bits4.Free(reinterpret_cast<BitPair<4>*>(bits));
  if (words <= 8) return bits8.Free(reinterpret_cast<BitPair<8>*>(bits));
  bits16.Free(reinterpret_cast<BitPair<16>*>(bits));
}

Atomic<uint64_t> freed_objects[kSizeClasses];
Atomic<uint64_t> freed_large_bytes;

namespace {

// Spans without a free object that an allocation sweeps before it asks the page heap.
constexpr int kMaxFutileSweeps = 100;

// Debugging: what happens to objects that die in this sweep.
void LookAtDead(Span* s) {
  const bool poisons = debug_vars.gortpoison != 0 || debug_vars.clobberfree != 0;
  if (!poisons && !TracesObjects()) return;
  for (uint32_t i = 0; i < s->nelems; i++) {
    if (s->IsMarked(i)) continue;
    const uintptr_t object = s->base + uintptr_t{i} * s->elemsize;
    if (TracesObjects() && !s->IsFree(i)) TraceFree(object, s->elemsize);
    if (poisons) memset(reinterpret_cast<void*>(object), 0xfc, s->elemsize);
  }
}

// GODEBUG=efence=1: whoever still uses this large object has a fault. Its addresses are never
// recycled; the pages stay with a span that holds nothing.
void FenceOff(Span* s) {
  GORT_CHECK(os::Forbid(reinterpret_cast<void*>(s->base), s->npages * kPageSize),
             "efence: cannot protect memory");
  s->state.StoreRelease(SpanState::kManual);
}

// Two words a line, behind their address.
void DumpWords(uintptr_t begin, uintptr_t end) {
  for (uintptr_t at = begin; at < end; at += sizeof(uintptr_t)) {
    if ((at - begin) % 16 == 0) {
      if (at != begin) Print("\n");
      PrintWord(at);
      Print(": ");
    }
    Print(" ");
    PrintWord(*reinterpret_cast<const uintptr_t*>(at));
    Print(" ");
  }
  Print("\n");
}

// Something leads to an object that was free: a pointer that the program or the runtime kept where
// the collector did not see it. The memory may have been given out again already. The message lists
// the objects of the span and what is in those.
[[noreturn]] void ReportMarkedFree(const Span* s) {
  constexpr uintptr_t kDumped = 1024;
  Print("runtime: marked free object in span ", Hex{s->base},
        ", elemsize=", static_cast<uint64_t>(s->elemsize),
        " freeindex=", static_cast<uint64_t>(s->free_index),
        " (bad use of unsafe.Pointer? try -d=checkptr)\n");
  for (uint32_t i = 0; i < s->nelems; i++) {
    const uintptr_t object = s->base + uintptr_t{i} * s->elemsize;
    const bool marked = s->IsMarked(i), free = s->IsFree(i);
    Print(Hex{object}, free ? " free " : " alloc", marked ? " marked  " : " unmarked");
    if (!marked || !free) {
      Print("\n");
      continue;
    }
    Print(" zombie\n");
    DumpWords(object, object + (s->elemsize < kDumped ? s->elemsize : kDumped));
  }
  Throw("found pointer to free object");
}

void CheckMarkedFree(const Span* s) {
  for (uint32_t w = s->free_index / 64; w < (s->nelems + 63) / 64; w++) {
    uint64_t zombies = s->mark_bits[w] & ~s->alloc_bits[w];
    if (w == s->free_index / 64) zombies &= ~uint64_t{0} << (s->free_index % 64);
    if (GORT_UNLIKELY(zombies != 0)) ReportMarkedFree(s);
  }
}

// The marks become the allocation bits. Returns the number of objects that are alive.
uint32_t Sweep(Span* s) {
  CheckMarkedFree(s);
  if (s->specials != nullptr) gc::SweepSpecials(s);
  LookAtDead(s);
  uint32_t words = (s->nelems + 63) / 64;
  uint32_t live = 0;
  for (uint32_t w = 0; w < words; w++) {
    live += static_cast<uint32_t>(__builtin_popcountll(s->mark_bits[w]));
    s->alloc_bits[w] = 0;
  }
  uint64_t* marks = s->mark_bits;
  s->mark_bits = s->alloc_bits;
  s->alloc_bits = marks;
  uint32_t dead = s->alloc_count - live;
  freed_objects[SizeClassOfSpan(s->span_class)].FetchAddRelaxed(dead);  // a statistic
  if (s->large() && dead != 0) freed_large_bytes.FetchAddRelaxed(s->elemsize);
  if (sched::event_trace::Enabled())
    sched::event_trace::GCSweepSpan(s->npages * kPageSize, dead * s->elemsize);
  s->alloc_count = live;
  s->free_index = 0;
  s->needzero = true;
  s->sweepgen.StoreRelease(heap_sweepgen.LoadRelaxed());  // changes with the world stopped
  return live;
}

bool HasFree(const Span* s) {
  return NextFreeRun(s->alloc_bits, s->nelems, s->free_index).first < s->nelems;
}

}  // namespace

Span* Central::PopUnswept() {
  LockGuard guard(&lock_);
  int unswept = 1 - static_cast<int>(SweptHalf());
  Span* s = partial_[unswept].PopFront();
  return s != nullptr ? s : full_[unswept].PopFront();
}

bool Central::SweepOne() {
  sweepers.FetchAddSeqCst(1);  // before the list is seen to be empty
  Span* s = PopUnswept();
  if (s != nullptr) {
    if (Sweep(s) == 0) {
      DetachBits(s);
      if (debug_vars.efence > 0 && s->large()) {
        FenceOff(s);
      } else {
        page_heap::FreeSpan(s);
      }
    } else {
      Return(s);
    }
  }
  sweepers.FetchAddSeqCst(-1);
  return s != nullptr;
}

Span* Central::Take(SpanClass span_class) {
  Span* s;
  {
    LockGuard guard(&lock_);
    s = partial_[SweptHalf()].PopFront();
  }
  if (s == nullptr) {
    sched::event_trace::SweepScope scope;
    sweepers.FetchAddSeqCst(1);
    for (int i = 0; s == nullptr && i < kMaxFutileSweeps; i++) {
      Span* swept = PopUnswept();
      if (swept == nullptr) break;
      Sweep(swept);
      if (HasFree(swept)) {
        s = swept;
      } else {
        Return(swept);
      }
    }
    sweepers.FetchAddSeqCst(-1);
  }
  if (s == nullptr) {
    s = page_heap::AllocSpan(kClasses[SizeClassOfSpan(span_class)].pages, span_class,
                             SpanState::kPreparing);
    if (s == nullptr) return nullptr;
    AttachBits(s);
    s->Publish();
  }
  s->sweepgen.StoreRelease(heap_sweepgen.LoadRelaxed() + 3);
  if (sched::event_trace::Enabled())
    sched::event_trace::HeapAlloc(heap_live.LoadRelaxed());  // an estimate
  return s;
}

void Central::Return(Span* s) {
  LockGuard guard(&lock_);
  s->sweepgen.StoreRelease(heap_sweepgen.LoadRelaxed());
  (HasFree(s) ? partial_ : full_)[SweptHalf()].PushFront(s);
}

void Central::ForEach(void (*visit)(Span*, void*), void* arg) {
  for (int half = 0; half < 2; half++) {
    for (SpanList* list : {&partial_[half], &full_[half]}) {
      for (Span* s = list->first; s != nullptr; s = s->next) visit(s, arg);
    }
  }
}

}  // namespace gort::mem
