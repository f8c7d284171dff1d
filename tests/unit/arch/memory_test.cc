// SPDX-License-Identifier: BSD-3-Clause
//
// gort_asm_move and gort_asm_clear against a byte-by-byte model: every small size at every
// alignment, random large ones, both directions of overlap, and the bytes around the region
// untouched; on every path that features choose. And what Go's entries leave in the registers.
//
// Before: arch/memory.h   After: tests/unit/arch/duff_test.cc
#include "arch/memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <random>
#include <thread>
#include <vector>

#include "arch/arch.h"

extern "C" {
void test_call_with_registers(void (*function)(), const uint64_t args[3], uint64_t registers[16]);
// Bits of the registers that stock's functions change, and of those that are not looked at.
extern const uint64_t test_changed_by_move, test_changed_by_clear;
void GoMove() __asm__("runtime.memmove");
void GoClear() __asm__("runtime.memclrNoHeapPointers");
}

namespace gort {
namespace {

class Memory : public ::testing::TestWithParam<bool> {
 protected:
  Memory() {
    arch::DetectFeatures();
    detected_ = arch::gort_features;
    if (!GetParam()) arch::gort_features.wide_move = false;
  }
  ~Memory() override { arch::gort_features = detected_; }

  static std::vector<uint8_t> RandomBytes(size_t n, uint32_t seed) {
    std::mt19937 random(seed);
    std::vector<uint8_t> bytes(n);
    for (uint8_t& b : bytes) b = static_cast<uint8_t>(random() | 1);
    return bytes;
  }

  // Moves n bytes inside one buffer and compares the whole buffer with the model.
  static void CheckMove(size_t to, size_t from, size_t n, size_t size) {
    std::vector<uint8_t> got = RandomBytes(size, static_cast<uint32_t>(n));
    std::vector<uint8_t> want = got;
    const std::vector<uint8_t> source(got.begin() + from, got.begin() + from + n);
    std::copy(source.begin(), source.end(), want.begin() + to);
    arch::MoveMemory(got.data() + to, got.data() + from, n);
    ASSERT_EQ(got, want) << "to " << to << " from " << from << " n " << n;
  }

  static void CheckClear(size_t at, size_t n, size_t size) {
    std::vector<uint8_t> got = RandomBytes(size, static_cast<uint32_t>(n));
    std::vector<uint8_t> want = got;
    std::fill_n(want.begin() + at, n, 0);
    arch::ClearMemory(got.data() + at, n);
    ASSERT_EQ(got, want) << "at " << at << " n " << n;
  }

  arch::Features detected_;
};

TEST_P(Memory, MovesEverySmallSizeBetweenSeparateRegions) {
  for (size_t n = 0; n <= 330; n++) {
    for (size_t shift : {0, 1, 8, 15}) CheckMove(512 + shift, 16, n, 1024);
  }
}

TEST_P(Memory, MovesOverlappingRegionsInBothDirections) {
  for (size_t n = 0; n <= 700; n += n < 20 ? 1 : n < 300 ? 3 : 29) {
    for (size_t distance : {0, 1, 7, 8, 16, 31, 32, 33, 64, 100, 128, 200, 256}) {
      CheckMove(64 + distance, 64, n, 1200);
      CheckMove(64, 64 + distance, n, 1200);
    }
  }
}

TEST_P(Memory, MovesLargeRandomRegions) {
  std::mt19937 random(1);
  for (int i = 0; i < 200; i++) {
    const size_t n = random() % 20000;
    CheckMove(random() % 20000, random() % 20000, n, 40000);
  }
}

TEST_P(Memory, MovesMoreThanTheCachesHold) {
  for (size_t n : {0x100000 - 1, 0x100000 + 77}) {
    CheckMove(0x200003, 5, n, 0x400000);
    CheckMove(9, 0x200003, n, 0x400000);
    CheckMove(1000, 90, n, 0x400000);
    CheckMove(90, 1000, n, 0x400000);
  }
}

TEST_P(Memory, ClearsEverySmallSizeAtEveryAlignment) {
  for (size_t n = 0; n <= 330; n++) {
    for (size_t at = 16; at < 80; at += n < 140 ? 1 : 7) CheckClear(at, n, 512);
  }
}

TEST_P(Memory, ClearsLargeRandomRegions) {
  std::mt19937 random(2);
  for (int i = 0; i < 200; i++) CheckClear(random() % 1000, random() % 30000, 32000);
}

// A reader on another thread sees each word of a moved region as one of the two values that were
// stored there, never as a mixture.
TEST_P(Memory, NeverTearsAnAlignedWord) {
  constexpr size_t kWords = 512;
  alignas(64) static uint64_t target[kWords];
  static uint64_t ones[kWords], twos[kWords];
  for (size_t i = 0; i < kWords; i++) {
    ones[i] = 0x1111111111111111;
    twos[i] = 0x2222222222222222;
  }
  std::atomic<bool> done{false};
  std::atomic<int> torn{0};
  std::thread reader([&] {
    while (!done.load(std::memory_order_relaxed)) {
      for (size_t i = 0; i < kWords; i++) {
        const uint64_t w = __atomic_load_n(&target[i], __ATOMIC_RELAXED);
        if (w != 0 && w != ones[0] && w != twos[0]) torn++;
      }
    }
  });
  std::mt19937 random(3);
  for (int i = 0; i < 20000; i++) {
    const size_t first = random() % kWords;
    const size_t count = random() % (kWords - first);
    arch::MoveMemory(&target[first], (i & 1 ? ones : twos) + first, count * 8);
    if (i % 7 == 0) arch::ClearMemory(&target[first], count * 8);
  }
  done = true;
  reader.join();
  EXPECT_EQ(torn, 0);
}

// Changed registers of a call with these arguments, a bit each.
uint64_t ChangedBy(void (*function)(), uint64_t a, uint64_t b, uint64_t c) {
  const uint64_t args[3] = {a, b, c};
  uint64_t registers[16];
  for (uint64_t i = 0; i < 16; i++) registers[i] = 0x5a5a000000000000 + i;
  test_call_with_registers(function, args, registers);
  uint64_t changed = 0;
  for (uint64_t i = 0; i < 16; i++) {
    if (registers[i] != 0x5a5a000000000000 + i) changed |= uint64_t{1} << i;
  }
  return changed;
}

// Assembly of packages keeps values in registers that stock's functions do not touch.
TEST_P(Memory, ChangesNoOtherRegistersThanStock) {
  std::vector<uint8_t> bytes(0x300000);
  const auto at = reinterpret_cast<uint64_t>(bytes.data());
  for (size_t n : {0, 1, 3, 5, 9, 17, 40, 70, 130, 200, 300, 600, 2000, 5000, 0x100077}) {
    for (size_t distance : {0x180000, 64, 0}) {
      EXPECT_EQ(ChangedBy(GoMove, at + distance, at, n) & ~test_changed_by_move, 0u) << n;
      EXPECT_EQ(ChangedBy(GoMove, at, at + distance, n) & ~test_changed_by_move, 0u) << n;
    }
    EXPECT_EQ(ChangedBy(GoClear, at + 1, n, 0) & ~test_changed_by_clear, 0u) << n;
  }
}

INSTANTIATE_TEST_SUITE_P(Paths, Memory, ::testing::Bool(),
                         [](const auto& param) { return param.param ? "AsDetected" : "Narrow"; });

}  // namespace
}  // namespace gort
