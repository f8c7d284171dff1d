// SPDX-License-Identifier: BSD-3-Clause
//
// gort bench [PKG] [-bench RE] [-count N] [-benchtime T] [-json | -markdown [-goals FILE]] [-v]
//
// The package's test program is compiled twice from the same source: by stock Go, and with gort's
// runtime. The two then run one after another, N times, changing who begins, so that a drift of the
// machine (clock, temperature, other work) meets both. Each run asks for one round of the
// benchmarks. No PKG: bench/go of the project.
//
// Before: bench_results.h, go_command.h   After: main.cc
#ifndef GORT_TOOLS_GORT_BENCH_H_
#define GORT_TOOLS_GORT_BENCH_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/gort/process.h"

namespace gort::tool {

struct BenchOptions {
  std::string package;  // empty: the project's own benchmarks
  std::string pattern = ".";
  std::string benchtime;
  int count = 5;
  std::string goals;  // file; empty: none
  enum class Format { kText, kMarkdown, kJson } format = Format::kText;
  bool verbose = false;
  bool help = false;
};
absl::StatusOr<BenchOptions> ParseBenchOptions(const Arguments& arguments);

absl::Status BenchCommand(const Arguments& arguments);

}  // namespace gort::tool

#endif  // GORT_TOOLS_GORT_BENCH_H_
