// SPDX-License-Identifier: BSD-3-Clause
//
// String operations on the goroutine stack: all whose result needs no memory, or no more than the
// P's cache has at hand.
//
// Before: runtime/lang/string.h   After: runtime/lang/string.cc
#include "runtime/lang/string.h"

#include "arch/leaf.h"
#include "runtime/mem/malloc_inl.h"

namespace gort::lang {
namespace {

// A block without pointers from the P's cache; nullptr: the slow twin has to get it. n > 0.
GORT_NOINLINE uint8_t* NewBytes(uintptr_t n) {
  return reinterpret_cast<uint8_t*>(mem::FastMalloc(n, nullptr, false));
}

// Where n bytes of result go: the caller's buffer if they fit.
GORT_ALWAYS_INLINE uint8_t* ResultBytes(uint8_t* buf, intptr_t n) {
  if (buf != nullptr && n <= kStringBuffer) return buf;
  return NewBytes(static_cast<uintptr_t>(n));
}

constexpr ByteWords MakeByteWords() {
  ByteWords table = {};
  for (int i = 0; i < 256; i++) table.word[i] = static_cast<uint64_t>(i);
  return table;
}

// False: the cache has no block, or the sum of the lengths overflows.
GORT_ALWAYS_INLINE bool Concat(uint8_t* buf, const abi::String* s, intptr_t n,
                               abi::String* result) {
  const Operands all = Measure(s, n);
  if (GORT_UNLIKELY(all.length <= 0)) {
    if (all.length < 0) return false;
    *result = kEmptyString;
    return true;
  }
  if (all.nonempty == 1 && (buf != nullptr || !OnStackOf(arch::GetG(), s[all.last].str))) {
    *result = s[all.last];
    return true;
  }
  uint8_t* bytes = ResultBytes(buf, all.length);
  if (bytes == nullptr) return false;
  Join(bytes, s, n);
  *result = {bytes, all.length};
  return true;
}

}  // namespace

constinit const ByteWords byte_words = MakeByteWords();

// ---- Entered from Go ----

GORT_LEAF(concatstring2) {
  if (!Concat(a.buf, a.a, 2, &a.ret)) GORT_TAIL(concatstring2_slow);
}
GORT_LEAF(concatstring3) {
  if (!Concat(a.buf, a.a, 3, &a.ret)) GORT_TAIL(concatstring3_slow);
}
GORT_LEAF(concatstring4) {
  if (!Concat(a.buf, a.a, 4, &a.ret)) GORT_TAIL(concatstring4_slow);
}
GORT_LEAF(concatstring5) {
  if (!Concat(a.buf, a.a, 5, &a.ret)) GORT_TAIL(concatstring5_slow);
}
GORT_LEAF(concatstrings) {
  if (!Concat(a.buf, static_cast<abi::String*>(a.a.array), a.a.len, &a.ret)) {
    GORT_TAIL(concatstrings_slow);
  }
}

GORT_LEAF(slicebytetostring) {
  if (a.n <= 1) {
    a.ret = a.n == 0 ? kEmptyString : abi::String{static_cast<uint8_t*>(ByteWord(*a.ptr)), 1};
    return;
  }
  uint8_t* bytes = ResultBytes(a.buf, a.n);
  if (bytes == nullptr) GORT_TAIL(slicebytetostring_slow);
  CopyBytes(bytes, a.ptr, static_cast<uintptr_t>(a.n));
  a.ret = {bytes, a.n};
}

GORT_LEAF(slicebytetostringtmp) { a.ret = {a.ptr, a.n}; }

GORT_LEAF(stringtoslicebyte) {
  uint8_t* bytes = a.buf;
  uintptr_t cap = kStringBuffer;
  const uintptr_t n = static_cast<uintptr_t>(a.s.len);
  if (bytes == nullptr || n > kStringBuffer) {
    if (n - 1 >= mem::kMaxSmallSize) GORT_TAIL(stringtoslicebyte_slow);
    cap = mem::kClasses[mem::SizeClassOf(n)].size;
    bytes = NewBytes(cap);
    if (bytes == nullptr) GORT_TAIL(stringtoslicebyte_slow);
  }
  // The capacity can be seen by append: clear what the string does not fill, and the word where it
  // ends before that.
  for (uintptr_t i = n & ~uintptr_t{7}; i + 8 <= cap; i += 8) Store<uint64_t>(bytes + i, 0);
  CopyBytes(bytes, a.s.str, n);
  a.ret = {bytes, a.s.len, static_cast<intptr_t>(cap)};
}

GORT_LEAF(stringtoslicerune) {
  if (a.buf == nullptr) GORT_TAIL(stringtoslicerune_slow);
  const intptr_t n = CountRunes(a.s.str, a.s.len);
  if (n > kStringBuffer) GORT_TAIL(stringtoslicerune_slow);
  for (int i = 0; i < kStringBuffer; i += 2) Store<uint64_t>(a.buf + i, 0);
  DecodeRunes(a.buf, a.s);
  a.ret = {a.buf, n, kStringBuffer};
}

GORT_LEAF(slicerunetostring) {
  auto* runes = static_cast<const int32_t*>(a.a.array);
  const intptr_t n = EncodedLength(runes, a.a.len);
  uint8_t* bytes = n == 0 ? a.buf : ResultBytes(a.buf, n);
  if (bytes == nullptr && n != 0) GORT_TAIL(slicerunetostring_slow);
  EncodeRunes(bytes, runes, a.a.len);
  a.ret = {bytes, n};
}

GORT_LEAF(intstring) {
  const int32_t rune = RuneOfInt(a.v);
  uint8_t* bytes = a.buf != nullptr ? a.buf : NewBytes(static_cast<uintptr_t>(RuneWidth(rune)));
  if (bytes == nullptr) GORT_TAIL(intstring_slow);
  a.ret = {bytes, EncodeRune(bytes, rune)};
}

GORT_LEAF(decoderune) {
  const Rune rune = DecodeRune(a.s.str + a.k, a.s.len - a.k);
  a.r = rune.value;
  a.pos = a.k + rune.width;
}

GORT_LEAF(countrunes) { a.ret = CountRunes(a.s.str, a.s.len); }

}  // namespace gort::lang
