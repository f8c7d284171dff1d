// SPDX-License-Identifier: BSD-3-Clause
//
// What `gort bench` measures, and how two runtimes are compared.
//
// A Go test program prints a line per benchmark and run:
//
//   BenchmarkDefer10-2     5000000     231.4 ns/op     0 B/op     0 allocs/op
//
// The name's "-2" is GOMAXPROCS. A benchmark may measure something else beside or instead of time
// ("412 bytes/goroutine"); that is a row of its own, which is named with the unit. What go test
// adds by itself (MB/s, B/op, allocs/op) is left out. Of the runs of one benchmark the minimum is
// what the code can do, and the median what one usually sees; noise of a busy machine only adds, so
// the minima are compared first:
//
//   ratio = gort / stock                          below 1: gort takes less time
//   geometric mean = exp(mean(log(ratio)))        over the benchmarks that both runtimes finished
//
// Before: nothing   After: bench.h
#ifndef GORT_TOOLS_GORT_BENCH_RESULTS_H_
#define GORT_TOOLS_GORT_BENCH_RESULTS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gort::tool {

struct BenchValue {
  std::string name;  // without "Benchmark" and "-2"; with the unit, if it is not ns/op
  double value;
};
// What a line has measured, ns/op first; nothing: it is no benchmark's.
std::vector<BenchValue> ParseBenchLine(absl::string_view line);

double Minimum(const std::vector<double>& values);  // of at least one
double Median(std::vector<double> values);
double GeometricMean(const std::vector<double>& values);

// All runs of one benchmark on both runtimes.
struct BenchRow {
  std::string name;
  std::vector<double> stock, gort;  // ns/op

  bool complete() const { return !stock.empty() && !gort.empty(); }
  double ratio_of_minima() const { return Minimum(gort) / Minimum(stock); }
  double ratio_of_medians() const { return Median(gort) / Median(stock); }
};

// The ratio that a benchmark is meant to reach. A file of them has a line "NAME RATIO" for each row
// of a document's table, in order, and comments after '#'.
struct BenchGoal {
  std::string name;
  double ratio;
};
absl::StatusOr<std::vector<BenchGoal>> ParseBenchGoals(absl::string_view text);

class BenchTable {
 public:
  // Adds every benchmark line of a program's output.
  void AddStock(absl::string_view output) { Add(output, &BenchRow::stock); }
  void AddGort(absl::string_view output) { Add(output, &BenchRow::gort); }

  const std::vector<BenchRow>& rows() const { return rows_; }  // in order of first appearance
  std::optional<double> GeometricMeanOfMinima() const;
  std::optional<double> GeometricMeanOfMedians() const;

  std::string Text() const;
  std::string Markdown() const;
  // Only the rows that have a goal, and whether they reach it.
  std::string Markdown(const std::vector<BenchGoal>& goals) const;
  std::string Json() const;

 private:
  void Add(absl::string_view output, std::vector<double> BenchRow::*runs);

  std::vector<BenchRow> rows_;
};

// Three significant digits: "1.23", "45.6", "789", "12300".
std::string FormatNanoseconds(double value);

}  // namespace gort::tool

#endif  // GORT_TOOLS_GORT_BENCH_RESULTS_H_
