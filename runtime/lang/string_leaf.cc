// SPDX-License-Identifier: BSD-3-Clause
//
// String operations on the goroutine stack: all that ends without allocating.
//
// Before: runtime/lang/string.h   After: runtime/lang/string.cc
#include "runtime/lang/string.h"

#include "arch/leaf.h"

namespace gort::lang {
namespace {

constexpr ByteWords MakeByteWords() {
  ByteWords table = {};
  for (int i = 0; i < 256; i++) table.word[i] = static_cast<uint64_t>(i);
  return table;
}

// False: memory is needed, or the sum of the lengths overflows.
GORT_ALWAYS_INLINE bool ConcatWithoutMemory(uint8_t* buf, const abi::String* s, intptr_t n,
                                            abi::String* out) {
  const Operands all = Measure(s, n);
  if (all.length == 0) {
    *out = kEmptyString;
    return true;
  }
  if (all.nonempty == 1 && (buf != nullptr || !OnStackOf(arch::GetG(), s[all.last].str))) {
    *out = s[all.last];
    return true;
  }
  if (buf != nullptr && static_cast<uintptr_t>(all.length) <= kStringBuffer) {
    Join(buf, s, n);
    *out = {buf, all.length};
    return true;
  }
  return false;
}

}  // namespace

constinit const ByteWords byte_words = MakeByteWords();

// ---- Entered from Go ----

GORT_LEAF(concatstring2) {
  if (!ConcatWithoutMemory(a.buf, a.a, 2, &a.ret)) GORT_TAIL(concatstring2_slow);
}
GORT_LEAF(concatstring3) {
  if (!ConcatWithoutMemory(a.buf, a.a, 3, &a.ret)) GORT_TAIL(concatstring3_slow);
}
GORT_LEAF(concatstring4) {
  if (!ConcatWithoutMemory(a.buf, a.a, 4, &a.ret)) GORT_TAIL(concatstring4_slow);
}
GORT_LEAF(concatstring5) {
  if (!ConcatWithoutMemory(a.buf, a.a, 5, &a.ret)) GORT_TAIL(concatstring5_slow);
}
GORT_LEAF(concatstrings) {
  if (!ConcatWithoutMemory(a.buf, static_cast<abi::String*>(a.a.array), a.a.len, &a.ret)) {
    GORT_TAIL(concatstrings_slow);
  }
}

GORT_LEAF(slicebytetostring) {
  if (a.n == 0) {
    a.ret = kEmptyString;
  } else if (a.n == 1) {
    a.ret = {static_cast<uint8_t*>(ByteWord(*a.ptr)), 1};
  } else if (a.buf != nullptr && a.n <= kStringBuffer) {
    CopyBytes(a.buf, a.ptr, static_cast<uintptr_t>(a.n));
    a.ret = {a.buf, a.n};
  } else {
    GORT_TAIL(slicebytetostring_slow);
  }
}

GORT_LEAF(slicebytetostringtmp) { a.ret = {a.ptr, a.n}; }

GORT_LEAF(stringtoslicebyte) {
  if (a.buf == nullptr || a.s.len > kStringBuffer) GORT_TAIL(stringtoslicebyte_slow);
  for (int i = 0; i < kStringBuffer; i += 8) Store<uint64_t>(a.buf + i, 0);
  CopyBytes(a.buf, a.s.str, static_cast<uintptr_t>(a.s.len));
  a.ret = {a.buf, a.s.len, kStringBuffer};
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
  if (a.buf == nullptr && a.a.len != 0) GORT_TAIL(slicerunetostring_slow);
  const intptr_t n = EncodedLength(runes, a.a.len);
  if (n > kStringBuffer) GORT_TAIL(slicerunetostring_slow);
  EncodeRunes(a.buf, runes, a.a.len);
  a.ret = {a.buf, n};
}

GORT_LEAF(intstring) {
  if (a.buf == nullptr) GORT_TAIL(intstring_slow);
  a.ret = {a.buf, EncodeRune(a.buf, RuneOfInt(a.v))};
}

GORT_LEAF(decoderune) {
  const Rune rune = DecodeRune(a.s.str + a.k, a.s.len - a.k);
  a.r = rune.value;
  a.pos = a.k + rune.width;
}

GORT_LEAF(countrunes) { a.ret = CountRunes(a.s.str, a.s.len); }

}  // namespace gort::lang
