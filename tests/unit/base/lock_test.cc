// SPDX-License-Identifier: BSD-3-Clause
//
// Locks and notes between threads.
//
// Before: tests/unit/base/print_test.cc   After: tests/unit/base/debug_vars_test.cc
#include "runtime/base/lock.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/base/note.h"
#include "tests/support/with_g.h"

namespace gort {
namespace {

using testing_support::WithG;

TEST(Lock, OneThreadAtATime) {
  WithG no_g(nullptr);
  Lock lock(LockRank::kLeaf);
  int64_t counter = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; t++) {
    threads.emplace_back([&] {
      WithG no_g(nullptr);
      for (int i = 0; i < 20000; i++) {
        LockGuard guard(&lock);
        int64_t seen = counter;
        if (i % 1000 == 0) std::this_thread::yield();
        counter = seen + 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter, 4 * 20000);
  EXPECT_FALSE(lock.held());
}

TEST(Lock, TryAcquireFailsOnAHeldLock) {
  WithG no_g(nullptr);
  Lock lock(LockRank::kLeaf);
  EXPECT_TRUE(lock.TryAcquire());
  EXPECT_FALSE(lock.TryAcquire());
  lock.Release();
  EXPECT_TRUE(lock.TryAcquire());
  lock.Release();
}

TEST(Lock, HolderIsNotPreemptible) {
  static G g;
  static M m;
  g.m = &m;
  Lock lock(LockRank::kLeaf);
  int32_t held, after;
  {
    WithG current(&g);
    lock.Acquire();
    held = m.locks.LoadRelaxed();
    lock.Release();
    after = m.locks.LoadRelaxed();
  }
  EXPECT_EQ(held, 1);
  EXPECT_EQ(after, 0);
}

TEST(Note, WakeBeforeSleepIsNotLost) {
  WithG no_g(nullptr);
  Note note;
  note.Wake();
  note.Sleep();
  EXPECT_TRUE(note.SleepFor(0));
}

TEST(Note, SleepsUntilWoken) {
  WithG no_g(nullptr);
  Note note;
  std::thread waker([&] {
    WithG no_g(nullptr);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    note.Wake();
  });
  EXPECT_TRUE(note.SleepFor(int64_t{60} * 1000000000));
  waker.join();
}

TEST(Note, TimesOut) {
  WithG no_g(nullptr);
  Note note;
  auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(note.SleepFor(10000000));
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(10));
}

}  // namespace
}  // namespace gort
