// SPDX-License-Identifier: BSD-3-Clause
//
// String operations that allocate, and strings from C text.
//
// A result is a block without pointers, of the exact length for strings; a slice gets the whole
// block that the size class gives as its capacity, with the rest cleared, because append may show
// it. Nothing is written to the result words before the block is there.
//
// Before: runtime/lang/string_leaf.cc   After: runtime/lang/slice_leaf.cc
#include "runtime/lang/string.h"

#include <cstring>

#include "asm/gen/entries.h"
#include "runtime/base/check.h"
#include "runtime/mem/entry.h"
#include "runtime/mem/malloc.h"

namespace gort::lang {
namespace {

uint8_t* NewBytes(intptr_t n) {
  return static_cast<uint8_t*>(mem::Malloc(static_cast<uintptr_t>(n), nullptr, false));
}

abi::String Concat(const abi::String* s, intptr_t n) {
  const Operands all = Measure(s, n);
  if (all.length < 0) ThrowMisuse("string concatenation too long");
  if (all.length == 0) return kEmptyString;
  uint8_t* out = NewBytes(all.length);
  Join(out, s, n);
  return {out, all.length};
}

// A slice over a block for n elements of `width` bytes, its capacity all that fits, cleared behind
// n.
abi::Slice NewSlice(intptr_t n, uintptr_t width) {
  uintptr_t bytes;
  if (__builtin_mul_overflow(static_cast<uintptr_t>(n), width, &bytes))
    ThrowMisuse("out of memory");
  const uintptr_t block = mem::RoundUpSize(bytes);
  void* p = mem::Malloc(block, nullptr, false);
  memset(Add(p, bytes), 0, block - bytes);
  return {p, n, static_cast<intptr_t>(block / width)};
}

abi::String CopyOf(const uint8_t* p, intptr_t n) {
  if (n == 0) return kEmptyString;
  uint8_t* out = NewBytes(n);
  memcpy(out, p, static_cast<size_t>(n));
  return {out, n};
}

}  // namespace

// ---- Entered from Go ----

extern "C" {

void gort_concatstring2_slow(entry::concatstring2_slow* a) {
  a = mem::AfterCollection(a);
  a->ret = Concat(a->a, 2);
}
void gort_concatstring3_slow(entry::concatstring3_slow* a) {
  a = mem::AfterCollection(a);
  a->ret = Concat(a->a, 3);
}
void gort_concatstring4_slow(entry::concatstring4_slow* a) {
  a = mem::AfterCollection(a);
  a->ret = Concat(a->a, 4);
}
void gort_concatstring5_slow(entry::concatstring5_slow* a) {
  a = mem::AfterCollection(a);
  a->ret = Concat(a->a, 5);
}
void gort_concatstrings_slow(entry::concatstrings_slow* a) {
  a = mem::AfterCollection(a);
  a->ret = Concat(static_cast<abi::String*>(a->a.array), a->a.len);
}

void gort_slicebytetostring_slow(entry::slicebytetostring_slow* a) {
  a = mem::AfterCollection(a);
  a->ret = CopyOf(a->ptr, a->n);
}

void gort_stringtoslicebyte_slow(entry::stringtoslicebyte_slow* a) {
  a = mem::AfterCollection(a);
  const abi::Slice out = NewSlice(a->s.len, 1);
  memcpy(out.array, a->s.str, static_cast<size_t>(a->s.len));
  a->ret = out;
}

void gort_stringtoslicerune_slow(entry::stringtoslicerune_slow* a) {
  a = mem::AfterCollection(a);
  const abi::Slice out = NewSlice(CountRunes(a->s.str, a->s.len), sizeof(int32_t));
  DecodeRunes(static_cast<int32_t*>(out.array), a->s);
  a->ret = out;
}

void gort_slicerunetostring_slow(entry::slicerunetostring_slow* a) {
  a = mem::AfterCollection(a);
  auto* runes = static_cast<const int32_t*>(a->a.array);
  const intptr_t n = EncodedLength(runes, a->a.len);
  uint8_t* out = NewBytes(n);
  EncodeRunes(out, runes, a->a.len);
  a->ret = {out, n};
}

void gort_intstring_slow(entry::intstring_slow* a) {
  a = mem::AfterCollection(a);
  uint8_t bytes[kMaxRuneBytes];
  a->ret = CopyOf(bytes, EncodeRune(bytes, RuneOfInt(a->v)));
}

void gort_gostring(entry::gostring* a) {
  a = mem::AfterCollection(a);
  a->ret = a->p == nullptr
               ? kEmptyString
               : CopyOf(a->p, static_cast<intptr_t>(strlen(reinterpret_cast<char*>(a->p))));
}

void gort_gostringn(entry::gostringn* a) {
  a = mem::AfterCollection(a);
  a->ret = CopyOf(a->p, a->l);
}

void gort_gobytes(entry::gobytes* a) {
  a = mem::AfterCollection(a);
  if (a->n == 0) {
    a->ret = {NewBytes(0), 0, 0};
    return;
  }
  const abi::String copy = CopyOf(a->p, a->n);
  a->ret = {const_cast<uint8_t*>(copy.str), copy.len, copy.len};
}

}  // extern "C"

}  // namespace gort::lang
