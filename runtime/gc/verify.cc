// SPDX-License-Identifier: BSD-3-Clause
//
// The part of gortverify that walks the heap: it needs nothing of the collector but the mark bits.
//
// Before: runtime/gc/verify.h   After: runtime/gc/verify_lists.cc
#include "runtime/gc/verify.h"

#include "runtime/base/check.h"
#include "runtime/base/print.h"
#include "runtime/mem/arena.h"
#include "runtime/mem/central.h"
#include "runtime/mem/page_heap.h"
#include "runtime/mem/pointer_bits.h"

namespace gort::gc {
namespace {

using mem::Span;

constexpr int kLongestChain = 16;

// Calls f(object, slot, p) for each pointer p to the heap in a marked object of s; f says when to
// stop.
template <typename F>
bool ForPointers(const Span* s, F f) {
  if (s->state.LoadAcquire() != mem::SpanState::kInUse || s->noscan()) return true;
  if (s->large() && s->large_type == 0) return true;
  for (uint32_t i = 0; i < s->nelems; i++) {
    if (!s->IsMarked(i)) continue;
    const uintptr_t object = s->base + uintptr_t{i} * s->elemsize;
    const uintptr_t end = s->large() ? s->limit - s->base : s->elemsize;
    for (uintptr_t at = 0; at + abi::kWord <= end; at += abi::kWord) {
      const uintptr_t p = *reinterpret_cast<uintptr_t*>(object + at);
      if (p == 0 || mem::FindSpan(p) == nullptr || !mem::IsPointerWord(s, object, at)) continue;
      if (!f(object, object + at, p)) return false;
    }
  }
  return true;
}

uintptr_t ObjectOf(uintptr_t p) {
  const Span* s = mem::FindSpan(p);
  return s->base + uintptr_t{s->IndexOf(p)} * s->elemsize;
}

// The allocator is told the type of objects above 1016 bytes; of smaller ones it keeps where the
// pointers are.
void PrintType(const Span* s, uintptr_t object) {
  uintptr_t word = 0;
  if (s->noscan()) return;
  if (s->large()) {
    word = s->large_type;
  } else if (s->elemsize > mem::kMaxBitsSize) {
    word = *mem::TypeWordOf(object);
  } else {
    PrintText(": ");
    for (uintptr_t at = 0; at < s->elemsize; at += abi::kWord) {
      PrintText(mem::IsPointerWord(s, object, at) ? "p" : ".");
    }
    return;
  }
  if (word == 0) return;
  PrintText((word & mem::kOneValue) != 0 ? ": " : ": values of ");
  PrintTypeName(reinterpret_cast<const abi::_type*>(word & ~mem::kOneValue));
}

void PrintObject(uintptr_t object) {
  const Span* s = mem::FindSpan(object);
  Print("object ", Hex{object}, " of ", static_cast<uint64_t>(s->elemsize), " bytes, span ",
        Hex{s->base}, ", class ", static_cast<uint64_t>(mem::SizeClassOfSpan(s->span_class)),
        s->noscan() ? " without pointers" : " with pointers");
  PrintType(s, object);
}

// The way from an object towards a root, as far as it is known. A way that comes back to an object
// leads nowhere.
struct Search {
  uintptr_t objects[kLongestChain];
  int length;
  uintptr_t slot;  // in an object that is not on the way, with a pointer to the last one; 0: none

  bool Has(uintptr_t object) const {
    for (int i = 0; i < length; i++) {
      if (objects[i] == object) return true;
    }
    return false;
  }
};

void Look(Span* s, void* arg) {
  auto* search = static_cast<Search*>(arg);
  if (search->slot != 0) return;
  ForPointers(s, [&](uintptr_t holder, uintptr_t slot, uintptr_t p) {
    if (search->Has(holder) || ObjectOf(p) != search->objects[search->length - 1]) return true;
    search->slot = slot;
    return false;
  });
}

void CheckEdges(Span* s, void*) {
  ForPointers(s, [](uintptr_t, uintptr_t, uintptr_t p) {
    if (!IsMarkedOrNone(p)) ReportWhite(ObjectOf(p), "a marked object points to it");
    return true;
  });
}

[[noreturn]] void ReportSpan(const Span* s, const char* what) {
  Print("runtime: span ", Hex{s->base}, " of ", static_cast<uint64_t>(s->elemsize),
        "-byte objects: nelems=", static_cast<uint64_t>(s->nelems),
        " freeindex=", static_cast<uint64_t>(s->free_index),
        " allocCount=", static_cast<uint64_t>(s->alloc_count), "\n");
  Throw(what);
}

void CheckSwept(Span* s, void*) {
  if (s->state.LoadAcquire() != mem::SpanState::kInUse) return;
  // A span that a P has cached is counted when it gives it back.
  const bool cached = s->sweepgen.LoadAcquire() == mem::heap_sweepgen.LoadRelaxed() + 3;
  if (!cached && s->sweepgen.LoadAcquire() != mem::heap_sweepgen.LoadRelaxed()) {
    ReportSpan(s, "gortverify: span was not swept");
  }
  uint32_t used = 0;
  for (uint32_t i = 0; i < s->nelems; i++) {
    if (s->IsMarked(i)) ReportSpan(s, "gortverify: mark left by the last cycle");
    if (!s->IsFree(i)) used++;
  }
  for (uint32_t i = s->nelems; i % 64 != 0; i++) {
    if (Span::Bit(s->alloc_bits, i))
      ReportSpan(s, "gortverify: allocation bit behind the last object");
  }
  if (!cached && used != s->alloc_count) ReportSpan(s, "gortverify: count of objects is wrong");
}

}  // namespace

bool IsMarkedOrNone(uintptr_t p) {
  const Span* s = mem::FindSpan(p);
  if (s == nullptr || s->state.LoadAcquire() != mem::SpanState::kInUse) return true;
  uint32_t i = s->IndexOf(p);
  return i >= s->nelems || s->IsMarked(i);
}

void ReportWhite(uintptr_t object, const char* how) {
  Print("runtime: reachable, but not marked (", how, "):\n  ");
  object = ObjectOf(object);
  PrintObject(object);
  Print("\n");
  Search search{};
  while (search.length < kLongestChain) {
    search.objects[search.length++] = object;
    if (PrintRootOf(object, mem::FindSpan(object)->elemsize)) break;
    search.slot = 0;
    mem::page_heap::ForEachSpan(Look, &search);
    if (search.slot == 0) {
      Print("  held by a root that is not known\n");
      break;
    }
    object = ObjectOf(search.slot);
    Print("  from +", static_cast<uint64_t>(search.slot - object), " of ");
    PrintObject(object);
    Print("\n");
  }
  Throw("gortverify: reachable object is not marked");
}

void VerifyMarkedHeap() { mem::page_heap::ForEachSpan(CheckEdges, nullptr); }

void VerifySweptHeap() {
  mem::page_heap::ForEachSpan(CheckSwept, nullptr);
  mem::page_heap::Verify();
}

}  // namespace gort::gc
