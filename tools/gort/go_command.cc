// SPDX-License-Identifier: BSD-3-Clause
//
// Building the go command's command line; see go_command.h.
//
// Before: go_command.h   After: main.cc
#include "tools/gort/go_command.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tools/gort/environment.h"
#include "tools/gort/flags.h"
#include "tools/gort/link.h"

namespace gort::tool {
namespace {

constexpr absl::string_view kBuilding[] = {"build", "clean", "get",  "install",
                                           "list",  "run",   "test", "vet"};

absl::Status RefuseSanitizer(absl::string_view flag) {
  return absl::UnimplementedError(absl::StrCat(
      "-", flag, " is not supported: its instrumentation is part of the stock runtime"));
}

// The flags of one command, which for `go test` may also stand behind the packages.
absl::Status CheckFlags(const Arguments& arguments) {
  const bool anywhere = arguments[0] == "test" || arguments[0] == "vet";
  for (size_t at = 1; at < arguments.size();) {
    const ToolFlag flag = ParseGoFlag(arguments, at);
    if (flag.words == 0) {
      if (!anywhere) break;
      at++;
      continue;
    }
    if (flag.name == "args") break;
    if ((flag.name == "race" || flag.name == "msan") && IsTrue(flag.value)) {
      return RefuseSanitizer(flag.name);
    }
    at += flag.words;
  }
  const std::string from_environment = GoVariable("GOFLAGS");
  for (absl::string_view word : absl::StrSplit(from_environment, ' ', absl::SkipEmpty())) {
    absl::ConsumePrefix(&word, "-");
    absl::ConsumePrefix(&word, "-");
    for (const absl::string_view sanitizer : {"race", "msan"}) {
      if (word == sanitizer || word == absl::StrCat(sanitizer, "=true")) {
        return RefuseSanitizer(sanitizer);
      }
    }
  }
  return absl::OkStatus();
}

bool HasGoFlag(const Arguments& arguments, absl::string_view name) {
  for (size_t at = 1; at < arguments.size();) {
    const ToolFlag flag = ParseGoFlag(arguments, at);
    if (flag.words == 0) return false;
    if (flag.name == name) return true;
    at += flag.words;
  }
  return false;
}

}  // namespace

absl::StatusOr<Arguments> PrepareGo(const Arguments& arguments) {
  absl::StatusOr<std::string> release = CheckGoRelease(GoRoot());
  if (!release.ok()) return release.status();
  const std::string goos = GoVariable("GOOS");
  const std::string cpu = TargetCpu();
  if (absl::Status status = CheckTarget(goos.empty() ? "linux" : goos, cpu); !status.ok()) {
    return status;
  }
  setenv("GOROOT", GoRoot().c_str(), 1);
  setenv("CGO_ENABLED", "0", 1);

  Arguments argv = {GoCommand()};
  if (arguments.empty()) return argv;
  const std::string& command = arguments[0];
  argv.push_back(command);
  if (std::find(std::begin(kBuilding), std::end(kBuilding), command) != std::end(kBuilding)) {
    if (absl::Status status = CheckFlags(arguments); !status.ok()) return status;
    argv.push_back(absl::StrCat("-toolexec=", QuoteWord(SelfPath()), " toolexec"));
    if ((command == "run" || command == "test") && !HasGoFlag(arguments, "exec")) {
      absl::StatusOr<std::vector<std::string>> launcher = Launcher(cpu);
      if (!launcher.ok()) return launcher.status();
      if (!launcher->empty()) {
        argv.push_back(absl::StrCat("-exec=", QuoteWord(absl::StrJoin(*launcher, " "))));
      }
    }
  }
  argv.insert(argv.end(), arguments.begin() + 1, arguments.end());
  return argv;
}

absl::Status GoCommandLine(const Arguments& arguments) {
  if (arguments.size() >= 2 && arguments[0] == "tool" && arguments[1] == "link") {
    return LinkCommand(Arguments(arguments.begin() + 2, arguments.end()));
  }
  absl::StatusOr<Arguments> argv = PrepareGo(arguments);
  if (!argv.ok()) return argv.status();
  return Exec(*argv);
}

}  // namespace gort::tool
