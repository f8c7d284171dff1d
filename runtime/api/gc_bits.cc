// SPDX-License-Identifier: BSD-3-Clause
//
// What reflect's tests ask: which words of the object that an interface points to hold pointers, as
// the allocator recorded it. One byte per word, without the zeros at the end.
//
// Before: runtime/api/stats.cc   After: runtime/api/heap_dump.cc
#include "asm/gen/entries.h"
#include "runtime/abi/type.h"
#include "runtime/mem/malloc.h"
#include "runtime/mem/pointer_bits.h"

namespace gort::api {

// ---- Entered from Go ----

extern "C" void gort_reflect_gcbits(entry::reflect_gcbits* a) {
  a->ret = {};
  const auto object = reinterpret_cast<uintptr_t>(a->x.data);
  const mem::Span* span = mem::FindSpan(object);
  if (span == nullptr || span->noscan()) return;
  const uintptr_t base = mem::FindObject(a->x.data).base;
  const uintptr_t words = reinterpret_cast<abi::ptrtype*>(a->x.type)->elem->size / abi::kWord;
  auto* bits = static_cast<uint8_t*>(mem::Malloc(words, nullptr, true));
  uintptr_t used = 0;
  for (uintptr_t i = 0; i < words; i++) {
    if (!mem::IsPointerWord(span, base, object - base + i * abi::kWord)) continue;
    bits[i] = 1;
    used = i + 1;
  }
  a->ret = {bits, static_cast<intptr_t>(used), static_cast<intptr_t>(words)};
}

}  // namespace gort::api
