// SPDX-License-Identifier: BSD-3-Clause
//
// The page heap against a model: a map of what is allocated. Random sizes from one page to several
// arenas, scavenging in between; after each round the heap checks itself, and pages that are
// promised to be zero are read.
//
// Before: tests/unit/mem/size_class_test.cc   After: tests/unit/mem/pointer_bits_test.cc
#include "runtime/mem/page_heap.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/mem/malloc.h"

namespace gort::mem::page_heap {
namespace {

class PageHeapTest : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override { mem::Init(); }

  void Allocate(uintptr_t npages) {
    Span* s = AllocSpan(npages, 0, SpanState::kPreparing);
    ASSERT_NE(s, nullptr);
    ASSERT_EQ(s->npages, npages);
    auto next = model_.lower_bound(s->base);
    if (next != model_.end()) {
      ASSERT_GE(next->first, s->end());
    }
    if (next != model_.begin()) {
      ASSERT_LE(std::prev(next)->second->end(), s->base);
    }
    model_[s->base] = s;
    // A few of the pages: all of them when the span is short.
    uintptr_t step = npages > 64 ? npages / 16 : 1;
    for (uintptr_t page = 0; page < npages; page += step) {
      auto* words = reinterpret_cast<uint64_t*>(s->base + page * kPageSize);
      if (!s->needzero) {
        for (uintptr_t i = 0; i < kPageSize / 8; i += 17) {
          ASSERT_EQ(words[i], 0u);
        }
      }
      memset(words, 0xa5, kPageSize);
      ASSERT_EQ(FindSpan(s->base + page * kPageSize + 77), s);
    }
  }

  void FreeOne(std::mt19937* random) {
    if (model_.empty()) return;
    auto it = model_.begin();
    std::advance(it, (*random)() % model_.size());
    uintptr_t base = it->first;
    FreeSpan(it->second);
    model_.erase(it);
    EXPECT_EQ(FindSpan(base), nullptr);
  }

  std::map<uintptr_t, Span*> model_;
};

TEST_P(PageHeapTest, AgreesWithAModel) {
  std::mt19937 random(static_cast<uint32_t>(GetParam()));
  for (int round = 0; round < 40; round++) {
    for (int i = 0; i < 60; i++) {
      uint32_t what = random() % 100;
      if (what < 35) {
        Allocate(1 + random() % 4);
      } else if (what < 50) {
        Allocate(1 + random() % 300);
      } else if (what < 52) {
        Allocate(1 + random() % (3 * kPagesPerArena));
      } else if (what < 98) {
        FreeOne(&random);
      } else {
        Scavenge((random() % 64) << 20);
      }
    }
    Verify();
  }
  while (!model_.empty()) FreeOne(&random);
  Verify();
  Scavenge(~uintptr_t{0});
  Verify();
  Stats stats = GetStats();
  EXPECT_EQ(stats.free, stats.scavenged);
}

INSTANTIATE_TEST_SUITE_P(Seeds, PageHeapTest, ::testing::Values(1, 2, 3));

TEST_F(PageHeapTest, ScavengedPagesReadAsZero) {
  Span* s = AllocSpan(5, 0, SpanState::kPreparing);
  uintptr_t base = s->base;
  memset(reinterpret_cast<void*>(base), 1, 5 * kPageSize);
  FreeSpan(s);
  Scavenge(~uintptr_t{0});
  s = AllocSpan(5, 0, SpanState::kPreparing);
  EXPECT_EQ(s->base, base);
  EXPECT_FALSE(s->needzero);
  EXPECT_EQ(*reinterpret_cast<uint64_t*>(base), 0u);
  FreeSpan(s);
}

// Conservatively scanned words are looked up like pointers. Not all kernels have a page of zeros
// that costs nothing to read.
TEST_F(PageHeapTest, LookingUpAnyNumberTouchesNoMemory) {
  auto resident = [] {
    constexpr size_t kPages = kArenaTableSize * sizeof(Arena*) / 4096;
    static unsigned char in_memory[kPages];
    EXPECT_EQ(mincore(arena_table, kPages * 4096, in_memory), 0);
    return std::count_if(in_memory, in_memory + kPages, [](unsigned char c) { return c & 1; });
  };
  Span* s = AllocSpan(1, 0, SpanState::kPreparing);
  auto before = resident();
  std::mt19937_64 random(1);
  for (int i = 0; i < 100000; i++) {
    Span* found = FindSpan(random() >> (16 + random() % 8));
    ASSERT_TRUE(found == nullptr || found == s);
  }
  EXPECT_EQ(resident(), before);
  FreeSpan(s);
}

TEST_F(PageHeapTest, ThreadsTakeDisjointSpans) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; t++) {
    threads.emplace_back([t] {
      std::mt19937 random(static_cast<uint32_t>(t));
      std::vector<Span*> mine;
      for (int i = 0; i < 2000; i++) {
        if (mine.size() < 50) {
          Span* s = AllocSpan(1 + random() % 8, 0, SpanState::kPreparing);
          *reinterpret_cast<uintptr_t*>(s->base) = s->base + static_cast<uintptr_t>(t);
          mine.push_back(s);
        } else {
          std::swap(mine[random() % mine.size()], mine.back());
          Span* s = mine.back();
          mine.pop_back();
          ASSERT_EQ(*reinterpret_cast<uintptr_t*>(s->base), s->base + static_cast<uintptr_t>(t));
          FreeSpan(s);
        }
      }
      for (Span* s : mine) FreeSpan(s);
    });
  }
  for (std::thread& thread : threads) thread.join();
  Verify();
}

}  // namespace
}  // namespace gort::mem::page_heap
