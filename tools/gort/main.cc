// SPDX-License-Identifier: BSD-3-Clause
//
// gort: builds and runs Go programs on gort's runtime. The commands, one line each, are in kUsage;
// each is a file of this folder.
//
// Errors are one text on standard error and exit code 1; on success gort itself prints nothing.
//
// Before: toolexec.h, go_command.h, link.h, bench.h   After: nothing
#include <cstdio>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/gort/bench.h"
#include "tools/gort/check.h"
#include "tools/gort/environment.h"
#include "tools/gort/go_command.h"
#include "tools/gort/link.h"
#include "tools/gort/process.h"
#include "tools/gort/runtime_archive.h"
#include "tools/gort/toolexec.h"

namespace gort::tool {
namespace {

constexpr char kUsage[] = R"(gort runs Go 1.15 programs on a runtime written in C++.

usage: gort COMMAND [ARGS]

  run, build, test, vet ARGS   the go command of that name, with gort's runtime
  go ARGS                      any go command; "go tool link" too
  link -o PROG MAIN.o [-L DIR] links objects that the stock compiler made
  bench [PKG] [FLAGS]          a package's benchmarks on both runtimes: gort bench -h
  check [ARGS]                 all tests of the project
  env [NAME]                   where things are, and GOFLAGS for use without gort
  toolexec TOOL ARGS           what go's -toolexec starts
  version, help

GOARCH=arm64 builds for arm64 and runs under qemu-user. GORT_GOROOT names another
Go 1.15.x than Debian's. GORT_CACHE names the folder of relinked archives.
)";

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "gort: %s\n", std::string(status.message()).c_str());
  return 1;
}

absl::Status PrintEnvironment(const Arguments& arguments) {
  const std::string self = SelfPath();
  const std::string toolexec = absl::StrCat(self, "-toolexec");
  Variables variables = {{"GOROOT", GoRoot()}};
  for (const absl::string_view cpu : kPorts) {
    variables.push_back({absl::StrCat("GORT_RUNTIME_", cpu), RuntimeArchive(cpu)});
  }
  variables.push_back({"GORT_CACHE", CacheDir()});
  variables.push_back({"CGO_ENABLED", "0"});
  variables.push_back({"GOFLAGS", absl::StrCat("-toolexec=", toolexec)});
  if (!arguments.empty()) {
    for (const std::string& name : arguments) {
      for (const auto& [known, value] : variables) {
        if (known == name) std::printf("%s\n", value.c_str());
      }
    }
    return absl::OkStatus();
  }
  for (const auto& [name, value] : variables)
    std::printf("%s=\"%s\"\n", name.c_str(), value.c_str());
  if (absl::StrContains(toolexec, ' ')) {
    return absl::InvalidArgumentError(absl::StrCat(
        "GOFLAGS cannot hold a path with a blank: ", toolexec, "; use `gort go` instead"));
  }
  return absl::OkStatus();
}

absl::Status PrintVersion() {
  absl::StatusOr<std::string> release = CheckGoRelease(GoRoot());
  if (!release.ok()) return release.status();
  const std::string cpu = TargetCpu();
  if (absl::Status status = CheckTarget("linux", cpu); !status.ok()) return status;
  absl::StatusOr<std::string> hash = RuntimeHash(cpu);
  if (!hash.ok()) return hash.status();
  std::printf("gort version %s %s linux/%s\n", hash->substr(0, 12).c_str(), release->c_str(),
              cpu.c_str());
  return absl::OkStatus();
}

absl::Status Dispatch(const std::string& command, const Arguments& rest, const Arguments& all) {
  if (command == "run" || command == "build" || command == "test" || command == "vet") {
    return GoCommandLine(all);
  }
  if (command == "go") return GoCommandLine(rest);
  if (command == "toolexec") return Toolexec(rest);
  if (command == "link") return LinkCommand(rest);
  if (command == "bench") return BenchCommand(rest);
  if (command == "check") return CheckCommand(rest);
  if (command == "env") return PrintEnvironment(rest);
  if (command == "version") return PrintVersion();
  if (command == "help" || command == "-h" || command == "-help" || command == "--help") {
    std::fputs(kUsage, stdout);
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown command ", command, "; `gort help` lists them"));
}

}  // namespace
}  // namespace gort::tool

int main(int argc, char** argv) {
  using gort::tool::Arguments;
  const Arguments all(argv + (argc > 0 ? 1 : 0), argv + argc);
  if (all.empty()) {
    std::fputs(gort::tool::kUsage, stderr);
    return 2;
  }
  const absl::Status status =
      gort::tool::Dispatch(all[0], Arguments(all.begin() + 1, all.end()), all);
  return status.ok() ? 0 : gort::tool::Fail(status);
}
