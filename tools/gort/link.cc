// SPDX-License-Identifier: BSD-3-Clause
//
// Finding the packages of a link that has no importcfg; see link.h.
//
// Before: link.h   After: go_command.cc
#include "tools/gort/link.h"

#include <deque>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "asm/relink/archive.h"
#include "asm/relink/goobj.h"
#include "tools/gort/environment.h"
#include "tools/gort/flags.h"
#include "tools/gort/importcfg.h"
#include "tools/gort/toolexec.h"

namespace gort::tool {
namespace {

// The import paths that the Go objects of an archive list, without ".a".
absl::StatusOr<std::vector<std::string>> ImportsOf(const std::string& path) {
  absl::StatusOr<relink::MappedFile> file = relink::MappedFile::Open(path);
  if (!file.ok()) return file.status();
  absl::StatusOr<std::vector<relink::Member>> members = relink::ParseArchive(file->bytes());
  if (!members.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", members.status().message()));
  }
  std::vector<std::string> imports;
  for (const relink::Member& member : *members) {
    const relink::GoMember parts = relink::SplitGoMember(member.data);
    if (parts.object.empty()) continue;
    absl::StatusOr<relink::ObjectView> object = relink::ObjectView::Parse(parts.object);
    if (!object.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(path, ": ", object.status().message()));
    }
    for (size_t i = 0; i < object->Count(relink::kAutolib); i++) {
      imports.emplace_back(absl::StripSuffix(object->AutolibName(i), ".a"));
    }
  }
  return imports;
}

// The archives of packages of the standard library for `cpu`, from the build cache (made there if
// need be).
absl::StatusOr<ImportConfig> FromBuildCache(const std::vector<std::string>& packages,
                                            const std::string& cpu) {
  Arguments argv = {GoCommand(), "list",
                    "-export",   "-deps",
                    "-f",        "{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}"};
  argv.insert(argv.end(), packages.begin(), packages.end());
  absl::StatusOr<Finished> listed = Run(argv, {.directory = GoRoot(),
                                               .environment = {{"GOARCH", cpu},
                                                               {"GOOS", "linux"},
                                                               {"GOROOT", GoRoot()},
                                                               {"GO111MODULE", "off"},
                                                               {"CGO_ENABLED", "0"},
                                                               {"GOFLAGS", ""}}});
  if (!listed.ok()) return listed.status();
  if (listed->exit_code != 0) {
    return absl::NotFoundError(absl::StrCat("cannot find the packages that the objects import"));
  }
  return ImportConfig(listed->output);
}

absl::StatusOr<ImportConfig> FindPackages(const std::vector<std::string>& objects,
                                          const std::vector<std::string>& folders,
                                          const std::string& cpu) {
  ImportConfig config;
  absl::flat_hash_set<std::string> seen = {"unsafe"};
  std::deque<std::string> archives(objects.begin(), objects.end());
  std::vector<std::string> elsewhere;
  const auto add = [&](const std::string& package, const std::string& file) {
    config.Set(package, file);
    config.Set(absl::StrCat(package, ".a"), file);
  };
  const auto visit = [&](const std::string& package) {
    if (!seen.insert(package).second) return;
    for (const std::string& folder : folders) {
      std::string file = absl::StrCat(folder, "/", package, ".a");
      if (!FileExists(file)) continue;
      add(package, file);
      archives.push_back(std::move(file));
      return;
    }
    elsewhere.push_back(package);
  };
  visit("runtime");  // every program has it
  for (; !archives.empty(); archives.pop_front()) {
    absl::StatusOr<std::vector<std::string>> imports = ImportsOf(archives.front());
    if (!imports.ok()) return imports.status();
    for (const std::string& package : *imports) visit(package);
  }
  if (!elsewhere.empty()) {
    absl::StatusOr<ImportConfig> found = FromBuildCache(elsewhere, cpu);
    if (!found.ok()) return found.status();
    for (const relink::LinkedPackage& package : found->Packages()) {
      if (config.Find(package.import_path).empty()) add(package.import_path, package.file);
    }
  }
  return config;
}

}  // namespace

absl::Status LinkCommand(const Arguments& arguments) {
  const std::string cpu = TargetCpu();
  if (absl::Status status = CheckTarget("linux", cpu); !status.ok()) return status;
  absl::StatusOr<std::string> release = CheckGoRelease(GoRoot());
  if (!release.ok()) return release.status();

  // cmd/link wants its flags before the objects; here they may stand anywhere.
  Arguments argv = {GoTool("link")};
  std::vector<std::string> objects, folders;
  std::string suffix;
  for (size_t at = 0; at < arguments.size();) {
    const ToolFlag flag = ParseToolFlag(arguments, at);
    if (flag.words == 0) {
      if (arguments[at] != "--") objects.push_back(arguments[at]);
      at++;
      continue;
    }
    if (flag.name == "L") folders.emplace_back(flag.value);
    if (flag.name == "installsuffix") suffix = absl::StrCat("_", flag.value);
    argv.insert(argv.end(), arguments.begin() + at, arguments.begin() + at + flag.words);
    at += flag.words;
  }
  if (HasFlag(argv, "race")) suffix = "_race";
  if (objects.empty()) {
    if (FlagValue(argv, "V").empty()) {
      return absl::InvalidArgumentError("usage: gort link -o PROGRAM MAIN.o [-L DIR]...");
    }
    return Toolexec(argv);
  }
  ImportConfig config;
  if (const std::string path = FlagValue(argv, "importcfg"); !path.empty()) {
    absl::StatusOr<relink::MappedFile> file = relink::MappedFile::Open(path);
    if (!file.ok()) return file.status();
    config = ImportConfig(file->bytes());
  } else {
    folders.push_back(absl::StrCat(GoRoot(), "/pkg/linux_", cpu, suffix));
    absl::StatusOr<ImportConfig> found = FindPackages(objects, folders, cpu);
    if (!found.ok()) return found.status();
    config = *std::move(found);
  }
  argv.insert(argv.end(), objects.begin(), objects.end());
  absl::StatusOr<Arguments> linked = LinkArguments(argv, std::move(config), objects);
  if (!linked.ok()) return linked.status();
  return Exec(*linked);
}

}  // namespace gort::tool
