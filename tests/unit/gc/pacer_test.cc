// SPDX-License-Identifier: BSD-3-Clause
//
// How much an allocation has to pay while marking goes on.
//
// Before: runtime/gc/pacer.cc   After: tests/unit/gc/verify_test.cc
#include "runtime/gc/pacer.h"

#include <gtest/gtest.h>

namespace gort::gc {
namespace {

constexpr int64_t kMega = 1 << 20;

TEST(Pacer, WorkIsDoneWhenTheHeapIsAtItsGoal) {
  EXPECT_DOUBLE_EQ(WorkPerByte(10 * kMega, 8 * kMega, 4 * kMega, 0), 2);
  EXPECT_DOUBLE_EQ(WorkPerByte(10 * kMega, 8 * kMega, 4 * kMega, 3 * kMega), 0.5);
}

// No worker gets a processor: nobody counts work, only the heap grows.
TEST(Pacer, AllocationAloneMakesItDearer) {
  EXPECT_DOUBLE_EQ(WorkPerByte(10 * kMega, 9 * kMega, 4 * kMega, 0), 4);
  EXPECT_DOUBLE_EQ(WorkPerByte(10 * kMega, 10 * kMega, 4 * kMega, 0), 4.0 * kMega);
}

TEST(Pacer, BehindTheGoalThereIsATenthMore) {
  EXPECT_DOUBLE_EQ(WorkPerByte(20 * kMega, 21 * kMega, 4 * kMega, 4 * kMega), 17);
  EXPECT_DOUBLE_EQ(WorkPerByte(20 * kMega, 40 * kMega, 4 * kMega, 4 * kMega), 36.0 * kMega);
}

TEST(Pacer, MoreThanWasExpectedCostsWhatTheWholeHeapWould) {
  EXPECT_DOUBLE_EQ(WorkPerByte(10 * kMega, 8 * kMega, 4 * kMega, 6 * kMega), 1);
  EXPECT_GT(WorkPerByte(10 * kMega, 8 * kMega, 4 * kMega, 9 * kMega), 0);
}

}  // namespace
}  // namespace gort::gc
