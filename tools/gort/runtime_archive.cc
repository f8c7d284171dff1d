// SPDX-License-Identifier: BSD-3-Clause
//
// The cache of relinked archives described in runtime_archive.h.
//
// Before: runtime_archive.h   After: toolexec.cc
#include "tools/gort/runtime_archive.h"

#include <sys/stat.h>
#include <utime.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/gort/content_hash.h"
#include "tools/gort/environment.h"

namespace gort::tool {
namespace {

constexpr time_t kDay = 24 * 60 * 60;
constexpr time_t kUnusedFor = 5 * kDay;

// Part of every key: another value makes old entries and links stale.
constexpr absl::string_view kFormat = "gort relink 2";

// The packages of the link that our runtime imports, except runtime/cgo, which is ours too.
std::vector<relink::LinkedPackage> ImportsOf(const relink::ObjectView& ours,
                                             const std::vector<relink::LinkedPackage>& packages) {
  std::vector<relink::LinkedPackage> imports;
  for (size_t i = 0; i < ours.Count(relink::kAutolib); i++) {
    const absl::string_view path = absl::StripSuffix(ours.AutolibName(i), ".a");
    for (const relink::LinkedPackage& package : packages) {
      if (package.import_path == path && path != "runtime/cgo") imports.push_back(package);
    }
  }
  return imports;
}

absl::StatusOr<std::string> StockHash(const relink::Package& stock,
                                      const std::vector<relink::LinkedPackage>& imports) {
  ContentHash hash;
  const auto add_fingerprint = [&](const relink::Fingerprint& fingerprint) {
    hash.Add({fingerprint.data(), fingerprint.size()});
  };
  hash.Add(stock.object_line);
  add_fingerprint(stock.object.fingerprint());
  hash.Add(stock.export_data);
  for (const relink::LinkedPackage& import : imports) {
    absl::StatusOr<relink::Package> package = relink::OpenPackage(import.file);
    if (!package.ok()) return package.status();
    hash.Add(import.import_path);
    add_fingerprint(package->object.fingerprint());
  }
  return hash.Hex();
}

void RemoveUnused(const std::string& cache) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(cache, ignored)) {
    struct stat info;
    const std::string marker = absl::StrCat(entry.path().string(), "/runtime.a");
    if (stat(marker.c_str(), &info) != 0) continue;
    if (info.st_mtime < time(nullptr) - kUnusedFor) std::filesystem::remove_all(entry, ignored);
  }
}

// Writes a copy of our runtime/cgo that names stock's release.
absl::Status WriteCgo(const std::string& from, const std::string& to, absl::string_view release) {
  absl::StatusOr<relink::MappedFile> file = relink::MappedFile::Open(from);
  if (!file.ok()) return file.status();
  absl::StatusOr<std::string> archive = relink::WithRelease(file->bytes(), release);
  if (!archive.ok()) return archive.status();
  return relink::WriteFileAtomically(to, *archive);
}

}  // namespace

absl::StatusOr<std::string> RuntimeHash(absl::string_view cpu) {
  ContentHash hash;
  hash.Add(kFormat);
  for (const std::string& path : {RuntimeArchive(cpu), CgoArchive(cpu)}) {
    absl::StatusOr<relink::MappedFile> file = relink::MappedFile::Open(path);
    if (!file.ok()) {
      return absl::NotFoundError(absl::StrCat("the runtime for ", cpu,
                                              " is not built: there is no ", path,
                                              " (GORT_RUNTIME_DIR names its folder)"));
    }
    hash.Add(file->bytes());
  }
  return hash.Hex();
}

absl::StatusOr<RelinkedArchives> RelinkedFor(const relink::Package& stock,
                                             const std::vector<relink::LinkedPackage>& packages) {
  const std::string cpu(stock.target().goarch);
  absl::StatusOr<std::string> ours_hash = RuntimeHash(cpu);
  if (!ours_hash.ok()) return ours_hash.status();
  absl::StatusOr<relink::Package> ours = relink::OpenPackage(RuntimeArchive(cpu));
  if (!ours.ok()) return ours.status();
  const std::vector<relink::LinkedPackage> imports = ImportsOf(ours->object, packages);
  absl::StatusOr<std::string> stock_hash = StockHash(stock, imports);
  if (!stock_hash.ok()) return stock_hash.status();
  const std::string cache = CacheDir();
  const std::string entry = absl::StrCat(cache, "/", *ours_hash, "-", *stock_hash);
  const RelinkedArchives archives = {cpu, entry, absl::StrCat(entry, "/runtime.a"),
                                     absl::StrCat(entry, "/runtime/cgo.a")};

  struct stat info;
  if (stat(archives.runtime.c_str(), &info) == 0) {  // written last
    if (info.st_mtime < time(nullptr) - kDay) utime(archives.runtime.c_str(), nullptr);
    return archives;
  }
  absl::StatusOr<relink::Relinked> relinked = relink::Relink(stock, *ours, imports);
  if (!relinked.ok()) return relinked.status();
  if (absl::Status status = MakeDirectories(absl::StrCat(entry, "/runtime")); !status.ok())
    return status;
  RemoveUnused(cache);
  if (absl::Status status = WriteCgo(CgoArchive(cpu), archives.cgo, stock.target().version);
      !status.ok()) {
    return status;
  }
  if (absl::Status status = relink::WriteFileAtomically(archives.runtime, relinked->archive);
      !status.ok()) {
    return status;
  }
  return archives;
}

}  // namespace gort::tool
