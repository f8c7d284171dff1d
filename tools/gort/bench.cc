// SPDX-License-Identifier: BSD-3-Clause
//
// Compiling and running the two programs that bench.h speaks of.
//
// Before: bench.h   After: main.cc
#include "tools/gort/bench.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/gort/bench_results.h"
#include "tools/gort/environment.h"
#include "tools/gort/go_command.h"

namespace gort::tool {
namespace {

constexpr char kBenchUsage[] = R"(usage: gort bench [PKG] [FLAGS]

Compiles the benchmarks of a Go package once with the stock runtime and once with gort's, runs
both programs by turns, and compares the time per operation. No PKG: the project's bench/go.

  -bench RE       which benchmarks (all)
  -count N        runs of each program (5)
  -benchtime T    time or iterations of one run of one benchmark, as for go test
  -json           all runs, minima, medians and ratios
  -markdown       a table for a document
  -goals FILE     with -markdown: the rows that FILE names, with the ratios they are meant to reach
  -v              show the output of the programs
)";

// Compiles the package's test program into `output`, in `directory`.
absl::Status Compile(const Arguments& test_command, const std::string& output,
                     const RunOptions& where) {
  Arguments argv = test_command;
  argv.insert(argv.begin() + 2, {"-c", "-o", output});
  absl::StatusOr<Finished> built = Run(argv, where);
  if (!built.ok()) return built.status();
  std::fputs(built->output.c_str(), stderr);
  if (built->exit_code != 0 || !FileExists(output)) {
    return absl::FailedPreconditionError("the package's test program cannot be built");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<BenchOptions> ParseBenchOptions(const Arguments& arguments) {
  BenchOptions options;
  for (size_t i = 0; i < arguments.size(); i++) {
    absl::string_view name = arguments[i];
    if (!absl::ConsumePrefix(&name, "-")) {
      if (!options.package.empty()) {
        return absl::InvalidArgumentError("gort bench takes one package");
      }
      options.package = arguments[i];
      continue;
    }
    absl::ConsumePrefix(&name, "-");
    if (name == "h" || name == "help") {
      options.help = true;
    } else if (name == "v") {
      options.verbose = true;
    } else if (name == "json") {
      options.format = BenchOptions::Format::kJson;
    } else if (name == "markdown") {
      options.format = BenchOptions::Format::kMarkdown;
    } else {
      std::string value;
      const size_t equals = name.find('=');
      if (equals != absl::string_view::npos) {
        value = std::string(name.substr(equals + 1));
        name = name.substr(0, equals);
      } else if (i + 1 < arguments.size()) {
        value = arguments[++i];
      }
      if (name == "bench") {
        options.pattern = value;
      } else if (name == "benchtime") {
        options.benchtime = value;
      } else if (name == "goals" && !value.empty()) {
        options.goals = value;
      } else if (name != "count" || !absl::SimpleAtoi(value, &options.count) || options.count < 1) {
        return absl::InvalidArgumentError(absl::StrCat("gort bench: bad flag -", name, " ", value));
      }
    }
  }
  return options;
}

absl::Status BenchCommand(const Arguments& arguments) {
  absl::StatusOr<BenchOptions> options = ParseBenchOptions(arguments);
  if (!options.ok()) return options.status();
  if (options->help) {
    std::fputs(kBenchUsage, stdout);
    return absl::OkStatus();
  }
  std::vector<BenchGoal> goals;
  if (!options->goals.empty()) {
    std::ifstream file(options->goals);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file) return absl::NotFoundError(absl::StrCat("gort bench: cannot read ", options->goals));
    absl::StatusOr<std::vector<BenchGoal>> parsed = ParseBenchGoals(text);
    if (!parsed.ok()) return parsed.status();
    goals = *parsed;
  }
  RunOptions where;
  const std::string package = options->package.empty() ? std::string(".") : options->package;
  if (options->package.empty()) {
    where.directory = absl::StrCat(ProjectRoot(), "/bench/go");
    where.environment.push_back({"GO111MODULE", "off"});
  }
  absl::StatusOr<Arguments> gort_test = PrepareGo({"test", package});
  if (!gort_test.ok()) return gort_test.status();
  absl::StatusOr<std::vector<std::string>> launcher = Launcher(TargetCpu());
  if (!launcher.ok()) return launcher.status();

  absl::StatusOr<Finished> listed = Run({GoCommand(), "list", "-f", "{{.Dir}}", package}, where);
  if (!listed.ok()) return listed.status();
  const std::string package_dir(absl::StripAsciiWhitespace(listed->output));
  if (listed->exit_code != 0 || package_dir.empty() ||
      package_dir.find('\n') != std::string::npos) {
    return absl::InvalidArgumentError(absl::StrCat("gort bench: not one package: ", package));
  }

  char folder[] = "/tmp/gort-bench-XXXXXX";
  if (mkdtemp(folder) == nullptr) return absl::InternalError("cannot make a folder in /tmp");
  const absl::Cleanup remove_folder = [&] {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  };
  const std::string stock_program = absl::StrCat(folder, "/stock.test");
  const std::string gort_program = absl::StrCat(folder, "/gort.test");
  if (absl::Status status = Compile({GoCommand(), "test", package}, stock_program, where);
      !status.ok()) {
    return status;
  }
  if (absl::Status status = Compile(*gort_test, gort_program, where); !status.ok()) return status;

  // Tests run in their package's folder.
  const RunOptions in_package = {.directory = package_dir, .environment = {}, .with_stderr = true};
  BenchTable table;
  bool failed = false;
  const auto run = [&](const std::string& program) -> std::string {
    Arguments argv = *launcher;
    argv.insert(argv.end(), {program, "-test.run=^$",
                             absl::StrCat("-test.bench=", options->pattern), "-test.count=1"});
    if (!options->benchtime.empty()) {
      argv.push_back(absl::StrCat("-test.benchtime=", options->benchtime));
    }
    absl::StatusOr<Finished> finished = Run(argv, in_package);
    if (!finished.ok()) return "";
    if (options->verbose) std::fputs(finished->output.c_str(), stderr);
    if (finished->exit_code != 0) {
      failed = true;
      std::fprintf(stderr, "gort bench: %s ended with exit code %d:\n%s", program.c_str(),
                   finished->exit_code, options->verbose ? "" : finished->output.c_str());
    }
    return finished->output;
  };
  for (int round = 0; round < options->count; round++) {
    const bool gort_first = round % 2 == 1;
    if (gort_first) table.AddGort(run(gort_program));
    table.AddStock(run(stock_program));
    if (!gort_first) table.AddGort(run(gort_program));
  }
  switch (options->format) {
    case BenchOptions::Format::kText:
      std::fputs(table.Text().c_str(), stdout);
      break;
    case BenchOptions::Format::kMarkdown:
      std::fputs((goals.empty() ? table.Markdown() : table.Markdown(goals)).c_str(), stdout);
      break;
    case BenchOptions::Format::kJson:
      std::fputs(table.Json().c_str(), stdout);
      break;
  }
  if (failed) return absl::FailedPreconditionError("a benchmark program failed");
  if (table.rows().empty()) return absl::NotFoundError("gort bench: no benchmark matched");
  return absl::OkStatus();
}

}  // namespace gort::tool
