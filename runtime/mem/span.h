// SPDX-License-Identifier: BSD-3-Clause
//
// Span: a run of pages with one use: objects of one size class, one large object, or memory managed
// by hand (stacks).
//
//   base                                                         base + npages * 8 KB
//    | object 0 | object 1 | ... | object nelems-1 | waste |
//
//   alloc_bits[i]   object i was alive after the last sweep (set: not free)
//   free_index      objects below it are not free: alive, or handed out since
//   object i is free   <=>   i >= free_index and alloc_bits[i] is clear
//
// A span in use is in one place at a time: in the cache of a P, which alone allocates from it, or
// in a list of its central (mem/central.h). A P takes free objects a run at a time: the run is what
// lies between two set bits, so a fresh span is one run and allocation is a pointer that moves.
//
// sweepgen, relative to the heap's g (g grows by 2 at each collection):
//   g - 2  needs sweeping          g - 1  is being swept          g  swept, ready
//   g + 1  was cached before sweeping began, and needs it          g + 3  swept, then cached
//
// Before: runtime/mem/size_class.h   After: runtime/mem/special.h
#ifndef GORT_RUNTIME_MEM_SPAN_H_
#define GORT_RUNTIME_MEM_SPAN_H_

#include "runtime/abi/chan.h"
#include "runtime/base/atomic.h"
#include "runtime/mem/size_class.h"

namespace gort::mem {

struct Special;
struct SpanList;

// kPreparing: will be in use; its bits and its contents are being made, no pointer leads to it.
enum class SpanState : uint8_t { kFree, kPreparing, kInUse, kManual };

struct Span {
  // List membership; guarded by the lock of the list's owner.
  Span* next;
  Span* prev;
  SpanList* list;

  // Constant while the span is in use.
  uintptr_t base;
  uintptr_t limit;     // end of the last object
  uintptr_t elemsize;  // large: the whole span
  uint32_t npages;
  uint32_t nelems;
  uint32_t reciprocal;  // of elemsize (mem/size_class.h)
  SpanClass span_class;
  // Published when the span is set up (release), read by whoever finds a span from an address
  // (acquire).
  Atomic<SpanState> state;
  bool needzero;  // memory may hold old data

  // Allocation state; owned by the P that caches the span, else by the list's lock.
  uint32_t free_index;
  uint32_t alloc_count;
  uint64_t* alloc_bits;     // (nelems + 63) / 64 words
  uint64_t* mark_bits;      // set atomically by mark workers; becomes alloc_bits in the sweep
  uint64_t inline_bits[2];  // both of them when nelems <= 64

  // Large objects with pointers: whose values it holds, low bit as in mem/pointer_bits.h. Written
  // before the object is published.
  uintptr_t large_type;
  const uint8_t* large_mask;  // expanded GC program of that type; nullptr: type->gcdata is a mask

  Atomic<uint32_t> sweepgen;
  abi::mutex specials_lock;
  Special* specials;  // finalizers and profile records, by offset

  void Publish() { state.StoreRelease(SpanState::kInUse); }
  uintptr_t end() const { return base + npages * kPageSize; }
  uint32_t IndexOf(uintptr_t p) const {
    return static_cast<uint32_t>((uint64_t{p - base} * reciprocal) >> 32);
  }
  bool IsFree(uint32_t i) const { return i >= free_index && !Bit(alloc_bits, i); }
  bool IsMarked(uint32_t i) const { return Bit(mark_bits, i); }
  static bool Bit(const uint64_t* bits, uint32_t i) { return (bits[i / 64] >> (i % 64) & 1) != 0; }
  bool noscan() const { return IsNoscan(span_class); }
  bool large() const { return SizeClassOfSpan(span_class) == 0; }
};

// A list of spans, linked in both directions because sweeping takes them out of the middle.
struct SpanList {
  Span* first;
  Span* last;

  void PushFront(Span* s) {
    s->next = first;
    s->prev = nullptr;
    s->list = this;
    (first != nullptr ? first->prev : last) = s;
    first = s;
  }
  void PushBack(Span* s) {
    s->next = nullptr;
    s->prev = last;
    s->list = this;
    (last != nullptr ? last->next : first) = s;
    last = s;
  }
  void Remove(Span* s) {
    (s->prev != nullptr ? s->prev->next : first) = s->next;
    (s->next != nullptr ? s->next->prev : last) = s->prev;
    s->next = s->prev = nullptr;
    s->list = nullptr;
  }
  Span* PopFront() {
    Span* s = first;
    if (s != nullptr) Remove(s);
    return s;
  }
  void TakeAll(SpanList* from) {
    while (Span* s = from->PopFront()) PushBack(s);
  }
};

// A run of free objects: indices [first, end). Empty: first == end == nelems.
struct FreeRun {
  uint32_t first;
  uint32_t end;
};

// The first run of clear bits at or after `from`, word by word.
inline FreeRun NextFreeRun(const uint64_t* bits, uint32_t nelems, uint32_t from) {
  if (from >= nelems) return {nelems, nelems};
  uint32_t words = (nelems + 63) / 64;
  uint32_t w = from / 64;
  uint64_t clear = ~bits[w] & (~uint64_t{0} << (from % 64));
  while (clear == 0) {
    if (++w == words) return {nelems, nelems};
    clear = ~bits[w];
  }
  uint32_t first = w * 64 + static_cast<uint32_t>(__builtin_ctzll(clear));
  if (first >= nelems) return {nelems, nelems};
  uint64_t set = bits[w] & (~uint64_t{0} << (first % 64));
  while (set == 0) {
    if (++w == words) return {first, nelems};
    set = bits[w];
  }
  uint32_t end = w * 64 + static_cast<uint32_t>(__builtin_ctzll(set));
  return {first, end < nelems ? end : nelems};
}

}  // namespace gort::mem

#endif  // GORT_RUNTIME_MEM_SPAN_H_
