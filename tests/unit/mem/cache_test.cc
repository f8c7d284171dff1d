// SPDX-License-Identifier: BSD-3-Clause
//
// Caches, centrals and the sweep against a model: objects that a made-up collection marks keep
// their contents, the others come back as zeroed memory, and the statistics add up.
//
// Before: tests/unit/mem/pointer_bits_test.cc   After: runtime/gc/sweep.cc
#include "runtime/mem/cache.h"

#include <cstring>
#include <map>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/abi/roots.h"
#include "runtime/mem/central.h"
#include "runtime/mem/malloc.h"
#include "runtime/mem/page_heap.h"
#include "runtime/mem/stats.h"
#include "tests/support/allocating_m.h"
#include "tests/support/with_g.h"

namespace gort::mem {
namespace {

uintptr_t zero_base;
abi::Roots test_roots;

class CacheTest : public ::testing::Test {
 protected:
  void SetUp() override {
    test_roots.zerobase = &zero_base;
    roots = &test_roots;
    Init();
  }
};

void MarkObject(uintptr_t p) {
  Span* s = FindSpan(p);
  uint32_t i = s->IndexOf(p);
  s->mark_bits[i / 64] |= uint64_t{1} << (i % 64);
}

void SweepEverything() {
  for (Central& central : centrals) {
    while (central.SweepOne()) {
    }
  }
}

TEST_F(CacheTest, WhatIsMarkedStaysAndTheRestComesBackAsZeroes) {
  testing_support::AllocatingM runner;
  testing_support::WithG current(&runner.g);
  std::mt19937 random(3);
  std::map<uintptr_t, uintptr_t> live;  // address -> size; contents are the address
  for (int cycle = 0; cycle < 12; cycle++) {
    for (int i = 0; i < 4000; i++) {
      uintptr_t size = (16 + random() % 600) & ~uintptr_t{7};
      if (i % 200 == 0) size = 40000 + random() % 100000;
      auto* words = static_cast<uintptr_t*>(Malloc(size, nullptr, true));
      for (uintptr_t w = 0; w < size / 8; w++) {
        ASSERT_EQ(words[w], 0u) << "cycle " << cycle << " size " << size;
      }
      uintptr_t p = reinterpret_cast<uintptr_t>(words);
      for (uintptr_t w = 0; w < size / 8; w++) words[w] = p;
      ASSERT_TRUE(live.emplace(p, size).second);
    }
    // The collection: half of the objects survive.
    SweepEverything();
    FlushAllCaches();
    for (auto it = live.begin(); it != live.end();) {
      if (random() % 2 == 0) {
        MarkObject(it->first);
        ++it;
      } else {
        it = live.erase(it);
      }
    }
    heap_sweepgen.StoreRelease(heap_sweepgen.LoadRelaxed() + 2);
    if (cycle % 2 == 0) SweepEverything();
    for (const auto& [p, size] : live) {
      for (uintptr_t w = 0; w < size / 8; w++) {
        ASSERT_EQ(reinterpret_cast<uintptr_t*>(p)[w], p);
      }
    }
  }
  SweepEverything();
  FlushAllCaches();
  page_heap::Verify();
  AllocStats stats;
  ReadAllocStats(&stats);
  uint64_t objects = 0;
  for (int c = 0; c < kSizeClasses; c++) objects += stats.mallocs[c] - stats.frees[c];
  EXPECT_EQ(objects, live.size());
  // Nothing is marked: everything goes, and every page comes home.
  heap_sweepgen.StoreRelease(heap_sweepgen.LoadRelaxed() + 2);
  SweepEverything();
  EXPECT_EQ(page_heap::GetStats().in_use, 0u);
}

TEST_F(CacheTest, ThreadsShareTheCentrals) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; t++) {
    threads.emplace_back([t] {
      auto* runner = new testing_support::AllocatingM;  // the cache outlives the thread
      testing_support::WithG current(&runner->g);
      std::mt19937 random(static_cast<uint32_t>(t));
      std::vector<uintptr_t*> mine;
      uintptr_t tag = static_cast<uintptr_t>(t) + 1;
      for (int i = 0; i < 20000; i++) {
        auto* p = static_cast<uintptr_t*>(Malloc(8 + random() % 200 / 8 * 8, nullptr, true));
        ASSERT_EQ(*p, 0u);
        *p = tag;
        mine.push_back(p);
        if (i % 5000 == 0) FlushCache(runner->p.mcache);
      }
      for (uintptr_t* p : mine) ASSERT_EQ(*p, tag);
      FlushCache(runner->p.mcache);
    });
  }
  for (std::thread& thread : threads) thread.join();
  page_heap::Verify();
}

}  // namespace
}  // namespace gort::mem
