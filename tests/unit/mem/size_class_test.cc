// SPDX-License-Identifier: BSD-3-Clause
//
// Size classes: the tables against their definition, and division by multiplication for every
// offset.
//
// Before: tests/unit/mem/malloc_test.cc   After: tests/unit/mem/page_heap_test.cc
#include "runtime/mem/size_class.h"

#include <gtest/gtest.h>

#include "runtime/mem/malloc.h"
#include "runtime/mem/span.h"

namespace gort::mem {
namespace {

TEST(SizeClass, IsTheSmallestThatHoldsTheSize) {
  for (uintptr_t size = 1; size <= kMaxSmallSize; size++) {
    uint32_t c = SizeClassOf(size);
    ASSERT_GE(kClasses[c].size, size);
    ASSERT_LT(kClasses[c - 1].size, size);
  }
}

TEST(SizeClass, WastesLessThanAnEighthOfASpan) {
  for (int c = 1; c < kSizeClasses; c++) {
    uintptr_t span = kClasses[c].pages * kPageSize;
    uintptr_t waste = span % kClasses[c].size;
    EXPECT_LE(waste * 8, span) << c;
    EXPECT_LE(ObjectsPerSpan(c), 1024u);
  }
}

TEST(SizeClass, IndexOfEveryByteOfASpan) {
  for (int c = 1; c < kSizeClasses; c++) {
    Span s{};
    s.base = 0xc000000000;
    s.reciprocal = kClassTables.reciprocal[c];
    for (uintptr_t offset = 0; offset < kClasses[c].pages * kPageSize; offset++) {
      ASSERT_EQ(s.IndexOf(s.base + offset), offset / kClasses[c].size) << c;
    }
  }
}

TEST(SizeClass, RoundUpSizeGivesWhatAppendShows) {
  EXPECT_EQ(RoundUpSize(5 * 8), 48u);
  EXPECT_EQ(RoundUpSize(1024), 1024u);
  EXPECT_EQ(RoundUpSize(1025), 1152u);
  EXPECT_EQ(RoundUpSize(32767), 32768u);
  EXPECT_EQ(RoundUpSize(32769), 40960u);
  EXPECT_EQ(RoundUpSize(~uintptr_t{0}), ~uintptr_t{0});
}

TEST(FreeRun, FindsRunsAcrossWords) {
  uint64_t bits[3] = {0x1, 0, ~uint64_t{0} << 4};
  FreeRun run = NextFreeRun(bits, 180, 0);
  EXPECT_EQ(run.first, 1u);
  EXPECT_EQ(run.end, 132u);
  run = NextFreeRun(bits, 180, 132);
  EXPECT_EQ(run.first, 180u);
  bits[2] = 0;
  EXPECT_EQ(NextFreeRun(bits, 180, 64).end, 180u);
  EXPECT_EQ(NextFreeRun(bits, 180, 180).first, 180u);
}

}  // namespace
}  // namespace gort::mem
