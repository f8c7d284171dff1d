// SPDX-License-Identifier: BSD-3-Clause
//
// Parsing and statistics of bench_results.h.
//
// Before: bench_results.h   After: bench.cc
#include "tools/gort/bench_results.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace gort::tool {
namespace {

// What stands in the columns of one row; "-" where a runtime gave no result.
struct Cells {
  std::string stock_min = "-", stock_median = "-", gort_min = "-", gort_median = "-";
  std::string ratio_min = "-", ratio_median = "-";
};

Cells CellsOf(const BenchRow& row) {
  Cells cells;
  if (!row.stock.empty()) {
    cells.stock_min = FormatNanoseconds(Minimum(row.stock));
    cells.stock_median = FormatNanoseconds(Median(row.stock));
  }
  if (!row.gort.empty()) {
    cells.gort_min = FormatNanoseconds(Minimum(row.gort));
    cells.gort_median = FormatNanoseconds(Median(row.gort));
  }
  if (row.complete()) {
    cells.ratio_min = absl::StrFormat("%.2f", row.ratio_of_minima());
    cells.ratio_median = absl::StrFormat("%.2f", row.ratio_of_medians());
  }
  return cells;
}

// One digit behind the point, or two where they say more.
std::string GoalText(double ratio) {
  std::string text = absl::StrFormat("%.2f", ratio);
  if (text.back() == '0') text.pop_back();
  return text;
}

std::optional<double> Mean(const std::vector<BenchRow>& rows, double (BenchRow::*ratio)() const) {
  std::vector<double> ratios;
  for (const BenchRow& row : rows) {
    if (row.complete()) ratios.push_back((row.*ratio)());
  }
  if (ratios.empty()) return std::nullopt;
  return GeometricMean(ratios);
}

std::string JsonNumber(std::optional<double> value) {
  return value.has_value() ? absl::StrFormat("%.6g", *value) : "null";
}

std::string JsonString(absl::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted.push_back('\\');
    if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&quoted, "\\u%04x", static_cast<unsigned>(c));
    } else {
      quoted.push_back(c);
    }
  }
  return quoted + "\"";
}

std::string JsonRuns(const std::vector<double>& runs) {
  std::string list;
  for (const double value : runs) {
    absl::StrAppend(&list, list.empty() ? "" : ", ", JsonNumber(value));
  }
  std::optional<double> minimum, median;
  if (!runs.empty()) {
    minimum = Minimum(runs);
    median = Median(runs);
  }
  return absl::StrCat("{\"min\": ", JsonNumber(minimum), ", \"median\": ", JsonNumber(median),
                      ", \"runs\": [", list, "]}");
}

}  // namespace

std::vector<BenchValue> ParseBenchLine(absl::string_view line) {
  std::vector<absl::string_view> words =
      absl::StrSplit(line, absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty());
  if (words.size() < 4 || !absl::ConsumePrefix(&words[0], "Benchmark")) return {};
  int64_t iterations = 0;
  if (!absl::SimpleAtoi(words[1], &iterations)) return {};
  absl::string_view name = words[0];
  const size_t dash = name.rfind('-');
  if (dash != absl::string_view::npos && dash + 1 < name.size()) {
    const absl::string_view tail = name.substr(dash + 1);
    if (std::all_of(tail.begin(), tail.end(), absl::ascii_isdigit)) name = name.substr(0, dash);
  }
  std::vector<BenchValue> values;
  for (size_t i = 2; i + 1 < words.size(); i += 2) {
    const absl::string_view unit = words[i + 1];
    if (unit == "MB/s" || unit == "B/op" || unit == "allocs/op") continue;
    double value = 0;
    if (!absl::SimpleAtod(words[i], &value)) return {};
    if (unit == "ns/op") {
      values.insert(values.begin(), {std::string(name), value});
    } else {
      values.push_back({absl::StrCat(name, ", ", unit), value});
    }
  }
  return values;
}

absl::StatusOr<std::vector<BenchGoal>> ParseBenchGoals(absl::string_view text) {
  std::vector<BenchGoal> goals;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    line = absl::StripAsciiWhitespace(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    const size_t blank = line.rfind(' ');  // a name with a unit has one too
    BenchGoal goal;
    if (blank == absl::string_view::npos ||
        !absl::SimpleAtod(line.substr(blank + 1), &goal.ratio)) {
      return absl::InvalidArgumentError(absl::StrCat("not \"NAME RATIO\": ", line));
    }
    goal.name = std::string(absl::StripAsciiWhitespace(line.substr(0, blank)));
    goals.push_back(goal);
  }
  return goals;
}

double Minimum(const std::vector<double>& values) {
  return *std::min_element(values.begin(), values.end());
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double GeometricMean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += std::log(value);
  return std::exp(sum / static_cast<double>(values.size()));
}

void BenchTable::Add(absl::string_view output, std::vector<double> BenchRow::*runs) {
  for (const absl::string_view line : absl::StrSplit(output, '\n')) {
    for (const BenchValue& measured : ParseBenchLine(line)) {
      auto row = std::find_if(rows_.begin(), rows_.end(),
                              [&](const BenchRow& r) { return r.name == measured.name; });
      if (row == rows_.end()) row = rows_.insert(row, BenchRow{measured.name, {}, {}});
      ((*row).*runs).push_back(measured.value);
    }
  }
}

std::optional<double> BenchTable::GeometricMeanOfMinima() const {
  return Mean(rows_, &BenchRow::ratio_of_minima);
}

std::optional<double> BenchTable::GeometricMeanOfMedians() const {
  return Mean(rows_, &BenchRow::ratio_of_medians);
}

std::string BenchTable::Text() const {
  size_t width = 14;
  for (const BenchRow& row : rows_) width = std::max(width, row.name.size());
  std::string text =
      absl::StrFormat("%-*s %10s %10s %7s   %10s %10s %7s\n", width, "ns/op", "stock min",
                      "gort min", "ratio", "stock med", "gort med", "ratio");
  for (const BenchRow& row : rows_) {
    const Cells c = CellsOf(row);
    absl::StrAppendFormat(&text, "%-*s %10s %10s %7s   %10s %10s %7s\n", width, row.name,
                          c.stock_min, c.gort_min, c.ratio_min, c.stock_median, c.gort_median,
                          c.ratio_median);
  }
  const std::optional<double> minima = GeometricMeanOfMinima();
  const std::optional<double> medians = GeometricMeanOfMedians();
  if (minima.has_value()) {
    absl::StrAppendFormat(&text, "%-*s %10s %10s %7.2f   %10s %10s %7.2f\n", width,
                          "geometric mean", "", "", *minima, "", "", *medians);
  }
  return text;
}

std::string BenchTable::Markdown() const {
  std::string text =
      "| benchmark | stock, ns/op | gort, ns/op | gort / stock | of medians |\n"
      "|---|---:|---:|---:|---:|\n";
  for (const BenchRow& row : rows_) {
    const Cells c = CellsOf(row);
    absl::StrAppend(&text, "| ", row.name, " | ", c.stock_min, " | ", c.gort_min, " | ",
                    c.ratio_min, " | ", c.ratio_median, " |\n");
  }
  const std::optional<double> minima = GeometricMeanOfMinima();
  const std::optional<double> medians = GeometricMeanOfMedians();
  if (minima.has_value()) {
    absl::StrAppendFormat(&text, "| geometric mean | | | %.2f | %.2f |\n", *minima, *medians);
  }
  return text;
}

std::string BenchTable::Markdown(const std::vector<BenchGoal>& goals) const {
  std::string text =
      "| benchmark | stock, ns/op | gort, ns/op | gort / stock | goal |\n"
      "|---|---:|---:|---:|---:|\n";
  for (const BenchGoal& goal : goals) {
    const auto row = std::find_if(rows_.begin(), rows_.end(),
                                  [&](const BenchRow& r) { return r.name == goal.name; });
    if (row == rows_.end()) continue;
    const Cells c = CellsOf(*row);
    // Rounded as it is printed: 0.70 reaches 0.7.
    double ratio = 0;
    const bool reached =
        row->complete() && absl::SimpleAtod(c.ratio_min, &ratio) && ratio <= goal.ratio;
    absl::StrAppend(&text, "| ", row->name, " | ", c.stock_min, " | ", c.gort_min, " | ",
                    c.ratio_min, " | ", GoalText(goal.ratio), reached ? "" : " (not reached)",
                    " |\n");
  }
  return text;
}

std::string BenchTable::Json() const {
  std::string text = "{\n  \"unit\": \"ns/op\",\n  \"benchmarks\": [";
  for (size_t i = 0; i < rows_.size(); i++) {
    const BenchRow& row = rows_[i];
    std::optional<double> minima, medians;
    if (row.complete()) {
      minima = row.ratio_of_minima();
      medians = row.ratio_of_medians();
    }
    absl::StrAppend(&text, i == 0 ? "\n" : ",\n", "    {\"name\": ", JsonString(row.name),
                    ", \"stock\": ", JsonRuns(row.stock), ", \"gort\": ", JsonRuns(row.gort),
                    ", \"ratio_min\": ", JsonNumber(minima),
                    ", \"ratio_median\": ", JsonNumber(medians), "}");
  }
  absl::StrAppend(&text, "\n  ],\n  \"geomean_min\": ", JsonNumber(GeometricMeanOfMinima()),
                  ",\n  \"geomean_median\": ", JsonNumber(GeometricMeanOfMedians()), "\n}\n");
  return text;
}

std::string FormatNanoseconds(double value) {
  if (value < 10) return absl::StrFormat("%.2f", value);
  if (value < 100) return absl::StrFormat("%.1f", value);
  if (value < 1000) return absl::StrFormat("%.0f", value);
  const double step = std::pow(10.0, std::floor(std::log10(value)) - 2);
  return absl::StrFormat("%.0f", std::round(value / step) * step);
}

}  // namespace gort::tool
