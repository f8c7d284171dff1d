// SPDX-License-Identifier: BSD-3-Clause
//
// Waiters on addresses against a model with a list per address.
//
// Before: runtime/sched/wait_tree.h   After: runtime/sched/sema.cc
#include "runtime/sched/wait_tree.h"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>
#include <vector>

namespace gort::sched {
namespace {

using abi::sudog;

int Depth(const sudog* s) {
  if (s == nullptr) return 0;
  int left = Depth(s->prev), right = Depth(s->next);
  return 1 + (left > right ? left : right);
}

// Addresses ascend from left to right, ranks do not ascend downwards.
void Verify(const sudog* s, uintptr_t low, uintptr_t high) {
  if (s == nullptr) return;
  auto key = reinterpret_cast<uintptr_t>(s->elem);
  ASSERT_GT(key, low);
  ASSERT_LT(key, high);
  const sudog* children[] = {s->prev, s->next};
  for (const sudog* child : children) {
    if (child == nullptr) continue;
    ASSERT_LE(child->ticket, s->ticket);
  }
  Verify(s->prev, low, key);
  Verify(s->next, key, high);
}

const void* Address(uint32_t i) { return reinterpret_cast<const void*>(uintptr_t{0x1000} + 8 * i); }

TEST(WaitTree, WakesInTheOrderOfArrival) {
  WaitTree tree;
  sudog s[4] = {};
  for (auto& each : s) tree.Add(&each, Address(1), false, 5);
  for (auto& each : s) EXPECT_EQ(tree.Take(Address(1)), &each);
  EXPECT_EQ(tree.Take(Address(1)), nullptr);
  EXPECT_EQ(tree.root(), nullptr);
}

TEST(WaitTree, LetsAFirstWaiterPass) {
  WaitTree tree;
  sudog s[3] = {};
  tree.Add(&s[0], Address(1), false, 5);
  tree.Add(&s[1], Address(1), false, 5);
  tree.Add(&s[2], Address(1), true, 5);
  EXPECT_EQ(tree.Take(Address(1)), &s[2]);
  EXPECT_EQ(tree.Take(Address(1)), &s[0]);
  EXPECT_EQ(tree.Take(Address(1)), &s[1]);
}

TEST(WaitTree, ChargesEachReleaseForTheTimeSinceTheOneBefore) {
  WaitTree tree;
  sudog s[3] = {};
  for (auto& each : s) {
    each.acquiretime = arch::CpuTicks();
    tree.Add(&each, Address(1), false, 5);
  }
  const int64_t begin = s[0].acquiretime;
  for (auto& each : s) ASSERT_EQ(tree.Take(Address(1)), &each);
  EXPECT_EQ(s[0].acquiretime, begin);
  EXPECT_EQ(s[1].acquiretime, s[0].releasetime);
  EXPECT_EQ(s[2].acquiretime, s[1].releasetime);
}

TEST(WaitTree, GivesWhoeverPassesTheTimeOfThePlace) {
  WaitTree tree;
  sudog s[2] = {};
  s[0].acquiretime = 7;
  s[1].acquiretime = 8;
  tree.Add(&s[0], Address(1), false, 5);
  tree.Add(&s[1], Address(1), true, 5);
  ASSERT_EQ(tree.Take(Address(1)), &s[1]);
  EXPECT_EQ(s[1].acquiretime, 7);
  EXPECT_EQ(s[0].acquiretime, s[1].releasetime);
}

TEST(WaitTree, LooksAtTheClockOnlyForWaitersThatAreProfiled) {
  WaitTree tree;
  sudog s[2] = {};
  s[1].blocktime = 1;
  for (auto& each : s) tree.Add(&each, Address(1), false, 5);
  for (auto& each : s) ASSERT_EQ(tree.Take(Address(1)), &each);
  EXPECT_EQ(s[0].releasetime, 0);
  EXPECT_NE(s[1].releasetime, 0);
  EXPECT_EQ(s[1].acquiretime, 0);
}

TEST(WaitTree, StaysShallowForAscendingAddresses) {
  WaitTree tree;
  std::mt19937 random(7);
  std::vector<sudog> s(4096);
  for (uint32_t i = 0; i < s.size(); ++i)
    tree.Add(&s[i], Address(i), false, static_cast<uint32_t>(random()) | 1);
  EXPECT_LT(Depth(tree.root()), 60);
}

TEST(WaitTree, AgreesWithAModel) {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    WaitTree tree;
    std::vector<sudog> pool(300);
    std::vector<sudog*> unused;
    for (auto& s : pool) unused.push_back(&s);
    std::map<uint32_t, std::deque<sudog*>> model;
    for (int step = 0; step < 4000; ++step) {
      uint32_t i = static_cast<uint32_t>(random() % 60);
      if (random() % 2 == 0 && !unused.empty()) {
        sudog* s = unused.back();
        unused.pop_back();
        bool first = random() % 4 == 0;
        tree.Add(s, Address(i), first, static_cast<uint32_t>(random()) | 1);
        if (first) {
          model[i].push_front(s);
        } else {
          model[i].push_back(s);
        }
      } else {
        sudog* expected = nullptr;
        if (!model[i].empty()) {
          expected = model[i].front();
          model[i].pop_front();
        }
        sudog* got = tree.Take(Address(i));
        ASSERT_EQ(got, expected);
        if (got != nullptr) {
          ASSERT_TRUE(got->prev == nullptr && got->next == nullptr && got->waitlink == nullptr &&
                      got->waittail == nullptr && got->elem == nullptr && got->ticket == 0);
          unused.push_back(got);
        }
      }
      Verify(tree.root(), 0, UINTPTR_MAX);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace gort::sched
