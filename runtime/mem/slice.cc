// SPDX-License-Identifier: BSD-3-Clause
//
// make([]T, n), append beyond the capacity, and make followed by copy: the forms that need the
// system stack, because the block is large, the cache is empty, the collector marks, or the
// arguments are wrong.
//
// Memory of a slice without pointers is not cleared where it is about to be overwritten; with
// pointers it always is, for the collector looks at it between the allocation and the copy.
//
// Before: runtime/mem/slice_inl.h   After: runtime/mem/slice_leaf.cc
#include <cstring>

#include "arch/memory.h"
#include "asm/gen/entries.h"
#include "runtime/abi/roots.h"
#include "runtime/base/upcalls.h"
#include "runtime/mem/entry.h"
#include "runtime/mem/malloc.h"
#include "runtime/mem/slice_inl.h"
#include "runtime/panic/panic.h"  // upward: lengths out of range panic

namespace gort::mem {
namespace {

constexpr char kLenOutOfRange[] = "makeslice: len out of range";
constexpr char kCapOutOfRange[] = "makeslice: cap out of range";
constexpr char kGrowOutOfRange[] = "growslice: cap out of range";

// nullptr: a panic has been raised.
void* MakeSlice(abi::_type* element, intptr_t len, intptr_t cap, Holds holds) {
  uintptr_t bytes;
  if (len < 0 || len > cap || !ArrayBytes(element, cap, &bytes)) {
    // make([]T, n) passes n twice; the message names the argument that the program wrote.
    uintptr_t len_bytes;
    panic::RaiseError(ArrayBytes(element, len, &len_bytes) ? kCapOutOfRange : kLenOutOfRange);
    return nullptr;
  }
  return Malloc(bytes, element, true, holds);
}

void CopyIntoNew(abi::_type* element, void* to, const void* from, uintptr_t bytes) {
  if (bytes == 0) return;
  if (element->has_pointers() && roots->writeBarrier->enabled) {
    gc::BulkBarrierPreWrite(to, from, bytes);
  }
  arch::MoveMemory(to, from, bytes);
}

bool GrowSlice(abi::_type* element, abi::Slice old, intptr_t needed, Holds holds,
               abi::Slice* grown) {
  if (needed < old.cap) {
    panic::RaiseError(kGrowOutOfRange);
    return false;
  }
  if (element->size == 0) {
    // append promises a non-nil array even where no element needs room.
    *grown = {roots->zerobase, old.len, needed};
    return true;
  }
  uintptr_t bytes;
  if (!ArrayBytes(element, GrownCapacity(old, needed), &bytes)) {
    panic::RaiseError(kGrowOutOfRange);
    return false;
  }
  uintptr_t block = RoundUpSize(bytes);
  intptr_t capacity = ElementsIn(element, block);
  block = static_cast<uintptr_t>(capacity) * element->size;
  uintptr_t old_bytes = static_cast<uintptr_t>(old.len) * element->size;
  uint8_t* p;
  if (element->has_pointers()) {
    p = static_cast<uint8_t*>(Malloc(block, element, true, holds));
  } else {
    p = static_cast<uint8_t*>(Malloc(block, nullptr, false));
    // What lies between the old length and the needed one is the caller's to fill.
    uintptr_t filled = static_cast<uintptr_t>(needed) * element->size;
    memset(p + filled, 0, block - filled);
  }
  CopyIntoNew(element, p, old.array, old_bytes);
  *grown = {p, old.len, capacity};
  return true;
}

void* MakeSliceCopy(abi::_type* element, intptr_t to_len, intptr_t from_len, const void* from,
                    Holds holds) {
  uintptr_t bytes;
  if (!ArrayBytes(element, to_len, &bytes)) {
    panic::RaiseError(kLenOutOfRange);
    return nullptr;
  }
  uintptr_t copied = to_len > from_len ? element->size * static_cast<uintptr_t>(from_len) : bytes;
  void* p;
  if (element->has_pointers()) {
    p = Malloc(bytes, element, true, holds);
  } else {
    p = Malloc(bytes, nullptr, false);
    if (copied < bytes) memset(static_cast<uint8_t*>(p) + copied, 0, bytes - copied);
  }
  CopyIntoNew(element, p, from, copied);
  return p;
}

}  // namespace

// ---- Entered from Go ----

extern "C" void gort_makeslice_slow(entry::makeslice_slow* a) {
  a = AfterCollection(a);
  if (void* p = MakeSlice(a->et, a->len, a->cap, HoldsAtEntry(a))) a->ret = p;
}

extern "C" void gort_makeslice64(entry::makeslice64* a) {
  a = AfterCollection(a);
  if (void* p = MakeSlice(a->et, a->len64, a->cap64, HoldsAtEntry(a))) a->ret = p;
}

extern "C" void gort_makeslicecopy_slow(entry::makeslicecopy_slow* a) {
  a = AfterCollection(a);
  if (void* p = MakeSliceCopy(a->et, a->tolen, a->fromlen, a->from, HoldsAtEntry(a))) {
    a->ret = p;
  }
}

extern "C" void gort_growslice_slow(entry::growslice_slow* a) {
  a = AfterCollection(a);
  abi::Slice grown;
  if (GrowSlice(a->et, a->old, a->cap, HoldsAtEntry(a), &grown)) a->ret = grown;
}

extern "C" void gort_panicmakeslicelen(entry::panicmakeslicelen*) {
  panic::RaiseError(kLenOutOfRange);
}

extern "C" void gort_panicmakeslicecap(entry::panicmakeslicecap*) {
  panic::RaiseError(kCapOutOfRange);
}

}  // namespace gort::mem
