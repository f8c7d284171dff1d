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

#include "arch/arch.h"
#include "runtime/base/note.h"

namespace gort {
namespace {

// Threads of a test have no g.
void NoG() { arch::SetG(nullptr); }

TEST(Lock, OneThreadAtATime) {
  NoG();
  Lock lock(LockRank::kLeaf);
  int64_t counter = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; t++) {
    threads.emplace_back([&] {
      NoG();
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
  NoG();
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
  arch::SetG(&g);
  lock.Acquire();
  int32_t held = m.locks.LoadRelaxed();
  lock.Release();
  int32_t after = m.locks.LoadRelaxed();
  NoG();
  EXPECT_EQ(held, 1);
  EXPECT_EQ(after, 0);
}

TEST(Note, WakeBeforeSleepIsNotLost) {
  NoG();
  Note note;
  note.Wake();
  note.Sleep();
  EXPECT_TRUE(note.SleepFor(0));
}

TEST(Note, SleepsUntilWoken) {
  NoG();
  Note note;
  std::thread waker([&] {
    NoG();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    note.Wake();
  });
  EXPECT_TRUE(note.SleepFor(int64_t{60} * 1000000000));
  waker.join();
}

TEST(Note, TimesOut) {
  NoG();
  Note note;
  auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(note.SleepFor(10000000));
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(10));
}

}  // namespace
}  // namespace gort
