// SPDX-License-Identifier: BSD-3-Clause
//
// What reflect's tests ask: which words of the object that an interface points to hold pointers, as
// the allocator recorded it, one byte per word of the object.
//
// Before: runtime/api/stats.cc   After: runtime/api/heap_dump.cc
#include "asm/gen/entries.h"
#include "runtime/abi/type.h"
#include "runtime/mem/malloc.h"
#include "runtime/mem/pointer_bits.h"

namespace gort::api {

namespace {

// The end of what the object's block can hold of whole values; the block may be longer.
uintptr_t EndOfValues(const mem::Span* span, mem::Object block) {
  if (span->large()) return span->limit;
  if (span->elemsize > mem::kMaxBitsSize) {
    const uintptr_t word = *mem::TypeWordOf(block.base);
    if (word != 0 && (word & mem::kOneValue) == 0) {
      return block.base + block.size - block.size % reinterpret_cast<abi::_type*>(word)->size;
    }
  }
  return block.base + block.size;
}

}  // namespace

// ---- Entered from Go ----

extern "C" void gort_reflect_gcbits(entry::reflect_gcbits* a) {
  a->ret = {};
  const auto object = reinterpret_cast<uintptr_t>(a->x.data);
  const mem::Span* span = mem::FindSpan(object);
  if (span == nullptr || span->noscan()) return;
  const mem::Object block = mem::FindObject(a->x.data);
  const uintptr_t end = EndOfValues(span, block);
  const uintptr_t words = (end - object) / abi::kWord;
  auto* bits = static_cast<uint8_t*>(mem::Malloc(words, nullptr, true));
  // Zeros at the end are left out, but not those that a GC program counts as its own.
  const abi::_type* type = reinterpret_cast<abi::ptrtype*>(a->x.type)->elem;
  const bool by_program = (type->kind & abi::kKindGCProg) != 0 && type->size == end - object;
  uintptr_t used = by_program ? type->ptrdata / abi::kWord : 0;
  for (uintptr_t i = 0; i < words; i++) {
    if (!mem::IsPointerWord(span, block.base, object - block.base + i * abi::kWord)) continue;
    bits[i] = 1;
    if (i >= used) used = i + 1;
  }
  a->ret = {bits, static_cast<intptr_t>(used), static_cast<intptr_t>(words)};
}

}  // namespace gort::api
