// SPDX-License-Identifier: BSD-3-Clause
//
// Claims about parsing benchmark output and comparing two runtimes.
//
// Before: bench_results.h   After: nothing
#include "tools/gort/bench_results.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "tools/gort/bench.h"

namespace gort::tool {
namespace {

TEST(ParseBenchLine, ReadsNameAndTime) {
  const auto values = ParseBenchLine("BenchmarkDefer10-2   \t 5000000\t       231.4 ns/op");
  ASSERT_EQ(values.size(), 1u);
  EXPECT_EQ(values[0].name, "Defer10");
  EXPECT_DOUBLE_EQ(values[0].value, 231.4);
}

TEST(ParseBenchLine, LeavesOutWhatGoTestAdds) {
  const auto values = ParseBenchLine(
      "BenchmarkMap/int/1e6  \t 100\t 12.5 MB/s\t 0.25 ns/op\t 8 B/op\t 1 allocs/op");
  ASSERT_EQ(values.size(), 1u);
  EXPECT_EQ(values[0].name, "Map/int/1e6");
  EXPECT_DOUBLE_EQ(values[0].value, 0.25);
}

TEST(ParseBenchLine, KeepsADashThatIsPartOfTheName) {
  EXPECT_EQ(ParseBenchLine("BenchmarkX/a-b-16 1 2 ns/op").at(0).name, "X/a-b");
  EXPECT_EQ(ParseBenchLine("BenchmarkX/a-b 1 2 ns/op").at(0).name, "X/a-b");
}

TEST(ParseBenchLine, NamesARowOfAnotherUnitWithIt) {
  auto values = ParseBenchLine("BenchmarkSleepers-2 1 2680 bytes/goroutine");
  ASSERT_EQ(values.size(), 1u);
  EXPECT_EQ(values[0].name, "Sleepers, bytes/goroutine");
  EXPECT_DOUBLE_EQ(values[0].value, 2680);
  values = ParseBenchLine("BenchmarkHeap-2 1 4096 peak-bytes 12 ns/op");
  ASSERT_EQ(values.size(), 2u);
  EXPECT_EQ(values[0].name, "Heap");
  EXPECT_DOUBLE_EQ(values[0].value, 12);
  EXPECT_EQ(values[1].name, "Heap, peak-bytes");
  EXPECT_DOUBLE_EQ(values[1].value, 4096);
}

TEST(ParseBenchGoals, ReadsRowsInOrder) {
  const auto goals = ParseBenchGoals("# maps\nB 0.7  # small\n\nA, bytes/goroutine 1.0\n");
  ASSERT_TRUE(goals.ok());
  ASSERT_EQ(goals->size(), 2u);
  EXPECT_EQ((*goals)[0].name, "B");
  EXPECT_DOUBLE_EQ((*goals)[0].ratio, 0.7);
  EXPECT_EQ((*goals)[1].name, "A, bytes/goroutine");
  EXPECT_FALSE(ParseBenchGoals("A\n").ok());
  EXPECT_FALSE(ParseBenchGoals("A low\n").ok());
}

TEST(ParseBenchLine, RefusesEverythingElse) {
  for (const char* line : {"", "PASS", "ok  \tx\t1.2s", "goos: linux", "BenchmarkX", "BenchmarkX-2",
                           "BenchmarkX-2 10 12 MB/s", "BenchmarkX-2 ten 12 ns/op",
                           "BenchmarkX 10 fast ns/op", "--- BENCH: BenchmarkX-2", "panic: x"}) {
    EXPECT_TRUE(ParseBenchLine(line).empty()) << line;
  }
}

TEST(Statistics, MinimumMedianAndGeometricMean) {
  EXPECT_DOUBLE_EQ(Minimum({3, 1, 2}), 1);
  EXPECT_DOUBLE_EQ(Median({3, 1, 2}), 2);
  EXPECT_DOUBLE_EQ(Median({4, 1, 2, 3}), 2.5);
  EXPECT_DOUBLE_EQ(Median({7}), 7);
  EXPECT_NEAR(GeometricMean({0.5, 2}), 1, 1e-12);
  EXPECT_NEAR(GeometricMean({0.25, 0.25, 0.25}), 0.25, 1e-12);
}

BenchTable TwoRounds() {
  BenchTable table;
  table.AddStock("BenchmarkA-2 1 100 ns/op\nBenchmarkB-2 1 10 ns/op\nPASS\n");
  table.AddGort("BenchmarkA-2 1 60 ns/op\nBenchmarkB-2 1 40 ns/op\nPASS\n");
  table.AddGort("BenchmarkA-2 1 50 ns/op\npanic: x\n");
  table.AddStock("BenchmarkA-2 1 200 ns/op\nBenchmarkB-2 1 20 ns/op\nBenchmarkC-2 1 5 ns/op\n");
  return table;
}

TEST(BenchTable, ComparesMinimaAndMedians) {
  const BenchTable table = TwoRounds();
  ASSERT_EQ(table.rows().size(), 3u);
  EXPECT_EQ(table.rows()[0].name, "A");
  EXPECT_DOUBLE_EQ(table.rows()[0].ratio_of_minima(), 0.5);
  EXPECT_DOUBLE_EQ(table.rows()[0].ratio_of_medians(), 55.0 / 150);
  EXPECT_DOUBLE_EQ(table.rows()[1].ratio_of_minima(), 4);
}

TEST(BenchTable, LeavesIncompleteRowsOutOfTheMean) {
  const BenchTable table = TwoRounds();
  EXPECT_FALSE(table.rows()[2].complete());
  EXPECT_NEAR(*table.GeometricMeanOfMinima(), 1.4142135623730951, 1e-12);
  EXPECT_FALSE(BenchTable().GeometricMeanOfMinima().has_value());
}

TEST(BenchTable, SaysWhichGoalsAreNotReached) {
  const std::string text = TwoRounds().Markdown({{"B", 1.0}, {"A", 0.5}, {"Z", 1.0}});
  EXPECT_TRUE(absl::StrContains(text, "| B | 10.0 | 40.0 | 4.00 | 1.0 (not reached) |\n| A | "));
  EXPECT_TRUE(absl::StrContains(text, "| 0.50 | 0.5 |\n"));
  EXPECT_FALSE(absl::StrContains(text, "Z"));
}

TEST(BenchTable, IsWrittenInThreeForms) {
  const BenchTable table = TwoRounds();
  EXPECT_TRUE(absl::StrContains(table.Text(), "geometric mean"));
  EXPECT_TRUE(absl::StrContains(table.Markdown(), "| A | 100 | 50.0 | 0.50 | 0.37 |"))
      << table.Markdown();
  EXPECT_TRUE(absl::StrContains(table.Markdown(), "| C | 5.00 | - | - | - |"));
  EXPECT_TRUE(absl::StrContains(
      table.Json(),
      "{\"name\": \"A\", \"stock\": {\"min\": 100, \"median\": 150, \"runs\": [100, 200]}"))
      << table.Json();
  EXPECT_TRUE(absl::StrContains(table.Json(), "\"geomean_min\": 1.41421"));
}

TEST(FormatNanoseconds, KeepsThreeDigits) {
  EXPECT_EQ(FormatNanoseconds(1.234), "1.23");
  EXPECT_EQ(FormatNanoseconds(45.67), "45.7");
  EXPECT_EQ(FormatNanoseconds(789.4), "789");
  EXPECT_EQ(FormatNanoseconds(12345), "12300");
}

TEST(BenchOptions, AreReadInAnyOrder) {
  const auto options =
      ParseBenchOptions({"-count", "7", "./x", "-bench=Defer", "-markdown", "-benchtime", "10x"});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->package, "./x");
  EXPECT_EQ(options->pattern, "Defer");
  EXPECT_EQ(options->count, 7);
  EXPECT_EQ(options->benchtime, "10x");
  EXPECT_EQ(options->format, BenchOptions::Format::kMarkdown);
}

TEST(BenchOptions, RefuseNonsense) {
  EXPECT_FALSE(ParseBenchOptions({"-count", "0"}).ok());
  EXPECT_FALSE(ParseBenchOptions({"-count", "x"}).ok());
  EXPECT_FALSE(ParseBenchOptions({"-speed", "9"}).ok());
  EXPECT_FALSE(ParseBenchOptions({"./a", "./b"}).ok());
}

}  // namespace
}  // namespace gort::tool
