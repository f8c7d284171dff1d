// SPDX-License-Identifier: BSD-3-Clause
//
// Maps against a model: random assignments, lookups, deletions, loops and clears through every
// family of entries, for each kind of key, with elements in and outside the bucket. A key is made
// from a number, so the model is a map of numbers.
//
// Before: tests/unit/lang/lang_test.h   After: tests/unit/lang/map_loop_test.cc
#include "absl/container/flat_hash_map.h"
#include "tests/unit/lang/map_driver.h"

namespace gort::lang {
namespace {

class MapTest : public MapDriver, public ::testing::WithParamInterface<const char*> {};

TEST_P(MapTest, BehavesLikeAMapOfNumbers) {
  for (uint32_t seed = 1; seed <= 6; seed++) {
    SCOPED_TRACE(seed);
    Open(GetParam());
    absl::flat_hash_map<uint64_t, uint64_t> model;
    std::mt19937 random(seed);
    const uint64_t keys = seed < 3 ? 12 : 3000;
    const int steps = seed < 3 ? 3000 : 30000;
    for (int step = 0; step < steps; step++) {
      const uint64_t key = random() % keys;
      const uint32_t action = random() % 100;
      if (action < 45) {
        Assign(key, step + 1);
        model[key] = step + 1;
      } else if (action < 70) {
        auto found = model.find(key);
        ASSERT_EQ(Get(key), found == model.end() ? 0 : found->second) << key;
      } else if (action < 99 || random() % 40 != 0) {
        Delete(key);
        model.erase(key);
      } else if (random() % 8 == 0) {
        Clear();
        model.clear();
      } else {
        absl::flat_hash_map<uint64_t, uint64_t> seen;
        for (StartLoop(); Looping(); Next()) {
          ASSERT_TRUE(seen.emplace(LoopKey(), LoopElem()).second);
        }
        ASSERT_EQ(seen, model);
      }
      ASSERT_EQ(Count(), static_cast<intptr_t>(model.size()));
    }
  }
}

// The language's rules for a map that changes during a loop: what is deleted before it is reached
// does not come, what stays comes exactly once, what is added comes once or not at all.
TEST_P(MapTest, LoopsSeeWhatTheLanguagePromisesWhileTheMapChanges) {
  for (uint32_t seed = 1; seed <= 20; seed++) {
    SCOPED_TRACE(seed);
    Open(GetParam());
    std::mt19937 random(seed);
    absl::flat_hash_map<uint64_t, uint64_t> model;
    absl::flat_hash_map<uint64_t, int> stays;
    const uint64_t start = 1 + random() % 300;
    for (uint64_t key = 0; key < start; key++) {
      Assign(key, key + 1);
      model[key] = key + 1;
      stays[key] = 0;
    }
    uint64_t next_key = start;
    for (StartLoop(); Looping(); Next()) {
      const uint64_t key = LoopKey();
      ASSERT_TRUE(model.contains(key)) << "deleted entry " << key;
      ASSERT_EQ(LoopElem(), model[key]) << "old value of " << key;
      auto it = stays.find(key);
      if (it != stays.end()) {
        ASSERT_EQ(it->second++, 0) << "second time " << key;
      } else {
        stays[key] = 1;
      }
      const uint32_t changes = random() % 8;
      for (uint32_t i = 0; i < changes; i++) {
        const uint64_t other = random() % next_key;
        const uint32_t what = random() % 3;
        if (what == 0 && next_key < 4000) {
          Assign(next_key, next_key + 1);
          model[next_key] = next_key + 1;
          next_key++;
        } else if (what == 1) {
          if (model.contains(other)) {
            Assign(other, step_ + 100000);
            model[other] = step_ + 100000;
            step_++;
          }
        } else if (random() % 2 == 0) {
          Delete(other);
          model.erase(other);
          if (stays.contains(other) && stays[other] == 0) stays.erase(other);
        }
      }
    }
    for (const auto& [key, times] : stays) {
      if (key < start && model.contains(key)) {
        ASSERT_EQ(times, 1) << "missing " << key;
      }
    }
  }
}

TEST_P(MapTest, AHintMakesRoomForThatManyEntries) {
  for (intptr_t hint : {0, 1, 8, 9, 13, 100, 5000}) {
    Open(GetParam(), hint);
    for (intptr_t i = 0; i < hint; i++)
      Assign(static_cast<uint64_t>(i), static_cast<uint64_t>(i) + 1);
    EXPECT_FALSE(Growing(map())) << hint;
    for (intptr_t i = 0; i < hint; i++) {
      ASSERT_EQ(Get(static_cast<uint64_t>(i)), static_cast<uint64_t>(i) + 1);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, MapTest, ::testing::ValuesIn(MapDriver::Kinds()),
                         [](const auto& kind) { return std::string(kind.param); });

class NaNTest : public MapDriver {};

TEST_F(NaNTest, EveryNaNIsAnEntryOfItsOwnAndLoopsFindAll) {
  Open("float64");
  for (uint64_t i = 0; i < 2000; i++) {
    double nan = __builtin_nan("");
    *static_cast<uint64_t*>(AssignAt(&nan)) = i + 1;
    EXPECT_EQ(GetAt(&nan), 0u);
  }
  EXPECT_EQ(Count(), 2000);
  uint64_t sum = 0;
  int n = 0;
  for (StartLoop(); Looping(); Next()) {
    sum += LoopElem();
    n++;
    if (n == 700) {  // Grows under the loop.
      for (uint64_t i = 0; i < 3000; i++) Assign(i, 0);
    }
  }
  EXPECT_EQ(sum, 2000u * 2001 / 2);
  Clear();
  EXPECT_EQ(Count(), 0);
}

TEST_F(NaNTest, BothZerosAreOneKeyAndTheLastOneIsKept) {
  Open("float64");
  double zero = 0.0, minus = -0.0;
  *static_cast<uint64_t*>(AssignAt(&zero)) = 1;
  *static_cast<uint64_t*>(AssignAt(&minus)) = 2;
  EXPECT_EQ(Count(), 1);
  EXPECT_EQ(GetAt(&zero), 2u);
  StartLoop();
  EXPECT_TRUE(std::signbit(*static_cast<double*>(iterator()->key)));
}

}  // namespace
}  // namespace gort::lang
