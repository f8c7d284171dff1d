// SPDX-License-Identifier: BSD-3-Clause
//
// Allocation through the system-stack interface: sizes, zeroes, alignment, tiny blocks, large
// objects.
//
// Before: tests/support/fatal.h   After: tests/unit/mem/page_heap_test.cc
#include "runtime/mem/malloc.h"

#include <cstring>
#include <map>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/abi/roots.h"
#include "runtime/mem/page_heap.h"
#include "runtime/mem/pointer_bits.h"
#include "runtime/mem/size_class.h"
#include "tests/support/fatal.h"

namespace gort::mem {
namespace {

uintptr_t zero_base;
abi::Roots test_roots;

class MallocTest : public ::testing::Test {
 protected:
  void SetUp() override {
    test_roots.zerobase = &zero_base;
    roots = &test_roots;
    Init();
  }
};

TEST_F(MallocTest, NothingIsZerobase) { EXPECT_EQ(Malloc(0, nullptr, true), &zero_base); }

TEST_F(MallocTest, ObjectsOfAnySizeAreZeroDisjointAndAligned) {
  std::mt19937 random(1);
  std::map<uintptr_t, uintptr_t> blocks;
  for (int i = 0; i < 20000; i++) {
    uintptr_t size = random() % 8 == 0 ? random() % 70000 : random() % 600;
    if (size == 0) continue;
    auto* p = static_cast<uint8_t*>(Malloc(size, nullptr, true));
    for (uintptr_t k = 0; k < size; k++) ASSERT_EQ(p[k], 0) << size;
    memset(p, 0xa5, size);
    uintptr_t at = reinterpret_cast<uintptr_t>(p);
    if (size % 8 == 0) {
      ASSERT_EQ(at % 8, 0u);
    } else if (size % 4 == 0) {
      ASSERT_EQ(at % 4, 0u);
    } else if (size % 2 == 0) {
      ASSERT_EQ(at % 2, 0u);
    }
    auto next = blocks.lower_bound(at);
    if (next != blocks.end()) {
      ASSERT_GE(next->first, at + size);
    }
    if (next != blocks.begin()) {
      auto before = std::prev(next);
      ASSERT_LE(before->first + before->second, at);
    }
    blocks[at] = size;
    Object object = FindObject(p + size - 1);
    ASSERT_LE(object.base, at);
    ASSERT_GE(object.base + object.size, at + size);
    if (size >= kTinySize) {
      ASSERT_EQ(object.base, at);
    }
  }
  page_heap::Verify();
}

TEST_F(MallocTest, ManualSpansComeBack) {
  void* p = AllocManual(4);
  EXPECT_EQ(FindObject(p).base, 0u);
  FreeManual(p);
  void* q = AllocManual(4);
  EXPECT_EQ(p, q);
  FreeManual(q);
  page_heap::Verify();
}

TEST_F(MallocTest, ArrayThatOverflowsRaises) {
  abi::_type type{};
  type.size = 1 << 20;
  testing_support::raised = nullptr;
  EXPECT_EQ(MallocArray(&type, intptr_t{1} << 50), nullptr);
  EXPECT_STREQ(testing_support::raised, "runtime: allocation size out of range");
}

TEST_F(MallocTest, AddressesAreFamiliar) {
  uintptr_t p = reinterpret_cast<uintptr_t>(Malloc(64, nullptr, true));
  EXPECT_EQ(p >> 32, 0xc0u);
}

TEST_F(MallocTest, TooLargeIsFatal) {
  EXPECT_DEATH(Malloc(uintptr_t{1} << 60, nullptr, true), "out of memory");
}

}  // namespace
}  // namespace gort::mem
