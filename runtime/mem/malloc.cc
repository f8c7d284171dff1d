// SPDX-License-Identifier: BSD-3-Clause
//
// Malloc on the system stack: everything that the fast path (malloc_leaf.cc) does not do, and the
// fast path once more for C++ callers.
//
//   0 bytes              the address of runtime.zerobase
//   < 16, no pointers    tiny: values share a 16-byte block, which lives as long as one of them is
//   reachable
//   up to 32 KB          next object of the P's run for the span class
//   larger               pages of their own
//
// Order matters at the end: contents and pointer bits are written before the pointer is returned,
// with a store barrier between on cpus that reorder stores, because a mark worker may find the
// object as soon as the program stores the pointer.
//
// Before: runtime/mem/stats.h   After: runtime/mem/malloc_leaf.cc
#include "runtime/mem/malloc.h"

#include <cstring>

#include "arch/arch.h"
#include "asm/gen/entries.h"
#include "runtime/abi/roots.h"
#include "runtime/base/check.h"
#include "runtime/base/debug_vars.h"
#include "runtime/base/print.h"
#include "runtime/base/upcalls.h"
#include "runtime/mem/cache.h"
#include "runtime/mem/cache_inl.h"
#include "runtime/mem/central.h"
#include "runtime/mem/entry.h"
#include "runtime/mem/object_trace.h"
#include "runtime/mem/page_heap.h"
#include "runtime/mem/pointer_bits.h"
#include "runtime/mem/profile.h"
#include "runtime/mem/stats.h"
#include "runtime/panic/panic.h"        // upward: sizes out of range panic
#include "runtime/sched/event_trace.h"  // upward: the heap's size is an event

namespace gort::mem {

void MakeBootCache();

namespace {

constexpr int kSweepsBeforeLarge = 8;
constexpr uintptr_t kLongToZero = 256 << 10;  // 30 us and more
constexpr uintptr_t kSbrkAlign = 8;           // GODEBUG=sbrk=1: what any Go value needs

Slot* SlotWithRoom(Cache* cache, SpanClass span_class, bool zero) {
  Slot* slot = &cache->slots[span_class];
  if (slot->cursor + slot->elemsize > slot->clean && !Refill(cache, span_class, zero)) {
    Throw("out of memory");
  }
  return slot;
}

void* MallocTiny(Cache* cache, uintptr_t size) {
  uintptr_t p = TakeTiny(cache, size);
  if (p == 0) {
    Slot* slot = SlotWithRoom(cache, MakeSpanClass(kTinySizeClass, true), true);
    p = TakeFromSlot(slot);
    StartTinyBlock(cache, p, size);
  }
  return reinterpret_cast<void*>(p);
}

// An array whose program-given type is too long to expand is described by its elements.
void SetLargeType(Span* s, const abi::_type* type, uintptr_t size, bool one_value) {
  while ((type->kind & abi::kKindGCProg) != 0 && type->kind_() == abi::kArray) {
    type = reinterpret_cast<const abi::arraytype*>(type)->elem;
  }
  one_value = one_value || size < 2 * type->size;
  s->large_mask = (type->kind & abi::kKindGCProg) != 0 ? ExpandedMask(type) : nullptr;
  s->large_type = reinterpret_cast<uintptr_t>(type) | (one_value ? kOneValue : 0);
}

void SampleLarge(Cache* cache, Span* s) {
  int64_t rate = ProfileRate();
  if (rate <= 0) return;
  if (rate == cache->profile_rate && s->elemsize < cache->large_next_sample) {
    cache->large_next_sample -= s->elemsize;
    return;
  }
  SampleAllocation(s->base, s->elemsize);
  cache->large_next_sample = DrawNextSample(rate);
}

void ZeroSpan(void* span) {
  auto* s = static_cast<Span*>(span);
  memset(reinterpret_cast<void*>(s->base), 0, s->npages * kPageSize);
}

// May come back with another P.
void* MallocLarge(uintptr_t size, abi::_type* type, bool needzero, bool one_value, Holds holds) {
  bool noscan = type == nullptr || !type->has_pointers();
  if (size + kPageSize < size) Throw("out of memory");
  uintptr_t npages = (size + kPageSize - 1) / kPageSize;
  // Dead large objects that nobody has swept yet are to be used before the heap grows.
  {
    sched::event_trace::SweepScope scope;
    for (int i = 0; i < kSweepsBeforeLarge; i++) {
      if (!centrals[MakeSpanClass(0, true)].SweepOne() &&
          !centrals[MakeSpanClass(0, false)].SweepOne()) {
        break;
      }
    }
  }
  Span* s = page_heap::AllocSpan(npages, MakeSpanClass(0, noscan), SpanState::kPreparing);
  if (s == nullptr) Throw("out of memory");
  AttachBits(s);
  s->free_index = 1;
  s->alloc_count = 1;
  s->limit = s->base + size;
  if (s->needzero && (needzero || !noscan)) {
    if (holds == Holds::kNothing && size >= kLongToZero) {
      sched::RunAsSyscall(ZeroSpan, s);
    } else {
      ZeroSpan(s);
    }
  }
  if (!noscan) SetLargeType(s, type, size, one_value);
  Cache* cache = CurrentCache();
  cache->large_mallocs++;
  cache->large_bytes += s->npages * kPageSize;
  if (allocate_black) {
    s->mark_bits[0] = 1;
    black_bytes.FetchAddRelaxed(s->elemsize);  // a sum
  }
  s->Publish();
  SampleLarge(cache, s);
  centrals[s->span_class].Return(s);
  CountAllocated(s->npages * kPageSize);
  if (sched::event_trace::Enabled())
    sched::event_trace::HeapAlloc(heap_live.LoadRelaxed());  // an estimate
  return reinterpret_cast<void*>(s->base);
}

void* Allocate(uintptr_t size, abi::_type* type, bool needzero, bool one_value, Holds holds) {
  if (size == 0) return roots->zerobase;
  // No object comes from the heap, so the collector has nothing to free.
  if (GORT_UNLIKELY(debug_vars.sbrk != 0)) return PersistentAlloc(size, kSbrkAlign);
  bool noscan = type == nullptr || !type->has_pointers();
  void* p;
  if (size > kMaxSmallSize) {
    p = MallocLarge(size, type, needzero, one_value, holds);
  } else if (noscan && size < kTinySize && !TracesObjects()) {
    p = MallocTiny(CurrentCache(), size);
  } else {
    SpanClass span_class = MakeSpanClass(SizeClassOf(size), noscan);
    Slot* slot = SlotWithRoom(CurrentCache(), span_class, needzero || !noscan);
    uintptr_t object = TakeFromSlot(slot);
    p = reinterpret_cast<void*>(object);
    if (!noscan) StorePointerBits(object, slot->elemsize, type, size, one_value);
  }
  PublicationBarrier();
  if (GORT_UNLIKELY(TracesObjects())) TraceAlloc(p, RoundUpSize(size), type);
  return p;
}

}  // namespace

void Init() {
  page_heap::Init();
  InitProfiles();
  MakeBootCache();
}

void* Malloc(uintptr_t size, abi::_type* type, bool needzero, Holds holds) {
  return Allocate(size, type, needzero, false, holds);
}

void* MallocOneValue(uintptr_t size, abi::_type* type) {
  return Allocate(size, type, true, true, Holds::kObjects);
}

void* MallocArray(abi::_type* type, intptr_t n, Holds holds) {
  uintptr_t size;
  if (n < 0 || __builtin_mul_overflow(type->size, static_cast<uintptr_t>(n), &size) ||
      size > kMaxAlloc) {
    panic::RaisePlain("runtime: allocation size out of range");
    return nullptr;
  }
  return Malloc(size, type, true, holds);
}

uintptr_t RoundUpSize(uintptr_t size) {
  if (size < kMaxSmallSize) return kClasses[SizeClassOf(size)].size;
  if (size + kPageSize < size) return size;
  return (size + kPageSize - 1) & ~(kPageSize - 1);
}

void* AllocManual(uintptr_t pages) {
  Span* s = page_heap::AllocSpan(pages, 0, SpanState::kManual);
  if (s == nullptr) Throw("out of memory");
  return reinterpret_cast<void*>(s->base);
}

void FreeManual(void* p) {
  Span* s = FindSpan(reinterpret_cast<uintptr_t>(p));
  GORT_CHECK(s != nullptr && s->state.LoadRelaxed() == SpanState::kManual,
             "FreeManual: not a stack span");
  page_heap::FreeSpan(s);
}

Object FindObject(const void* p) {
  uintptr_t address = reinterpret_cast<uintptr_t>(p);
  Span* s = FindSpan(address);
  if (s == nullptr || s->state.LoadRelaxed() != SpanState::kInUse) return {0, 0};
  if (s->large()) return {s->base, s->elemsize};
  uint32_t i = s->IndexOf(address);
  if (i >= s->nelems || s->IsFree(i)) return {0, 0};
  return {s->base + uintptr_t{i} * s->elemsize, s->elemsize};
}

}  // namespace gort::mem

// ---- Entered from Go ----

namespace gort::mem {

extern "C" void gort_mallocgc_slow(entry::mallocgc_slow* a) {
  a = AfterCollection(a);
  a->ret = Malloc(a->size, a->typ, a->needzero, HoldsAtEntry(a));
}

extern "C" void gort_newobject_slow(entry::newobject_slow* a) {
  a = AfterCollection(a);
  a->ret = Malloc(a->typ->size, a->typ, true, HoldsAtEntry(a));
}

extern "C" void gort_reflect_unsafe_New_slow(entry::reflect_unsafe_New_slow* a) {
  a = AfterCollection(a);
  a->ret = Malloc(a->typ->size, a->typ, true, HoldsAtEntry(a));
}

extern "C" void gort_reflectlite_unsafe_New_slow(entry::reflectlite_unsafe_New_slow* a) {
  a = AfterCollection(a);
  a->ret = Malloc(a->typ->size, a->typ, true, HoldsAtEntry(a));
}

extern "C" void gort_reflect_unsafe_NewArray(entry::reflect_unsafe_NewArray* a) {
  a = AfterCollection(a);
  a->ret = MallocArray(a->typ, a->n, HoldsAtEntry(a));
}

extern "C" void gort_newarray(entry::newarray* a) {
  a = AfterCollection(a);
  a->ret = MallocArray(a->typ, a->n, HoldsAtEntry(a));
}

}  // namespace gort::mem
