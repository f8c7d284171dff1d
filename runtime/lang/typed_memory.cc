// SPDX-License-Identifier: BSD-3-Clause
//
// Copying and clearing values with pointers, with the write barrier.
//
// The barrier is the collector's (gc::BulkBarrierPreWrite): before the bytes move it records every
// pointer that is overwritten and every pointer that is stored. Only the prefix of a value up to
// ptrdata can hold pointers, and only that is shown to it. Memory that is not heap (frames,
// globals) is recognised there.
//
// The partial forms serve reflect's calls: they move the part [off, off + size) of a value that
// lies in an argument block; dst and src point to that part already.
//
// Before: runtime/lang/typed_memory_leaf.cc   After: runtime/lang/hash.h
#include "runtime/lang/typed_memory.h"

#include "arch/memory.h"
#include "asm/gen/entries.h"
#include "runtime/base/check.h"
#include "runtime/base/upcalls.h"

namespace gort::lang {
namespace {

constexpr uintptr_t kWordMask = abi::kWord - 1;

void* At(void* p, uintptr_t offset) { return static_cast<uint8_t*>(p) + offset; }

// The whole words of [dst, dst + size) that may hold pointers; off: where in the value that range
// begins.
void PartialBarrier(const abi::_type* t, void* dst, const void* src, uintptr_t off,
                    uintptr_t size) {
  if (!NeedsBarrier(t) || size < abi::kWord || off >= t->ptrdata) return;
  uintptr_t skip = -off & kWordMask;
  uintptr_t length = (size - skip) & ~kWordMask;
  if (length > t->ptrdata - off - skip) length = (t->ptrdata - off - skip + kWordMask) & ~kWordMask;
  const void* from = src == nullptr ? nullptr : static_cast<const uint8_t*>(src) + skip;
  gc::BulkBarrierPreWrite(At(dst, skip), from, length);
}

}  // namespace

void TypedMove(const abi::_type* t, void* dst, const void* src) {
  if (dst == src) return;
  if (NeedsBarrier(t)) gc::BulkBarrierPreWrite(dst, src, t->ptrdata);
  arch::MoveMemory(dst, src, t->size);
}

void TypedMoveArray(const abi::_type* t, void* dst, const void* src, intptr_t n) {
  if (n == 0 || dst == src) return;
  const uintptr_t size = static_cast<uintptr_t>(n) * t->size;
  if (NeedsBarrier(t)) gc::BulkBarrierPreWrite(dst, src, size - t->size + t->ptrdata);
  arch::MoveMemory(dst, src, size);
}

void TypedClear(const abi::_type* t, void* p) {
  if (NeedsBarrier(t)) gc::BulkBarrierPreWrite(p, nullptr, t->ptrdata);
  arch::ClearMemory(p, t->size);
}

// ---- Entered from Go ----

extern "C" {

void gort_typedmemmove_slow(entry::typedmemmove_slow* a) { TypedMove(a->typ, a->dst, a->src); }
void gort_reflect_typedmemmove_slow(entry::reflect_typedmemmove_slow* a) {
  TypedMove(a->typ, a->dst, a->src);
}
void gort_reflectlite_typedmemmove_slow(entry::reflectlite_typedmemmove_slow* a) {
  TypedMove(a->typ, a->dst, a->src);
}

void gort_typedmemclr_slow(entry::typedmemclr_slow* a) { TypedClear(a->typ, a->ptr); }
void gort_reflect_typedmemclr_slow(entry::reflect_typedmemclr_slow* a) {
  TypedClear(a->typ, a->ptr);
}

void gort_typedslicecopy_slow(entry::typedslicecopy_slow* a) {
  const intptr_t n = a->dstLen < a->srcLen ? a->dstLen : a->srcLen;
  TypedMoveArray(a->typ, a->dstPtr, a->srcPtr, n);
  a->ret = n;
}
void gort_reflect_typedslicecopy_slow(entry::reflect_typedslicecopy_slow* a) {
  const intptr_t n = a->dst.len < a->src.len ? a->dst.len : a->src.len;
  TypedMoveArray(a->elemType, a->dst.array, a->src.array, n);
  a->ret = n;
}

void gort_memclrHasPointers_slow(entry::memclrHasPointers_slow* a) {
  if (BarrierOn()) gc::BulkBarrierPreWrite(a->ptr, nullptr, a->n);
  arch::ClearMemory(a->ptr, a->n);
}

void gort_reflect_typedmemmovepartial(entry::reflect_typedmemmovepartial* a) {
  PartialBarrier(a->typ, a->dst, a->src, a->off, a->size);
  arch::MoveMemory(a->dst, a->src, a->size);
}

void gort_reflect_typedmemclrpartial(entry::reflect_typedmemclrpartial* a) {
  PartialBarrier(a->typ, a->ptr, nullptr, a->off, a->size);
  arch::ClearMemory(a->ptr, a->size);
}

// The results of a call that reflectcall made go back into the caller's block: `size` bytes at dst,
// which is the part of the frame's type from some offset on, so no type describes it; every word is
// shown to the barrier.
void gort_reflectcallmove(entry::reflectcallmove* a) {
  if (a->typ != nullptr && a->typ->has_pointers() && BarrierOn() && a->size >= abi::kWord) {
    gc::BulkBarrierPreWrite(a->dst, a->src, a->size & ~kWordMask);
  }
  arch::MoveMemory(a->dst, a->src, a->size);
}

}  // extern "C"

}  // namespace gort::lang
