// SPDX-License-Identifier: BSD-3-Clause
//
// The wrapper around Go's tools; see toolexec.h.
//
// Before: toolexec.h   After: link.cc
#include "tools/gort/toolexec.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "asm/relink/archive.h"
#include "asm/relink/references.h"
#include "asm/relink/relink.h"
#include "tools/gort/environment.h"
#include "tools/gort/flags.h"
#include "tools/gort/runtime_archive.h"

namespace gort::tool {
namespace {

constexpr size_t kMostLackingShown = 20;

absl::string_view BaseName(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? path : path.substr(slash + 1);
}

absl::Status RefuseSanitizer(absl::string_view flag) {
  return absl::UnimplementedError(absl::StrCat(
      "-", flag, " is not supported: its instrumentation is part of the stock runtime"));
}

absl::Status RefuseRuntimeTest() {
  return absl::UnimplementedError(
      "`go test runtime` is not supported: its test variant is a stock package runtime, which gort "
      "replaces (the tests of gort's own runtime: gort check)");
}

bool IsRuntimeTestFile(absl::string_view file) {
  return absl::EndsWith(file, "_test.go") && absl::StrContains(file, "/src/runtime/");
}

// `go test runtime` compiles the package together with its _test.go files.
absl::Status CheckCompile(const Arguments& argv) {
  bool is_runtime = false;
  for (size_t i = 1; i < argv.size(); i++) {
    for (const absl::string_view sanitizer : {"race", "msan"}) {
      if (argv[i] == absl::StrCat("-", sanitizer)) return RefuseSanitizer(sanitizer);
    }
    is_runtime |= argv[i] == "-p" && i + 1 < argv.size() && argv[i + 1] == "runtime";
    if (is_runtime && absl::EndsWith(argv[i], "_test.go")) return RefuseRuntimeTest();
  }
  return absl::OkStatus();
}

absl::Status CheckLinkFlags(const Arguments& argv) {
  for (const absl::string_view sanitizer : {"race", "msan"}) {
    if (HasFlag(argv, sanitizer)) return RefuseSanitizer(sanitizer);
  }
  const std::string build_mode = FlagValue(argv, "buildmode");
  if (!build_mode.empty() && build_mode != "exe") {
    return absl::UnimplementedError(absl::StrCat(
        "-buildmode=", build_mode, " is not supported: gort makes static executables"));
  }
  if (HasFlag(argv, "linkshared")) {
    return absl::UnimplementedError("-linkshared is not supported: gort makes static executables");
  }
  if (FlagValue(argv, "linkmode") == "internal") {
    return absl::UnimplementedError(
        "-linkmode=internal is not supported: gort's runtime is C++ and needs the host linker");
  }
  return absl::OkStatus();
}

// Packages of the link that hold cgo code, which is objects of the C compiler in their archives.
std::vector<std::string> CgoPackages(const ImportConfig& config) {
  std::vector<std::string> users;
  for (const relink::LinkedPackage& package : config.Packages()) {
    if (package.import_path == "runtime/cgo") continue;
    absl::StatusOr<relink::MappedFile> file = relink::MappedFile::Open(package.file);
    if (!file.ok()) continue;
    absl::StatusOr<std::vector<relink::Member>> members = relink::ParseArchive(file->bytes());
    if (!members.ok()) continue;
    for (const relink::Member& member : *members) {
      if (!absl::StartsWith(member.data, "\177ELF")) continue;
      users.push_back(package.import_path);
      break;
    }
  }
  return users;
}

absl::Status RefuseCgo(const ImportConfig& config) {
  const std::vector<std::string> users = CgoPackages(config);
  return absl::UnimplementedError(
      absl::StrCat("the program uses cgo",
                   users.empty() ? "" : absl::StrCat(" (", absl::StrJoin(users, ", "), ")"),
                   ", which gort does not support: build with CGO_ENABLED=0"));
}

// Checks what the stock runtime.a of the link says about itself.
absl::Status CheckStock(const relink::Package& stock) {
  const relink::GoTarget target = stock.target();
  if (absl::Status status = CheckRelease(target.version, "the Go of this link"); !status.ok()) {
    return status;
  }
  if (absl::Status status = CheckTarget(target.goos, target.goarch); !status.ok()) return status;
  for (size_t i = 0; i < stock.object.Count(relink::kDwarfFile); i++) {
    if (IsRuntimeTestFile(stock.object.DwarfFileName(i))) return RefuseRuntimeTest();
  }
  return absl::OkStatus();
}

absl::Status Link(const Arguments& argv) {
  const std::string path = FlagValue(argv, "importcfg");
  if (path.empty()) return Exec(argv);  // -h, -V and the like
  absl::StatusOr<relink::MappedFile> file = relink::MappedFile::Open(path);
  if (!file.ok()) return file.status();
  absl::StatusOr<Arguments> arguments = LinkArguments(argv, ImportConfig(file->bytes()), {});
  if (!arguments.ok()) return arguments.status();
  return Exec(*arguments);
}

absl::Status LinkVersion(const Arguments& argv) {
  absl::StatusOr<Finished> stock = Run(argv);
  if (!stock.ok()) return stock.status();
  if (stock->exit_code != 0) return absl::InternalError(absl::StrCat(argv[0], " -V=full failed"));
  const std::string cpu = TargetCpu();
  if (absl::Status status = CheckTarget("linux", cpu); !status.ok()) return status;
  absl::StatusOr<std::string> hash = RuntimeHash(cpu);
  if (!hash.ok()) return hash.status();
  std::printf("%s gort=%s\n",
              std::string(absl::StripTrailingAsciiWhitespace(stock->output)).c_str(),
              hash->c_str());
  std::exit(0);
}

}  // namespace

absl::StatusOr<RelinkedArchives> ArchivesForLink(const Arguments& argv, const ImportConfig& config,
                                                 const std::vector<std::string>& objects) {
  if (absl::Status status = CheckLinkFlags(argv); !status.ok()) return status;
  const std::string stock_path = config.Find("runtime");
  if (stock_path.empty()) {
    return absl::InvalidArgumentError("the importcfg of the link does not name package runtime");
  }
  absl::StatusOr<relink::Package> stock = relink::OpenPackage(stock_path);
  if (!stock.ok()) return stock.status();
  if (absl::Status status = CheckStock(*stock); !status.ok()) return status;
  if (!config.Find("runtime/cgo").empty()) return RefuseCgo(config);

  absl::StatusOr<RelinkedArchives> archives = RelinkedFor(*stock, config.Packages());
  if (!archives.ok()) return archives.status();
  absl::StatusOr<relink::Package> ours = relink::OpenPackage(archives->runtime);
  if (!ours.ok()) return ours.status();
  std::vector<relink::LinkedPackage> packages = config.Packages();
  for (const std::string& object : objects) packages.push_back({object, object});
  absl::StatusOr<std::vector<relink::Lacking>> lacking =
      relink::FindLacking(*stock, *ours, packages);
  if (!lacking.ok()) return lacking.status();
  // For work on the runtime itself: link all the same, and leave unreachable gaps to be found.
  if (!lacking->empty() && GetEnv("GORT_LACKING") != "allow") {
    std::string text = relink::DescribeLacking(*lacking, kMostLackingShown);
    absl::StripTrailingAsciiWhitespace(&text);
    return absl::UnimplementedError(
        absl::StrCat("gort's runtime lacks what this program wants:\n", text));
  }
  return archives;
}

Arguments WithFlags(const Arguments& argv, const Arguments& flags) {
  Arguments result = {argv[0]};
  size_t at = 1;
  for (size_t words; at < argv.size() && (words = ParseToolFlag(argv, at).words) > 0; at += words) {
    result.insert(result.end(), argv.begin() + at, argv.begin() + at + words);
  }
  result.insert(result.end(), flags.begin(), flags.end());
  result.insert(result.end(), argv.begin() + at, argv.end());
  return result;
}

Arguments HostLinkerFlag(const Arguments& argv, absl::string_view cpu) {
  const std::string given = FlagValue(argv, "extld");
  if (cpu == HostCpu() || (!given.empty() && given != "gcc")) return {};
  return {cpu == "arm64" ? "-extld=aarch64-linux-gnu-gcc" : "-extld=x86_64-linux-gnu-gcc"};
}

absl::StatusOr<Arguments> LinkArguments(const Arguments& argv, ImportConfig config,
                                        const std::vector<std::string>& objects) {
  absl::StatusOr<RelinkedArchives> archives = ArchivesForLink(argv, config, objects);
  if (!archives.ok()) return archives.status();
  config.Set("runtime", archives->runtime);
  config.Set("runtime/cgo", archives->cgo);
  absl::StatusOr<std::string> file = AnonymousFile(config.Text());
  if (!file.ok()) return file.status();
  Arguments flags = {absl::StrCat("-importcfg=", *file)};
  const Arguments linker = HostLinkerFlag(argv, archives->cpu);
  flags.insert(flags.end(), linker.begin(), linker.end());
  return WithFlags(argv, flags);
}

absl::Status Toolexec(const Arguments& argv) {
  if (argv.empty()) return absl::InvalidArgumentError("usage: gort toolexec TOOL ARGS...");
  const absl::string_view tool = BaseName(argv[0]);
  if (tool == "link") {
    if (argv.size() > 1 && argv[1] == "-V=full") return LinkVersion(argv);
    return Link(argv);
  }
  if (tool == "compile") {
    if (absl::Status status = CheckCompile(argv); !status.ok()) return status;
  }
  return Exec(argv);
}

}  // namespace gort::tool
