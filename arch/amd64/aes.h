// SPDX-License-Identifier: BSD-3-Clause
//
// amd64: one round of AES as a function of two 16-byte values; the hash of map keys is made of a
// few of them (runtime/lang/hash.h). As an instruction in line it needs no per-file compiler flag;
// callers have asked gort_features.aes.
//
// Before: arch/features.h   After: runtime/lang/hash.h
#ifndef GORT_ARCH_AMD64_AES_H_
#define GORT_ARCH_AMD64_AES_H_

#include <cstdint>

namespace gort::arch {

using Block = uint64_t __attribute__((vector_size(16), aligned(8)));

// MixColumns(ShiftRows(SubBytes(x))) ^ key
inline __attribute__((always_inline)) Block AesRound(Block x, Block key) {
  __asm__("aesenc %1, %0" : "+x"(x) : "x"(key));
  return x;
}

// The hash of up to 16 bytes as one piece. Between the instructions lie only registers that the
// compiler does not see: a vector in its hands would cost every map function an aligned frame.
//   AesMixWord   two rounds over {low, high} ^ keys[0]
//   AesMixShort  one round over {seed, n} ^ keys[0], then two rounds over that ^ {low, high}
inline __attribute__((always_inline)) uint64_t AesMixWord(uint64_t low, uint64_t high,
                                                          const Block* keys) {
  uint64_t mixed;
  __asm__(
      "movq %1, %%xmm0\n\t"
      "movq %2, %%xmm1\n\t"
      "punpcklqdq %%xmm1, %%xmm0\n\t"
      "pxor %3, %%xmm0\n\t"
      "aesenc %4, %%xmm0\n\t"
      "aesenc %5, %%xmm0\n\t"
      "movq %%xmm0, %0"
      : "=r"(mixed)
      : "r"(low), "r"(high), "m"(keys[0]), "m"(keys[1]), "m"(keys[2])
      : "xmm0", "xmm1");
  return mixed;
}

inline __attribute__((always_inline)) uint64_t AesMixShort(uint64_t low, uint64_t high,
                                                           uint64_t seed, uint64_t n,
                                                           const Block* keys) {
  uint64_t mixed;
  __asm__(
      "movq %3, %%xmm0\n\t"
      "movq %4, %%xmm1\n\t"
      "punpcklqdq %%xmm1, %%xmm0\n\t"
      "movq %1, %%xmm1\n\t"
      "movq %2, %%xmm2\n\t"
      "punpcklqdq %%xmm2, %%xmm1\n\t"
      "pxor %5, %%xmm0\n\t"
      "aesenc %6, %%xmm0\n\t"
      "pxor %%xmm1, %%xmm0\n\t"
      "aesenc %7, %%xmm0\n\t"
      "aesenc %8, %%xmm0\n\t"
      "movq %%xmm0, %0"
      : "=r"(mixed)
      : "r"(low), "r"(high), "r"(seed), "r"(n), "m"(keys[0]), "m"(keys[1]), "m"(keys[2]),
        "m"(keys[3])
      : "xmm0", "xmm1", "xmm2");
  return mixed;
}

}  // namespace gort::arch

#endif  // GORT_ARCH_AMD64_AES_H_
