// SPDX-License-Identifier: BSD-3-Clause
//
// UTF-8, as the language defines it for strings: any byte sequence is a string, and a byte that
// does not begin a well-formed encoding counts as one U+FFFD of width 1.
//
//   bytes  first     code point bits        smallest legal
//   1      0xxxxxxx  7                      U+0000
//   2      110xxxxx  5+6                    U+0080
//   3      1110xxxx  4+6+6                  U+0800, no surrogates D800..DFFF
//   4      11110xxx  3+6+6+6                U+10000, up to U+10FFFF
//
// All inline and freestanding: leaf and system code share it.
//
// Before: runtime/lang/print.cc   After: runtime/lang/bytes.h
#ifndef GORT_RUNTIME_LANG_UTF8_H_
#define GORT_RUNTIME_LANG_UTF8_H_

#include <cstdint>

namespace gort::lang {

constexpr int32_t kRuneError = 0xFFFD;
constexpr int32_t kMaxRune = 0x10FFFF;
constexpr int kMaxRuneBytes = 4;

struct Rune {
  int32_t value;
  int32_t width;  // bytes consumed; at least 1
};

constexpr bool IsContinuation(uint8_t b) { return (b & 0xC0) == 0x80; }
constexpr bool IsSurrogate(int32_t r) { return (r & ~0x7FF) == 0xD800; }

// The rune that begins at p; n > 0 bytes are there.
inline Rune DecodeRune(const uint8_t* p, intptr_t n) {
  const uint8_t lead = p[0];
  if (lead < 0x80) return {lead, 1};
  const Rune bad = {kRuneError, 1};
  if (lead < 0xC2 || lead > 0xF4) return bad;  // continuation, overlong, too large
  if (n < 2 || !IsContinuation(p[1])) return bad;
  if (lead < 0xE0) return {(lead & 0x1F) << 6 | (p[1] & 0x3F), 2};
  if (n < 3 || !IsContinuation(p[2])) return bad;
  if (lead < 0xF0) {
    const int32_t r = (lead & 0x0F) << 12 | (p[1] & 0x3F) << 6 | (p[2] & 0x3F);
    return r < 0x800 || IsSurrogate(r) ? bad : Rune{r, 3};
  }
  if (n < 4 || !IsContinuation(p[3])) return bad;
  const int32_t r = (lead & 0x07) << 18 | (p[1] & 0x3F) << 12 | (p[2] & 0x3F) << 6 | (p[3] & 0x3F);
  return r < 0x10000 || r > kMaxRune ? bad : Rune{r, 4};
}

// Bytes that EncodeRune writes; what is not a code point is written as U+FFFD.
constexpr int RuneWidth(int32_t r) {
  const uint32_t u = static_cast<uint32_t>(r);
  if (u < 0x80) return 1;
  if (u < 0x800) return 2;
  if (u < 0x10000 || u > kMaxRune) return 3;
  return 4;
}

inline int EncodeRune(uint8_t* out, int32_t r) {
  uint32_t u = static_cast<uint32_t>(r);
  if (u < 0x80) {
    out[0] = static_cast<uint8_t>(u);
    return 1;
  }
  if (u < 0x800) {
    out[0] = static_cast<uint8_t>(0xC0 | u >> 6);
    out[1] = static_cast<uint8_t>(0x80 | (u & 0x3F));
    return 2;
  }
  if (u > kMaxRune || IsSurrogate(r)) u = kRuneError;
  if (u < 0x10000) {
    out[0] = static_cast<uint8_t>(0xE0 | u >> 12);
    out[1] = static_cast<uint8_t>(0x80 | (u >> 6 & 0x3F));
    out[2] = static_cast<uint8_t>(0x80 | (u & 0x3F));
    return 3;
  }
  out[0] = static_cast<uint8_t>(0xF0 | u >> 18);
  out[1] = static_cast<uint8_t>(0x80 | (u >> 12 & 0x3F));
  out[2] = static_cast<uint8_t>(0x80 | (u >> 6 & 0x3F));
  out[3] = static_cast<uint8_t>(0x80 | (u & 0x3F));
  return 4;
}

// Runes of a string, as `for range` counts them. Eight ASCII bytes at a time where there are such.
inline intptr_t CountRunes(const uint8_t* p, intptr_t n) {
  intptr_t count = 0;
  const uint8_t* const end = p + n;
  while (p < end) {
    if (end - p >= 8) {
      uint64_t word;
      __builtin_memcpy(&word, p, 8);
      if ((word & 0x8080808080808080) == 0) {
        p += 8;
        count += 8;
        continue;
      }
    }
    p += DecodeRune(p, end - p).width;
    count++;
  }
  return count;
}

}  // namespace gort::lang

#endif  // GORT_RUNTIME_LANG_UTF8_H_
