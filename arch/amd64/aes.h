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

}  // namespace gort::arch

#endif  // GORT_ARCH_AMD64_AES_H_
