// SPDX-License-Identifier: BSD-3-Clause
//
// The command: relink -stock A -in B -out C [-importcfg FILE] [-v]
//
//   -stock      the runtime.a that the link would use
//   -in, -out   our runtime.a, and what to write
//   -importcfg  an importcfg of cmd/link; its packages are asked what they want, so that a symbol
//   that we
//               lack is reported with who wants it, and missing symbols that nobody wants are not
//   -v          says what was moved and made
//
// Exit code 0: written, and nothing that is wanted is missing; without -importcfg everything that
// stock's export data indexes counts as wanted, and -allow-missing turns the error into a report.
//
// Before: relink.h, references.h   After: tools/gort/toolexec.h, which does the same in a link step
#include <cstdio>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "asm/relink/archive.h"
#include "asm/relink/references.h"
#include "asm/relink/relink.h"

ABSL_FLAG(std::string, stock, "", "the stock runtime.a of the build");
ABSL_FLAG(std::string, in, "", "our runtime.a");
ABSL_FLAG(std::string, out, "", "the archive to write");
ABSL_FLAG(std::string, importcfg, "", "packages of a link, to name who wants a missing symbol");
ABSL_FLAG(bool, allow_missing, false, "report missing symbols, but succeed");
ABSL_FLAG(bool, v, false, "say what was done");

namespace gort::relink {
namespace {

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "relink: %s\n", std::string(status.message()).c_str());
  return 1;
}

std::vector<LinkedPackage> PackagesOf(absl::string_view importcfg) {
  std::vector<LinkedPackage> packages;
  for (absl::string_view line : absl::StrSplit(importcfg, '\n')) {
    if (!absl::ConsumePrefix(&line, "packagefile ")) continue;
    const std::pair<std::string, std::string> parts = absl::StrSplit(line, absl::MaxSplits('=', 1));
    packages.push_back({parts.first, parts.second});
  }
  return packages;
}

int Run() {
  const std::string out = absl::GetFlag(FLAGS_out);
  if (out.empty() || absl::GetFlag(FLAGS_stock).empty() || absl::GetFlag(FLAGS_in).empty()) {
    return Fail(absl::InvalidArgumentError(
        "usage: relink -stock A -in B -out C [-importcfg FILE] [-allow_missing] [-v]"));
  }
  absl::StatusOr<Package> stock = OpenPackage(absl::GetFlag(FLAGS_stock));
  if (!stock.ok()) return Fail(stock.status());
  absl::StatusOr<Package> ours = OpenPackage(absl::GetFlag(FLAGS_in));
  if (!ours.ok()) return Fail(ours.status());
  absl::StatusOr<Relinked> relinked = Relink(*stock, *ours);
  if (!relinked.ok()) return Fail(relinked.status());
  if (absl::Status status = WriteFileAtomically(out, relinked->archive); !status.ok()) {
    return Fail(status);
  }
  if (absl::GetFlag(FLAGS_v)) {
    std::printf(
        "%s: %zu symbols; moved %zu, aliases %zu, placeholders %zu, dummies %zu, undefined %zu\n",
        out.c_str(), relinked->symbols, relinked->moved, relinked->aliases, relinked->placeholders,
        relinked->dummies, relinked->missing.size());
  }

  std::vector<Lacking> lacking;
  if (const std::string importcfg = absl::GetFlag(FLAGS_importcfg); !importcfg.empty()) {
    absl::StatusOr<MappedFile> file = MappedFile::Open(importcfg);
    if (!file.ok()) return Fail(file.status());
    absl::StatusOr<Package> written = OpenPackage(out);
    if (!written.ok()) return Fail(written.status());
    absl::StatusOr<std::vector<Lacking>> found =
        FindLacking(*stock, *written, PackagesOf(file->bytes()));
    if (!found.ok()) return Fail(found.status());
    lacking = *std::move(found);
  }
  if (lacking.empty()) return 0;
  std::fprintf(stderr, "relink: %s lacks %zu symbols:\n%s", absl::GetFlag(FLAGS_in).c_str(),
               lacking.size(), DescribeLacking(lacking, lacking.size()).c_str());
  return absl::GetFlag(FLAGS_allow_missing) ? 0 : 1;
}

}  // namespace
}  // namespace gort::relink

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("gives our runtime.a the symbol indices of a stock runtime.a");
  absl::ParseCommandLine(argc, argv);
  return gort::relink::Run();
}
