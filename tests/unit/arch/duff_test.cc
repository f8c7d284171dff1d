// SPDX-License-Identifier: BSD-3-Clause
//
// duffzero and duffcopy: compiled code computes entry points inside them from block sizes that are
// compiled into gc, so the bytes are checked as bytes, and every entry point is run through
// trampolines that load gc's registers (go_functions_<cpu>.S).
//
// Before: arch/amd64/duff_leaf.S   After: tests/unit/arch/memory_test.cc
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "arch/arch.h"

extern "C" {
void duffzero() __asm__("runtime.duffzero");
void duffcopy() __asm__("runtime.duffcopy");
// Enter where gc's code for n bytes does; n is a multiple of 16, 16..1024.
void test_duffzero(void* to, size_t n);
void test_duffcopy(void* to, const void* from, size_t n);
// Size of one repeated block in bytes of code, and of what it clears or copies.
extern const uint64_t test_duffzero_block, test_duffzero_step, test_duffcopy_block;
}

namespace gort {
namespace {

const uint8_t* Code(void (*fn)()) { return reinterpret_cast<const uint8_t*>(fn); }

TEST(Duff, ZeroIsMadeOfEqualBlocks) {
  const uint64_t blocks = 1024 / test_duffzero_step;
  for (uint64_t i = 1; i + 1 < blocks; i++) {
    EXPECT_EQ(0, std::memcmp(Code(duffzero), Code(duffzero) + i * test_duffzero_block,
                             test_duffzero_block))
        << i;
  }
}

TEST(Duff, CopyIsMadeOfEqualBlocks) {
  for (uint64_t i = 1; i < 64; i++) {
    EXPECT_EQ(0, std::memcmp(Code(duffcopy), Code(duffcopy) + i * test_duffcopy_block,
                             test_duffcopy_block))
        << i;
  }
}

TEST(Duff, ZeroClearsExactlyTheSizeOfItsEntry) {
  for (size_t n = 16; n <= 1024; n += 16) {
    std::vector<uint8_t> got(1200, 0xaa), want = got;
    std::memset(want.data() + 64, 0, n);
    test_duffzero(got.data() + 64, n);
    EXPECT_EQ(got, want) << n;
  }
}

TEST(Duff, CopyCopiesExactlyTheSizeOfItsEntry) {
  std::vector<uint8_t> from(1024);
  for (size_t i = 0; i < from.size(); i++) from[i] = static_cast<uint8_t>(i * 7 + 1);
  for (size_t n = 16; n <= 1024; n += 16) {
    std::vector<uint8_t> got(1200, 0xaa), want = got;
    std::memcpy(want.data() + 64, from.data(), n);
    test_duffcopy(got.data() + 64, from.data(), n);
    EXPECT_EQ(got, want) << n;
  }
}

}  // namespace
}  // namespace gort
