// SPDX-License-Identifier: BSD-3-Clause
//
// Hashes of bytes: the one function behind map keys, interface values and hash/maphash.
//
// Two implementations of the same interface; boot chooses (InitHash):
//
//   AES       a 16-byte state takes the seed and the data and passes through rounds of AES whose
//             keys are random per process; two rounds let every bit of the input reach every bit of
//             the output
//   multiply  128-bit products of data and random odd words, both halves folded together, where the
//             cpu has no AES
//
// Data up to 16 bytes is read by two loads that overlap (bytes.h); the length goes into the state,
// so that "a" and "a\0" differ. Longer data is read in 16-byte lanes, the last lane ending at the
// last byte.
//
// Whoever hashes one and the same Go value must get the same result however it came by it: the fast
// map entries, the general ones, reflect. That is why all of them are inline functions here, and
// why a key of 4 or 8 bytes of plain memory is always HashWord32/64, never HashMemory.
//
// Before: runtime/lang/bytes.h   After: runtime/lang/hash_leaf.cc
#ifndef GORT_RUNTIME_LANG_HASH_H_
#define GORT_RUNTIME_LANG_HASH_H_

#include "arch/arch.h"
#include "runtime/abi/value.h"
#include "runtime/lang/bytes.h"

namespace gort::lang {

// Random bits of this process; written once at boot.
struct alignas(16) HashKeys {
  arch::Block aes[6];
  uint64_t odd[4];
};
extern HashKeys hash_keys __attribute__((visibility("hidden")));

// Boot: random keys. A test gives its own bytes.
void InitHash();
void InitHash(const uint8_t random[128]);

// -- AES --

GORT_ALWAYS_INLINE uintptr_t AesHashWord(uint64_t v, uintptr_t seed) {
  return arch::AesMixWord(v, seed, hash_keys.aes);
}

GORT_ALWAYS_INLINE arch::Block LoadBlock(const uint8_t* p) {
  return arch::Block{Load<uint64_t>(p), Load<uint64_t>(p + 8)};
}

GORT_ALWAYS_INLINE uintptr_t AesHashShort(uint64_t low, uint64_t high, uintptr_t seed,
                                          uintptr_t n) {
  return arch::AesMixShort(low, high, seed, n, hash_keys.aes);
}

// n > 16
uintptr_t AesHashLong(const uint8_t* p, uintptr_t n, uintptr_t seed);

// -- Multiplication --

GORT_ALWAYS_INLINE uint64_t Fold(uint64_t a, uint64_t b) { return arch::FoldedProduct(a, b); }

GORT_ALWAYS_INLINE uintptr_t MulHashShort(uint64_t low, uint64_t high, uintptr_t seed,
                                          uintptr_t n) {
  return Fold(Fold(low ^ hash_keys.odd[0], high ^ seed ^ hash_keys.odd[1]) ^ n, hash_keys.odd[2]);
}

uintptr_t MulHashLong(const uint8_t* p, uintptr_t n, uintptr_t seed);

// -- What the rest uses --

GORT_ALWAYS_INLINE uintptr_t HashWord64(uint64_t v, uintptr_t seed) {
  if (GORT_LIKELY(arch::gort_features.aes)) return AesHashWord(v, seed);
  return MulHashShort(v, 0, seed, 8);
}

// The length keeps 4 bytes apart from 8 with the same value.
GORT_ALWAYS_INLINE uintptr_t HashWord32(uint32_t v, uintptr_t seed) {
  return HashWord64(v | uint64_t{4} << 32, seed);
}

// n <= 16
GORT_ALWAYS_INLINE uintptr_t HashShort(const uint8_t* p, uintptr_t n, uintptr_t seed) {
  uint64_t low = 0, high = 0;
  if (n >= 8) {
    low = Load<uint64_t>(p);
    high = Load<uint64_t>(p + n - 8);
  } else if (n >= 4) {
    low = Load<uint32_t>(p);
    high = Load<uint32_t>(p + n - 4);
  } else if (n != 0) {
    low = static_cast<uint64_t>(p[0]) | static_cast<uint64_t>(p[n >> 1]) << 8 |
          static_cast<uint64_t>(p[n - 1]) << 16;
  }
  return GORT_LIKELY(arch::gort_features.aes) ? AesHashShort(low, high, seed, n)
                                              : MulHashShort(low, high, seed, n);
}

GORT_ALWAYS_INLINE uintptr_t HashBytes(const void* data, uintptr_t n, uintptr_t seed) {
  const uint8_t* p = static_cast<const uint8_t*>(data);
  if (n <= 16) return HashShort(p, n, seed);
  return GORT_LIKELY(arch::gort_features.aes) ? AesHashLong(p, n, seed) : MulHashLong(p, n, seed);
}

GORT_ALWAYS_INLINE uintptr_t HashString(abi::String s, uintptr_t seed) {
  return HashBytes(s.str, static_cast<uintptr_t>(s.len), seed);
}

// Plain memory of a Go value: integers, pointers, structs and arrays of them.
GORT_ALWAYS_INLINE uintptr_t HashMemory(const void* p, uintptr_t n, uintptr_t seed) {
  if (n == 8) return HashWord64(Load<uint64_t>(p), seed);
  if (n == 4) return HashWord32(Load<uint32_t>(p), seed);
  return HashBytes(p, n, seed);
}

// Floats hash by value: +0 and -0 are one key. NaN is different from every key, itself included:
// `random` spreads them, for they will never be found again.
template <typename Float, typename Bits>
GORT_ALWAYS_INLINE uintptr_t HashFloat(const void* p, uintptr_t seed, uint64_t random) {
  const Float f = Load<Float>(p);
  if (f == 0) return HashWord64(0, seed);
  if (f != f) return HashWord64(random, seed);
  return HashWord64(Load<Bits>(p), seed);
}

}  // namespace gort::lang

#endif  // GORT_RUNTIME_LANG_HASH_H_
