// SPDX-License-Identifier: BSD-3-Clause
//
// The timer heap against a model that keeps every timer's time in a map: the same timers come out,
// in the same order.
//
// Before: runtime/sched/timer_heap.cc   After: tests/unit/sched/wait_tree_test.cc
#include "runtime/sched/timer_heap.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <set>
#include <vector>

namespace gort::sched {
namespace {

abi::timerEntry* Alloc(int32_t n) { return new abi::timerEntry[static_cast<size_t>(n)]; }
void Free(abi::timerEntry* array, int32_t) { delete[] array; }

class Heap : public testing::Test {
 protected:
  Heap() : p_(std::make_unique<P>()), heap_(p_.get()) {}
  ~Heap() override { delete[] p_->timers; }
  void Add(abi::timer* t, int64_t when) {
    t->pp = reinterpret_cast<uintptr_t>(p_.get());
    t->nextwhen = when;
    heap_.Add(t, Alloc, Free);
  }
  std::unique_ptr<P> p_;
  TimerHeap heap_;
};

TEST_F(Heap, GivesTimersInOrderOfTime) {
  std::vector<abi::timer> timers(500);
  std::mt19937 random(1);
  for (auto& t : timers) Add(&t, static_cast<int64_t>(random() % 1000 + 1));
  int64_t last = 0;
  for (size_t i = 0; i < timers.size(); ++i) {
    abi::timer* t = heap_.First();
    ASSERT_NE(t, nullptr);
    EXPECT_GE(t->nextwhen, last);
    EXPECT_EQ(p_->timer0When.LoadRelaxed(), t->nextwhen);
    last = t->nextwhen;
    heap_.RemoveFirst();
    EXPECT_EQ(t->pp, 0u);
    EXPECT_EQ(StateOf(t), kTimerOut);
  }
  EXPECT_EQ(heap_.First(), nullptr);
  EXPECT_EQ(p_->timer0When.LoadRelaxed(), 0);
}

TEST_F(Heap, ADeletedTimerDoesNotComeOutAndCanBeRevived) {
  abi::timer a = {}, b = {};
  Add(&a, 10);
  Add(&b, 20);
  EXPECT_TRUE(heap_.Delete(&a));
  EXPECT_FALSE(heap_.Delete(&a));
  EXPECT_EQ(StateOf(&a), kTimerDeleted);
  a.nextwhen = 30;
  heap_.Moved(&a);
  EXPECT_EQ(heap_.First(), &b);
  heap_.RemoveFirst();
  EXPECT_EQ(heap_.First(), &a);
  EXPECT_EQ(a.nextwhen, 30);
}

TEST_F(Heap, CleanDropsDeletedTimersWhenTheyAreMany) {
  std::vector<abi::timer> timers(100);
  for (size_t i = 0; i < timers.size(); ++i) Add(&timers[i], static_cast<int64_t>(i + 1));
  for (size_t i = 0; i < 20; ++i) heap_.Delete(&timers[i * 5]);
  heap_.Clean();
  EXPECT_EQ(heap_.size(), 100);
  for (size_t i = 0; i < 20; ++i) heap_.Delete(&timers[i * 5 + 1]);
  heap_.Clean();
  EXPECT_EQ(heap_.size(), 60);
  EXPECT_EQ(heap_.Verify(), -1);
}

TEST_F(Heap, AgreesWithAModel) {
  for (uint32_t seed = 0; seed < 30; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    std::vector<abi::timer> timers(200);
    std::map<abi::timer*, int64_t> model;
    int64_t now = 1;
    for (int step = 0; step < 3000; ++step) {
      abi::timer* t = &timers[random() % timers.size()];
      switch (random() % 5) {
        case 0:
        case 1: {  // set
          int64_t when = now + static_cast<int64_t>(random() % 500);
          if (t->pp == 0) {
            Add(t, when);
          } else {
            t->nextwhen = when;
            heap_.Moved(t);
          }
          model[t] = when;
          break;
        }
        case 2: {  // stop
          bool pending = t->pp != 0 && heap_.Delete(t);
          EXPECT_EQ(pending, model.erase(t) == 1);
          break;
        }
        case 3:
          heap_.Clean();
          break;
        case 4: {  // time passes
          now += static_cast<int64_t>(random() % 100);
          std::multiset<int64_t> due, fired;
          for (auto& [timer, when] : model) {
            if (when <= now) due.insert(when);
          }
          for (;;) {
            abi::timer* first = heap_.First();
            if (first == nullptr || first->nextwhen > now) break;
            ASSERT_EQ(model.at(first), first->nextwhen);
            fired.insert(first->nextwhen);
            model.erase(first);
            heap_.RemoveFirst();
          }
          ASSERT_EQ(due, fired);
          break;
        }
      }
      ASSERT_EQ(heap_.Verify(), -1) << "step " << step;
    }
    while (heap_.First() != nullptr) heap_.RemoveFirst();
    ASSERT_EQ(heap_.size(), 0);
  }
}

}  // namespace
}  // namespace gort::sched
