// SPDX-License-Identifier: BSD-3-Clause
//
// The run queue of a P, alone and under thieves: nothing is lost, nothing comes twice, the order is
// first in, first out.
//
// Before: runtime/sched/run_queue.cc   After: tests/unit/sched/timer_heap_test.cc
#include "runtime/sched/run_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace gort::sched {
namespace {

std::vector<G*> spilled;
std::atomic<int> spills{0};

void Spill(GQueue* queue, int32_t count) {
  ++spills;
  int32_t n = 0;
  while (G* g = queue->PopFront()) {
    spilled.push_back(g);
    ++n;
  }
  EXPECT_EQ(n, count);
}

class RunQueue : public testing::Test {
 protected:
  RunQueue() : p_(std::make_unique<P>()), gs_(20000) {
    spilled.clear();
    spills = 0;
    for (size_t i = 0; i < gs_.size(); ++i) gs_[i].goid = static_cast<int64_t>(i);
  }
  G* Get() {
    bool inherit;
    return RunQueueGet(p_.get(), &inherit);
  }
  std::unique_ptr<P> p_;
  std::vector<G> gs_;
};

TEST_F(RunQueue, IsFirstInFirstOut) {
  for (int i = 0; i < 100; ++i) RunQueuePut(p_.get(), &gs_[static_cast<size_t>(i)], false, Spill);
  EXPECT_EQ(RunQueueLength(p_.get()), 100);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(Get()->goid, i);
  EXPECT_EQ(Get(), nullptr);
  EXPECT_TRUE(RunQueueEmpty(p_.get()));
}

TEST_F(RunQueue, RunsNextFirstAndInheritsTheSlice) {
  RunQueuePut(p_.get(), &gs_[0], false, Spill);
  RunQueuePut(p_.get(), &gs_[1], true, Spill);
  RunQueuePut(p_.get(), &gs_[2], true, Spill);  // 1 goes to the ring
  EXPECT_FALSE(RunQueueEmpty(p_.get()));
  bool inherit;
  EXPECT_EQ(RunQueueGet(p_.get(), &inherit)->goid, 2);
  EXPECT_TRUE(inherit);
  EXPECT_EQ(RunQueueGet(p_.get(), &inherit)->goid, 0);
  EXPECT_FALSE(inherit);
  EXPECT_EQ(Get()->goid, 1);
}

TEST_F(RunQueue, SpillsHalfOfAFullRing) {
  for (size_t i = 0; i < 257; ++i) RunQueuePut(p_.get(), &gs_[i], false, Spill);
  EXPECT_EQ(spills, 1);
  ASSERT_EQ(spilled.size(), 129u);
  for (size_t i = 0; i < 128; ++i) EXPECT_EQ(spilled[i]->goid, static_cast<int64_t>(i));
  EXPECT_EQ(spilled[128]->goid, 256);
  EXPECT_EQ(RunQueueLength(p_.get()), 128);
}

TEST_F(RunQueue, AThiefTakesTheOlderHalf) {
  auto thief = std::make_unique<P>();
  for (size_t i = 0; i < 10; ++i) RunQueuePut(p_.get(), &gs_[i], false, Spill);
  G* first = RunQueueSteal(thief.get(), p_.get(), false, nullptr);
  EXPECT_EQ(first->goid, 4);  // the last of what it took runs first
  EXPECT_EQ(RunQueueLength(thief.get()), 4);
  EXPECT_EQ(RunQueueLength(p_.get()), 5);
  EXPECT_EQ(Get()->goid, 5);
}

TEST_F(RunQueue, AThiefTakesRunNextOnlyWhenAsked) {
  auto thief = std::make_unique<P>();
  RunQueuePut(p_.get(), &gs_[7], true, Spill);
  EXPECT_EQ(RunQueueSteal(thief.get(), p_.get(), false, nullptr), nullptr);
  EXPECT_EQ(RunQueueSteal(thief.get(), p_.get(), true, nullptr)->goid, 7);
  EXPECT_TRUE(RunQueueEmpty(p_.get()));
}

// One owner that puts and gets, thieves that steal from it: every goroutine is seen once.
TEST_F(RunQueue, LosesNothingUnderThieves) {
  constexpr int kThieves = 3;
  std::vector<std::atomic<int>> seen(gs_.size());
  std::atomic<bool> done{false};
  std::vector<std::thread> thieves;
  std::vector<std::unique_ptr<P>> ps;
  for (int t = 0; t < kThieves; ++t) ps.push_back(std::make_unique<P>());
  for (int t = 0; t < kThieves; ++t) {
    thieves.emplace_back([&, t] {
      P* own = ps[static_cast<size_t>(t)].get();
      while (!done) {
        G* g = RunQueueSteal(own, p_.get(), t == 0, nullptr);
        bool inherit;
        while (g != nullptr) {
          ++seen[static_cast<size_t>(g->goid)];
          g = RunQueueGet(own, &inherit);
        }
      }
    });
  }
  for (size_t i = 0; i < gs_.size(); ++i) {
    RunQueuePut(p_.get(), &gs_[i], i % 3 == 0, Spill);
    if (i % 5 == 0) {
      if (G* g = Get()) ++seen[static_cast<size_t>(g->goid)];
    }
  }
  while (G* g = Get()) ++seen[static_cast<size_t>(g->goid)];
  // What a thief claimed it also runs; they stop when the queue is empty for good.
  while (!RunQueueEmpty(p_.get())) std::this_thread::yield();
  done = true;
  for (auto& thief : thieves) thief.join();
  for (G* g : spilled) ++seen[static_cast<size_t>(g->goid)];
  for (size_t i = 0; i < seen.size(); ++i) ASSERT_EQ(seen[i], 1) << "goroutine " << i;
}

}  // namespace
}  // namespace gort::sched
