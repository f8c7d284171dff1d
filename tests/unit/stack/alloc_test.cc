// SPDX-License-Identifier: BSD-3-Clause
//
// Stacks are allocated, reused, given back and poisoned.
//
// Before: tests/support/fatal.h   After: tests/unit/stack/copy_test.cc
#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <random>

#include "arch/arch.h"
#include "runtime/base/debug_vars.h"
#include "runtime/mem/malloc.h"
#include "runtime/mem/page_heap.h"
#include "runtime/stack/stack.h"
#include "tests/support/m_with_p.h"

namespace gort::stack {
namespace {

class StackAllocTest : public testing::Test {
 protected:
  uintptr_t InUse() { return mem::page_heap::GetStats().manual; }
  testing_support::MWithP m_;
};

TEST_ON_M(StackAllocTest, StacksOfAllSizesAreDisjointAndAligned) {
  std::mt19937 random(7);
  std::map<uintptr_t, abi::Stack> live;
  for (int i = 0; i < 20000; ++i) {
    if (random() % 2 == 0 || live.empty()) {
      const uintptr_t size = abi::kStackMin << random() % 8;
      const abi::Stack s = Alloc(size);
      ASSERT_EQ(s.size(), size);
      ASSERT_EQ(s.lo % 16, 0u);
      auto next = live.lower_bound(s.lo);
      if (next != live.end()) {
        ASSERT_GE(next->first, s.hi);
      }
      if (next != live.begin()) {
        ASSERT_LE(std::prev(next)->second.hi, s.lo);
      }
      live[s.lo] = s;
    } else {
      auto any = live.lower_bound(live.begin()->first +
                                  random() % (live.rbegin()->first - live.begin()->first + 1));
      Free(any->second);
      live.erase(any);
    }
  }
  for (const auto& entry : live) Free(entry.second);
}

TEST_ON_M(StackAllocTest, AFreedStackIsTheNextOneOfItsSize) {
  const abi::Stack s = Alloc(4096);
  Free(s);
  EXPECT_EQ(Alloc(4096).lo, s.lo);
}

TEST_ON_M(StackAllocTest, FlushingGivesAllPagesBack) {
  FlushCache(&m_.p);
  const uintptr_t before = InUse();
  std::vector<abi::Stack> stacks;
  for (int i = 0; i < 300; ++i) stacks.push_back(Alloc(abi::kStackMin << i % 6));
  EXPECT_GT(InUse(), before);
  for (abi::Stack s : stacks) Free(s);
  FlushCache(&m_.p);
  EXPECT_EQ(InUse(), before);
}

TEST_ON_M(StackAllocTest, WhileTheCollectorMarksSpansKeepTheirUse) {
  FlushCache(&m_.p);
  const uintptr_t before = InUse();
  KeepSpans(true);
  std::vector<abi::Stack> stacks;
  for (int i = 0; i < 100; ++i) stacks.push_back(Alloc(abi::kStackMin << i % 6));
  const uintptr_t during = InUse();
  const abi::Stack large = stacks[5];
  for (abi::Stack s : stacks) Free(s);
  FlushCache(&m_.p);
  EXPECT_EQ(InUse(), during);
  bool reused = false;
  std::vector<abi::Stack> again;
  for (int i = 0; i < 20; ++i) {
    again.push_back(Alloc(large.size()));
    reused |= again.back().lo == large.lo;
  }
  EXPECT_TRUE(reused);
  for (abi::Stack s : again) Free(s);
  KeepSpans(false);
  FreeKeptSpans();
  EXPECT_EQ(InUse(), before);
}

TEST_ON_M(StackAllocTest, WithoutAPStacksComeFromTheCentralLists) {
  m_.m.p = nullptr;
  const abi::Stack s = Alloc(2048);
  Free(s);
  EXPECT_EQ(m_.p.stackcache[0].head, nullptr);
  m_.m.p = &m_.p;
}

TEST_ON_M(StackAllocTest, PoisonTellsNewFromFreed) {
  debug_vars.gortpoison = 1;
  const abi::Stack s = Alloc(32768);
  for (uintptr_t p = s.lo; p < s.hi; ++p) ASSERT_EQ(*reinterpret_cast<uint8_t*>(p), 0xfd);
  KeepSpans(true);  // so that the memory is still there to look at
  Free(s);
  for (uintptr_t p = s.lo; p < s.hi; ++p) ASSERT_EQ(*reinterpret_cast<uint8_t*>(p), 0xfc);
  KeepSpans(false);
  FreeKeptSpans();
  debug_vars.gortpoison = 0;
}

}  // namespace
}  // namespace gort::stack
