// SPDX-License-Identifier: BSD-3-Clause
//
// The command: seam_check -goroot DIR -archive runtime.a -stock runtime.a -bytealg bytealg.a
//                         -entries entries.tsv -cpu amd64
//
//   -stock    the archive that ours stands in for; empty: the references of other archives are not
//             checked (Debian installs archives for the host only; gort toolexec checks every link)
//
// Prints the findings and ends with 1 when there are any.
//
// Before: seam_check.h   After: tools/gort
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "asm/check/seam_check.h"

ABSL_FLAG(std::string, goroot, "", "the installed Go 1.15");
ABSL_FLAG(std::string, archive, "", "our runtime.a");
ABSL_FLAG(std::string, stock, "", "the stock runtime.a");
ABSL_FLAG(std::string, bytealg, "", "the archive of internal/bytealg");
ABSL_FLAG(std::string, entries, "", "entries.tsv, as asm/gen wrote it");
ABSL_FLAG(std::string, cpu, "amd64", "GOARCH");

namespace gort::check {
namespace {

namespace fs = std::filesystem;

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "seam_check: %s\n", std::string(status.message()).c_str());
  return 1;
}

// Every installed archive except those of other build modes, which gort refuses at link time.
std::vector<relink::LinkedPackage> InstalledPackages(const std::string& root) {
  std::vector<relink::LinkedPackage> packages;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".a") continue;
    const std::string path = fs::relative(entry.path(), root).replace_extension("").string();
    if (path == "runtime" || path == "runtime/race" || path == "runtime/msan") continue;
    packages.push_back({path, entry.path().string()});
  }
  return packages;
}

int Run() {
  const std::string goroot = absl::GetFlag(FLAGS_goroot);
  absl::StatusOr<relink::Package> ours = relink::OpenPackage(absl::GetFlag(FLAGS_archive));
  if (!ours.ok()) return Fail(ours.status());
  absl::StatusOr<relink::Package> bytealg = relink::OpenPackage(absl::GetFlag(FLAGS_bytealg));
  if (!bytealg.ok()) return Fail(bytealg.status());
  const relink::Definitions ours_defines(ours->members), bytealg_defines(bytealg->members);
  SymbolTable defined;
  defined.Add(&ours_defines);
  defined.Add(&bytealg_defines);

  std::vector<std::string> findings = MissingBuiltins(defined);
  const auto add = [&findings](std::vector<std::string> more) {
    findings.insert(findings.end(), more.begin(), more.end());
  };

  absl::StatusOr<relink::MappedFile> entries =
      relink::MappedFile::Open(absl::GetFlag(FLAGS_entries));
  if (!entries.ok()) return Fail(entries.status());
  add(MissingEntries(defined, entries->bytes()));

  absl::StatusOr<relink::MappedFile> except =
      relink::MappedFile::Open(absl::StrCat(goroot, "/api/except.txt"));
  if (!except.ok()) return Fail(except.status());
  for (const fs::directory_entry& entry : fs::directory_iterator(absl::StrCat(goroot, "/api"))) {
    if (!absl::StartsWith(entry.path().filename().string(), "go1")) continue;
    absl::StatusOr<relink::MappedFile> api = relink::MappedFile::Open(entry.path().string());
    if (!api.ok()) return Fail(api.status());
    add(MissingApi(defined, api->bytes(), except->bytes(), absl::GetFlag(FLAGS_cpu)));
  }

  size_t scanned = 0;
  if (const std::string path = absl::GetFlag(FLAGS_stock); !path.empty()) {
    absl::StatusOr<relink::Package> stock = relink::OpenPackage(path);
    if (!stock.ok()) return Fail(stock.status());
    const std::vector<relink::LinkedPackage> packages =
        InstalledPackages(fs::path(path).parent_path().string());
    scanned = packages.size();
    absl::StatusOr<std::vector<relink::Lacking>> lacking =
        relink::FindLacking(*stock, *ours, packages);
    if (!lacking.ok()) return Fail(lacking.status());
    for (relink::Lacking& symbol : *lacking) {
      const size_t wanted = symbol.wanted_by.size();
      if (wanted > 3) symbol.wanted_by.resize(3);
      findings.push_back(absl::StrCat(symbol.name, " is wanted by ", wanted,
                                      " packages: ", absl::StrJoin(symbol.wanted_by, ", ")));
    }
  }

  for (const std::string& finding : findings) std::fprintf(stderr, "%s\n", finding.c_str());
  std::printf("seam_check: %zu findings, %zu archives scanned\n", findings.size(), scanned);
  return findings.empty() ? 0 : 1;
}

}  // namespace
}  // namespace gort::check

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  return gort::check::Run();
}
