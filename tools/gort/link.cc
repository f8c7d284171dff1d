// SPDX-License-Identifier: BSD-3-Clause
//
// Finding the packages of a link that has no importcfg; see link.h.
//
// Before: link.h   After: go_command.cc
#include "tools/gort/link.h"

#include <unistd.h>

#include <cerrno>
#include <deque>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "asm/relink/archive.h"
#include "asm/relink/goobj.h"
#include "tools/gort/content_hash.h"
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
  // -e: a package that there is not is left out, and cmd/link says so in its own words.
  Arguments argv = {GoCommand(),
                    "list",
                    "-e",
                    "-export",
                    "-deps",
                    "-f",
                    "{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}"};
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

// A folder of links to archives in the build cache; its name tells which, so that it can stay.
absl::StatusOr<std::string> FolderOf(const ImportConfig& packages, const std::string& cpu) {
  ContentHash hash;
  hash.Add(packages.Text());
  const std::string folder = absl::StrCat(CacheDir(), "/std_", cpu, "_", hash.Hex());
  for (const relink::LinkedPackage& package : packages.Packages()) {
    const std::string link = absl::StrCat(folder, "/", package.import_path, ".a");
    if (FileExists(link)) continue;
    if (absl::Status status = MakeDirectories(link.substr(0, link.rfind('/'))); !status.ok()) {
      return status;
    }
    if (symlink(package.file.c_str(), link.c_str()) != 0 && errno != EEXIST) {
      return absl::ErrnoToStatus(errno, absl::StrCat("cannot make ", link));
    }
  }
  return folder;
}

// Where the packages of a link are; `from_cache`: those of them that no folder has.
struct FoundPackages {
  ImportConfig all, from_cache;
};

absl::StatusOr<FoundPackages> FindPackages(const std::vector<std::string>& objects,
                                           const std::vector<std::string>& folders,
                                           const std::string& cpu) {
  FoundPackages result;
  ImportConfig& config = result.all;
  absl::flat_hash_set<std::string> seen = {"unsafe"};
  std::deque<std::string> archives(objects.begin(), objects.end());
  std::vector<std::string> elsewhere;
  const auto visit = [&](const std::string& package) {
    if (!seen.insert(package).second) return;
    if (package.front() == '/') {  // an object that was imported by its path: nothing to look for
      config.Set(package, package);
      if (FileExists(package)) archives.push_back(package);
      return;
    }
    for (const std::string& folder : folders) {
      std::string file = absl::StrCat(folder, "/", package, ".a");
      if (!FileExists(file)) file = absl::StrCat(folder, "/", package);  // import of "./p": p.o
      if (!absl::EndsWith(file, ".a") && !absl::EndsWith(file, ".o")) continue;
      if (!FileExists(file)) continue;
      config.Set(package, file);
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
      if (!config.Find(package.import_path).empty()) continue;
      config.Set(package.import_path, package.file);
      if (package.import_path != "runtime") {
        result.from_cache.Set(package.import_path, package.file);
      }
    }
  }
  return result;
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
    if (arguments.empty()) {
      return absl::InvalidArgumentError("usage: gort link -o PROGRAM MAIN.o [-L DIR]...");
    }
    return Toolexec(argv);
  }
  if (const std::string path = FlagValue(argv, "importcfg"); !path.empty()) {
    absl::StatusOr<relink::MappedFile> file = relink::MappedFile::Open(path);
    if (!file.ok()) return file.status();
    argv.insert(argv.end(), objects.begin(), objects.end());
    absl::StatusOr<Arguments> linked = LinkArguments(argv, ImportConfig(file->bytes()), objects);
    return linked.ok() ? Exec(*linked) : linked.status();
  }
  folders.push_back(absl::StrCat(GoRoot(), "/pkg/linux_", cpu, suffix));
  absl::StatusOr<FoundPackages> found = FindPackages(objects, folders, cpu);
  if (!found.ok()) return found.status();
  absl::StatusOr<RelinkedArchives> archives = ArchivesForLink(argv, found->all, objects);
  if (!archives.ok()) return archives.status();
  argv.insert(argv.begin() + 1, {"-L", archives->folder});
  if (!found->from_cache.Packages().empty()) {
    absl::StatusOr<std::string> folder = FolderOf(found->from_cache, cpu);
    if (!folder.ok()) return folder.status();
    argv.insert(argv.end(), {"-L", *folder});
  }
  const Arguments linker = HostLinkerFlag(argv, cpu);
  argv.insert(argv.end(), linker.begin(), linker.end());
  argv.insert(argv.end(), objects.begin(), objects.end());
  return Exec(argv);
}

}  // namespace gort::tool
