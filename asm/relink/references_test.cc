// SPDX-License-Identifier: BSD-3-Clause
//
// Claims about the completeness scan, on the archives of the installed Go.
//
// Before: references.h   After: nothing
#include "asm/relink/references.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace gort::relink {
namespace {

std::string StockPath(const std::string& package) {
  const char* goroot = std::getenv("GORT_GOROOT");
  return absl::StrCat(goroot != nullptr ? goroot : "/usr/lib/go-1.15", "/pkg/linux_amd64/", package,
                      ".a");
}

const std::vector<LinkedPackage>& Packages() {
  static const auto* const packages = [] {
    auto* list = new std::vector<LinkedPackage>;
    for (const char* name : {"runtime", "expvar", "fmt", "internal/poll", "os", "reflect",
                             "runtime/debug", "runtime/pprof", "sync", "sync/atomic", "time"}) {
      list->push_back({name, StockPath(name)});
    }
    return list;
  }();
  return *packages;
}

// The stock runtime in which the symbols of `names` are called otherwise.
std::string Without(const Package& stock, const std::set<std::string>& names) {
  std::string bytes(stock.file.bytes());
  std::vector<Member> members = *ParseArchive(bytes);
  for (const Member& member : members) {
    const GoMember parts = SplitGoMember(member.data);
    if (parts.object.empty()) continue;
    const absl::StatusOr<ObjectView> object = ObjectView::Parse(parts.object);
    for (const Block block : {kSymbolDef, kNonPkgDef, kNonPkgRef}) {
      for (size_t i = 0; i < object->Count(block); i++) {
        const absl::string_view name = object->Symbol(block, i).name;
        if (!names.contains(std::string(name))) continue;
        bytes[name.data() - bytes.data()] = '?';
      }
    }
  }
  return bytes;
}

std::vector<Lacking> LackingWithout(const std::set<std::string>& names) {
  absl::StatusOr<Package> stock = OpenPackage(StockPath("runtime"));
  EXPECT_TRUE(stock.ok()) << stock.status();
  const std::string path = absl::StrCat(testing::TempDir(), "/without.a");
  EXPECT_TRUE(WriteFileAtomically(path, Without(*stock, names)).ok());
  absl::StatusOr<Package> ours = OpenPackage(path);
  EXPECT_TRUE(ours.ok()) << ours.status();
  absl::StatusOr<Relinked> relinked = Relink(*stock, *ours);
  EXPECT_TRUE(relinked.ok()) << relinked.status();
  const std::string relinked_path = absl::StrCat(testing::TempDir(), "/without_relinked.a");
  EXPECT_TRUE(WriteFileAtomically(relinked_path, relinked->archive).ok());
  absl::StatusOr<Package> result = OpenPackage(relinked_path);
  EXPECT_TRUE(result.ok()) << result.status();
  absl::StatusOr<std::vector<Lacking>> lacking = FindLacking(*stock, *result, Packages());
  EXPECT_TRUE(lacking.ok()) << lacking.status();
  return *lacking;
}

TEST(FindLacking, FindsNothingInStock) { EXPECT_EQ(DescribeLacking(LackingWithout({}), 10), ""); }

TEST(FindLacking, NamesAFunctionKnownByIndex) {
  EXPECT_EQ(DescribeLacking(LackingWithout({"runtime.ReadMemStats"}), 10),
            "\truntime.ReadMemStats (wanted by expvar, runtime/pprof)\n");
}

TEST(FindLacking, NamesAVariableKnownByIndex) {
  EXPECT_EQ(DescribeLacking(LackingWithout({"runtime.MemProfileRate"}), 10),
            "\truntime.MemProfileRate (wanted by runtime/pprof)\n");
}

TEST(FindLacking, NamesABuiltin) {
  const std::vector<Lacking> lacking = LackingWithout({"runtime.mapassign_faststr"});
  ASSERT_EQ(lacking.size(), 1u);
  EXPECT_EQ(lacking[0].name, "runtime.mapassign_faststr");
  EXPECT_TRUE(absl::StrContains(DescribeLacking(lacking, 10), "expvar"));
}

TEST(FindLacking, NamesWhatAnotherPackageReachesByLinkname) {
  EXPECT_EQ(DescribeLacking(LackingWithout({"sync.runtime_Semacquire"}), 10),
            "\tsync.runtime_Semacquire (wanted by sync)\n");
}

TEST(FindLacking, NamesATypeDescriptor) {
  const std::string text = DescribeLacking(LackingWithout({"type.runtime.MemStats"}), 10);
  EXPECT_TRUE(absl::StrContains(text, "type.runtime.MemStats (wanted by expvar")) << text;
}

TEST(FindLacking, IgnoresWhatNobodyWants) {
  EXPECT_EQ(DescribeLacking(LackingWithout({"runtime.schedtrace", "runtime.NumCgoCall"}), 10), "");
}

TEST(DescribeLacking, CutsALongList) {
  const std::vector<Lacking> lacking = {{"a", {"x"}}, {"b", {"y"}}, {"c", {"z"}}};
  EXPECT_EQ(DescribeLacking(lacking, 1), "\ta (wanted by x)\n\tand 2 more\n");
}

TEST(Definitions, IncludeGlobalSymbolsOfHostObjects) {
  // The test program is an ELF file with a symbol table of its own.
  absl::StatusOr<MappedFile> self = MappedFile::Open("/proc/self/exe");
  ASSERT_TRUE(self.ok()) << self.status();
  Member member;
  member.name = "host.o";
  member.data = self->bytes();
  const Definitions definitions({member});
  EXPECT_TRUE(definitions.Has("main", kAbi0));
  EXPECT_FALSE(definitions.Has("main", kAbiInternal));
  EXPECT_FALSE(definitions.Has("no such symbol", kAbi0));
}

}  // namespace
}  // namespace gort::relink
