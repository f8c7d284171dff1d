// SPDX-License-Identifier: BSD-3-Clause
//
// Strings: what the leaf half and the system half of the conversions share.
//
//   buf     the compiler's 32-byte buffer in the caller's frame, for results that do not escape; or
//           nullptr
//   _leaf   results that need no memory (empty, one byte, fits into buf, one operand as it is), or
//           a block that the P's cache has at hand
//   .cc     everything else: the same entry once more, on the system stack
//
// Before: runtime/lang/bytes.h   After: runtime/lang/string_leaf.cc
#ifndef GORT_RUNTIME_LANG_STRING_H_
#define GORT_RUNTIME_LANG_STRING_H_

#include "arch/arch.h"
#include "runtime/abi/value.h"
#include "runtime/lang/bytes.h"
#include "runtime/lang/utf8.h"

namespace gort::lang {

constexpr intptr_t kStringBuffer = 32;  // bytes, and runes of the []rune buffer

// byte_words[b] is b, in the first byte and as a word: one-byte strings and small integers in
// interfaces point here. Little endian.
struct ByteWords {
  uint64_t word[256];
};
extern const ByteWords byte_words __attribute__((visibility("hidden")));
inline void* ByteWord(uint8_t b) { return const_cast<uint64_t*>(&byte_words.word[b]); }

constexpr abi::String kEmptyString = {nullptr, 0};

// What a concatenation is made of.
struct Operands {
  intptr_t length;    // of all together; negative: overflow
  intptr_t nonempty;  // how many of them
  intptr_t last;      // index of the last of those
};
GORT_ALWAYS_INLINE Operands Measure(const abi::String* s, intptr_t n) {
  Operands all = {0, 0, 0};
  for (intptr_t i = 0; i < n; i++) {
    if (s[i].len == 0) continue;
    if (__builtin_add_overflow(all.length, s[i].len, &all.length)) return {-1, 0, 0};
    all.nonempty++;
    all.last = i;
  }
  return all;
}

GORT_ALWAYS_INLINE void Join(uint8_t* out, const abi::String* s, intptr_t n) {
  for (intptr_t i = 0; i < n; i++) {
    CopyBytes(out, s[i].str, static_cast<uintptr_t>(s[i].len));
    out += s[i].len;
  }
}

// Bytes in the frame of g would die with the frame: a result that may escape must not share them.
inline bool OnStackOf(const G* g, const void* p) { return g->stack.Contains(p); }

// Bytes of a []rune as UTF-8.
inline intptr_t EncodedLength(const int32_t* runes, intptr_t n) {
  intptr_t total = 0;
  for (intptr_t i = 0; i < n; i++) total += RuneWidth(runes[i]);
  return total;
}
inline void EncodeRunes(uint8_t* out, const int32_t* runes, intptr_t n) {
  for (intptr_t i = 0; i < n; i++) out += EncodeRune(out, runes[i]);
}
inline void DecodeRunes(int32_t* out, abi::String s) {
  for (intptr_t at = 0; at < s.len;) {
    const Rune rune = DecodeRune(s.str + at, s.len - at);
    *out++ = rune.value;
    at += rune.width;
  }
}

// The rune of string(i): what is no code point becomes U+FFFD.
inline int32_t RuneOfInt(int64_t v) {
  return v == static_cast<int32_t>(v) ? static_cast<int32_t>(v) : kRuneError;
}

}  // namespace gort::lang

#endif  // GORT_RUNTIME_LANG_STRING_H_
