// SPDX-License-Identifier: BSD-3-Clause
//
// arm64: one round of AES as a function of two 16-byte values; the hash of map keys is made of a
// few of them (runtime/lang/hash.h). As instructions in line they need no per-file compiler flag;
// callers have asked gort_features.aes. The cpu adds the key before SubBytes where amd64 adds it at
// the end: here it is added at the end too, so that both cpus compute the same.
//
// Before: arch/features.h   After: runtime/lang/hash.h
#ifndef GORT_ARCH_ARM64_AES_H_
#define GORT_ARCH_ARM64_AES_H_

#include <cstdint>

namespace gort::arch {

using Block = uint64_t __attribute__((vector_size(16), aligned(8)));

// MixColumns(ShiftRows(SubBytes(x))) ^ key
inline __attribute__((always_inline)) Block AesRound(Block x, Block key) {
  const Block zero = {0, 0};
  __asm__(
      ".arch_extension crypto\n\t"
      "aese %0.16b, %1.16b\n\t"
      "aesmc %0.16b, %0.16b"
      : "+w"(x)
      : "w"(zero));
  return x ^ key;
}

// The hash of up to 16 bytes as one piece:
//   AesMixWord   two rounds over {low, high} ^ keys[0]
//   AesMixShort  one round over {seed, n} ^ keys[0], then two rounds over that ^ {low, high}
inline __attribute__((always_inline)) uint64_t AesMixWord(uint64_t low, uint64_t high,
                                                          const Block* keys) {
  return AesRound(AesRound(Block{low, high} ^ keys[0], keys[1]), keys[2])[0];
}

inline __attribute__((always_inline)) uint64_t AesMixShort(uint64_t low, uint64_t high,
                                                           uint64_t seed, uint64_t n,
                                                           const Block* keys) {
  const Block state = AesRound(Block{seed, n} ^ keys[0], keys[1]);
  return AesRound(AesRound(Block{low, high} ^ state, keys[2]), keys[3])[0];
}

}  // namespace gort::arch

#endif  // GORT_ARCH_ARM64_AES_H_
