// SPDX-License-Identifier: BSD-3-Clause
//
// The AES round and the two mixes made of it equal a model written from the standard (FIPS 197),
// so every cpu computes the same.
//
// Before: arch/amd64/aes.h   After: tests/unit/arch/memory_test.cc
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <random>

#include "arch/arch.h"

namespace gort {
namespace {

using Bytes = std::array<uint8_t, 16>;

uint8_t Double(uint8_t x) { return static_cast<uint8_t>(x << 1 ^ (x & 0x80 ? 0x1b : 0)); }

uint8_t Multiply(uint8_t x, uint8_t y) {
  uint8_t product = 0;
  for (; y != 0; y >>= 1, x = Double(x)) {
    if (y & 1) product ^= x;
  }
  return product;
}

uint8_t SubByte(uint8_t x) {
  uint8_t inverse = 0;
  for (int y = 1; y < 256 && x != 0; y++) {
    if (Multiply(x, static_cast<uint8_t>(y)) == 1) inverse = static_cast<uint8_t>(y);
  }
  uint8_t result = 0x63;
  for (int i = 0; i < 5; i++) result ^= static_cast<uint8_t>(inverse << i | inverse >> (8 - i));
  return result;
}

Bytes Round(const Bytes& in, const Bytes& key) {
  Bytes shifted, out;
  for (int column = 0; column < 4; column++) {
    for (int row = 0; row < 4; row++) {
      shifted[4 * column + row] = SubByte(in[4 * ((column + row) % 4) + row]);
    }
  }
  for (int column = 0; column < 4; column++) {
    const uint8_t* s = &shifted[4 * column];
    for (int row = 0; row < 4; row++) {
      out[4 * column + row] =
          static_cast<uint8_t>(Double(s[row]) ^ Double(s[(row + 1) % 4]) ^ s[(row + 1) % 4] ^
                               s[(row + 2) % 4] ^ s[(row + 3) % 4] ^ key[4 * column + row]);
    }
  }
  return out;
}

arch::Block Model(arch::Block x, arch::Block key) {
  Bytes in, k;
  std::memcpy(in.data(), &x, 16);
  std::memcpy(k.data(), &key, 16);
  const Bytes out = Round(in, k);
  arch::Block result;
  std::memcpy(&result, out.data(), 16);
  return result;
}

class Aes : public ::testing::Test {
 protected:
  void SetUp() override {
    arch::DetectFeatures();
    if (!arch::gort_features.aes) GTEST_SKIP() << "this cpu has no AES instructions";
    for (arch::Block& key : keys_) key = arch::Block{random_(), random_()};
  }
  std::mt19937_64 random_{1};
  alignas(16) arch::Block keys_[4];
};

TEST_F(Aes, RoundEqualsTheStandard) {
  for (int i = 0; i < 50; i++) {
    const arch::Block x = {random_(), random_()}, key = {random_(), random_()};
    const arch::Block got = arch::AesRound(x, key), want = Model(x, key);
    EXPECT_EQ(got[0], want[0]);
    EXPECT_EQ(got[1], want[1]);
  }
}

TEST_F(Aes, MixesEqualTheirDescription) {
  for (int i = 0; i < 50; i++) {
    const uint64_t low = random_(), high = random_(), seed = random_(), n = random_() % 17;
    arch::Block word = Model(arch::Block{low, high} ^ keys_[0], keys_[1]);
    EXPECT_EQ(arch::AesMixWord(low, high, keys_), Model(word, keys_[2])[0]);
    arch::Block state = Model(arch::Block{seed, n} ^ keys_[0], keys_[1]);
    state = Model(arch::Block{low, high} ^ state, keys_[2]);
    EXPECT_EQ(arch::AesMixShort(low, high, seed, n, keys_), Model(state, keys_[3])[0]);
  }
}

}  // namespace
}  // namespace gort
