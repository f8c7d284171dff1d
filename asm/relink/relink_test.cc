// SPDX-License-Identifier: BSD-3-Clause
//
// Claims about relink, on the archives of the installed Go.
//
// A "modified runtime" is made here by editing the stock archive's object: its symbols change
// places, so everything that relink must put right (references, function infos, prefix sums) really
// is wrong first.
//
// Before: relink.h   After: references_test.cc
#include "asm/relink/relink.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "asm/relink/export_data.h"
#include "asm/relink/references.h"

namespace gort::relink {
namespace {

std::string StockPath(const std::string& package) {
  const char* goroot = std::getenv("GORT_GOROOT");
  return absl::StrCat(goroot != nullptr ? goroot : "/usr/lib/go-1.15", "/pkg/linux_amd64/", package,
                      ".a");
}

Package Stock(const std::string& package = "runtime") {
  absl::StatusOr<Package> opened = OpenPackage(StockPath(package));
  if (!opened.ok()) {
    ADD_FAILURE() << opened.status();
    std::abort();
  }
  return *std::move(opened);
}

std::vector<KnownSymbol> Known(const Package& stock) {
  absl::StatusOr<std::vector<KnownSymbol>> known = KnownByIndex(stock);
  EXPECT_TRUE(known.ok()) << known.status();
  return *std::move(known);
}

std::string WriteTemporary(const std::string& name, absl::string_view bytes) {
  std::string path = absl::StrCat(testing::TempDir(), "/", name);
  EXPECT_TRUE(WriteFileAtomically(path, bytes).ok());
  return path;
}

// The stock runtime with its object edited.
template <typename Edit>
std::string Edited(const Package& stock, Edit edit) {
  std::vector<Member> members = stock.members;
  std::string bytes;
  for (Member& member : members) {
    if (member.name != kGoObjectName) continue;
    const GoMember parts = SplitGoMember(member.data);
    absl::StatusOr<Object> object = Object::Parse(parts.object);
    EXPECT_TRUE(object.ok()) << object.status();
    edit(*object);
    bytes = absl::StrCat(parts.text, object->Encode());
    member.data = bytes;
  }
  return EncodeArchive(members);
}

// Moves every symbol of SymbolDef to a random place, keeping the object meaningful.
void Shuffle(Object& object, uint32_t seed) {
  std::vector<uint32_t> new_index(object.defs.size());
  for (uint32_t i = 0; i < new_index.size(); i++) new_index[i] = i;
  std::shuffle(new_index.begin(), new_index.end(), std::mt19937(seed));
  ASSERT_TRUE(object.RemapSelf([&](uint32_t i) { return new_index[i]; }).ok());
  std::vector<Symbol> defs(object.defs.size());
  for (uint32_t i = 0; i < new_index.size(); i++) defs[new_index[i]] = object.defs[i];
  object.defs = std::move(defs);
  object.fingerprint.fill('x');
}

TEST(Object, IsWrittenAsItWasRead) {
  for (const char* name : {"runtime", "fmt", "reflect", "net/http", "sync/atomic", "unicode"}) {
    const Package package = Stock(name);
    for (const Member& member : package.members) {
      const GoMember parts = SplitGoMember(member.data);
      if (parts.object.empty()) continue;
      absl::StatusOr<Object> object = Object::Parse(parts.object);
      ASSERT_TRUE(object.ok()) << object.status();
      EXPECT_TRUE(object->Encode() == parts.object) << name << " " << member.name;
    }
  }
}

TEST(Object, RefusesBrokenBytes) {
  const Package stock = Stock("errors");
  for (const Member& member : stock.members) {
    const std::string bytes(SplitGoMember(member.data).object);
    for (size_t size = 0; size < bytes.size(); size += 41) {
      EXPECT_FALSE(Object::Parse(absl::string_view(bytes).substr(0, size)).ok());
    }
  }
}

TEST(ExportData, OfRuntimeNamesItsApiWithIndices) {
  const Package stock = Stock();
  absl::StatusOr<ExportData> exports = ReadExportData(stock.export_data);
  ASSERT_TRUE(exports.ok()) << exports.status();
  EXPECT_EQ(exports->fingerprint, stock.object.fingerprint());
  std::set<std::string> indexed;
  for (const ExportedSymbol& symbol : exports->symbols) {
    if (symbol.package.empty() && symbol.index >= 0) {
      const SymbolInfo info = stock.object.Symbol(kSymbolDef, symbol.index);
      EXPECT_EQ(std::string(info.name), absl::StrCat("runtime.", symbol.name));
      indexed.insert(symbol.name);
    }
  }
  for (const char* name : {"GC", "NumCPU", "MemProfileRate", "ncpu", "SetFinalizer", "(*Func).Name",
                           "(*TypeAssertionError).Error", "gclinkptr.ptr"}) {
    EXPECT_TRUE(indexed.contains(name)) << name;
  }
}

TEST(ExportData, RefusesTruncatedBytes) {
  const Package stock = Stock();
  for (size_t size = 0; size + 16 < stock.export_data.size(); size += 101) {
    EXPECT_FALSE(ReadExportData(stock.export_data.substr(0, size)).ok()) << size;
  }
}

TEST(ExportData, OfEveryPackageTriedAgreesWithItsObject) {
  for (const char* name : {"fmt", "os", "net", "go/types", "encoding/json", "reflect", "sync"}) {
    const Package package = Stock(name);
    absl::StatusOr<ExportData> exports = ReadExportData(package.export_data);
    ASSERT_TRUE(exports.ok()) << name << ": " << exports.status();
    for (const ExportedSymbol& symbol : exports->symbols) {
      if (!symbol.package.empty() || symbol.index < 0) continue;
      const absl::string_view actual = package.object.Symbol(kSymbolDef, symbol.index).name;
      EXPECT_EQ(std::string(actual), absl::StrCat(name, ".", symbol.name));
    }
  }
}

TEST(Relink, OfStockOntoItselfGivesTheSameBytes) {
  const Package stock = Stock();
  absl::StatusOr<Relinked> relinked = Relink(stock, stock);
  ASSERT_TRUE(relinked.ok()) << relinked.status();
  EXPECT_TRUE(relinked->archive == stock.file.bytes());
  EXPECT_TRUE(relinked->missing.empty());
  EXPECT_EQ(relinked->moved + relinked->aliases + relinked->placeholders + relinked->dummies, 0u);
}

TEST(Relink, PutsEverythingThatImportersKnowAtItsIndex) {
  const Package stock = Stock();
  for (uint32_t seed = 1; seed <= 3; seed++) {
    const std::string shuffled = Edited(stock, [&](Object& object) { Shuffle(object, seed); });
    absl::StatusOr<Package> ours = OpenPackage(WriteTemporary("shuffled.a", shuffled));
    ASSERT_TRUE(ours.ok()) << ours.status();
    absl::StatusOr<Relinked> relinked = Relink(stock, *ours);
    ASSERT_TRUE(relinked.ok()) << relinked.status();
    absl::StatusOr<Package> result = OpenPackage(WriteTemporary("relinked.a", relinked->archive));
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->object.fingerprint(), stock.object.fingerprint());
    EXPECT_TRUE(relinked->missing.empty());
    EXPECT_GT(relinked->moved, 0u);
    for (const KnownSymbol& known : Known(stock)) {
      const SymbolInfo info = result->object.Symbol(kSymbolDef, known.index);
      EXPECT_EQ(std::string(info.name), known.name);
      EXPECT_EQ(info.abi, known.abi);
    }
  }
}

// What symbol i of an object refers to, as text: names where there are names.
std::string Describe(const Object& object, const Symbol& symbol) {
  std::string text = absl::StrCat(symbol.name, "|", symbol.data_size);
  for (uint32_t i = 0; i < symbol.reloc_count; i++) {
    const char* reloc = symbol.relocs + i * kRelocSize;
    const uint32_t pkg = LoadU32(reloc + kRelocRefAt), index = LoadU32(reloc + kRelocRefAt + 4);
    if (pkg == kPkgSelf) {
      absl::StrAppend(&text, " ", object.defs[index].name);
    } else {
      absl::StrAppend(&text, " ", pkg, ":", index);
    }
  }
  return text;
}

TEST(Relink, KeepsWhatEverySymbolRefersTo) {
  const Package stock = Stock();
  const std::string shuffled = Edited(stock, [&](Object& object) { Shuffle(object, 7); });
  absl::StatusOr<Package> ours = OpenPackage(WriteTemporary("shuffled7.a", shuffled));
  ASSERT_TRUE(ours.ok());
  absl::StatusOr<Relinked> relinked = Relink(stock, *ours);
  ASSERT_TRUE(relinked.ok());
  std::vector<std::multiset<std::string>> descriptions;
  for (absl::string_view archive : {stock.file.bytes(), absl::string_view(relinked->archive)}) {
    auto& lines = descriptions.emplace_back();
    absl::StatusOr<std::vector<Member>> members = ParseArchive(archive);
    ASSERT_TRUE(members.ok());
    for (const Member& member : *members) {
      if (member.name != kGoObjectName) continue;
      absl::StatusOr<Object> object = Object::Parse(SplitGoMember(member.data).object);
      ASSERT_TRUE(object.ok());
      for (const Symbol& symbol : object->defs) lines.insert(Describe(*object, symbol));
      for (const Symbol& symbol : object->nonpkg_defs) lines.insert(Describe(*object, symbol));
    }
  }
  EXPECT_TRUE(descriptions[0] == descriptions[1]);
}

TEST(Relink, MakesAliasesAndPlaceholdersForWhatIsNotIndexed) {
  const Package stock = Stock();
  // Without names the symbols are as good as absent; their places are kept.
  const std::set<std::string> removed = {"runtime.NumCPU", "runtime.MemProfileRate"};
  const std::string bytes = Edited(stock, [&](Object& object) {
    for (Symbol& symbol : object.defs) {
      if (!removed.contains(std::string(symbol.name))) continue;
      symbol.name = {};
      std::fill_n(symbol.record.begin(), kStringSize, '\0');
    }
  });
  absl::StatusOr<Package> ours = OpenPackage(WriteTemporary("removed.a", bytes));
  ASSERT_TRUE(ours.ok()) << ours.status();
  absl::StatusOr<Relinked> relinked = Relink(stock, *ours);
  ASSERT_TRUE(relinked.ok()) << relinked.status();
  EXPECT_EQ(relinked->aliases, 1u);
  EXPECT_EQ(relinked->placeholders, 1u);
  std::set<std::string> missing;
  for (const KnownSymbol& symbol : relinked->missing) missing.insert(symbol.name);
  EXPECT_EQ(missing, removed);

  absl::StatusOr<Package> result = OpenPackage(WriteTemporary("made.a", relinked->archive));
  ASSERT_TRUE(result.ok()) << result.status();
  for (const KnownSymbol& known : Known(stock)) {
    const SymbolInfo info = result->object.Symbol(kSymbolDef, known.index);
    EXPECT_EQ(std::string(info.name), known.name);
    if (known.name == "runtime.NumCPU") {
      EXPECT_EQ(info.kind, kKindAbiAlias);
    }
    if (known.name == "runtime.MemProfileRate") {
      EXPECT_EQ(info.kind, kKindNoPtrBss);
    }
  }
}

// The places of `package` to which an archive's runtime refers, as names in `other`.
std::multiset<std::string> ReferredNames(const Package& runtime, const std::string& package,
                                         const ObjectView& other) {
  std::multiset<std::string> names;
  for (size_t i = 0; i < runtime.object.Count(kReloc); i++) {
    const SymRef ref = runtime.object.RelocRef(i);
    if (ref.pkg >= kPkgSelf || runtime.object.PackageName(ref.pkg) != package) continue;
    names.insert(std::string(other.Symbol(kSymbolDef, ref.index).name));
  }
  return names;
}

TEST(Relink, FollowsSymbolsOfImportedPackages) {
  const Package stock = Stock();
  const Package cpu = Stock("internal/cpu");
  const std::string shuffled = Edited(cpu, [](Object& object) { Shuffle(object, 5); });
  const std::string cpu_path = WriteTemporary("cpu.a", shuffled);
  absl::StatusOr<Package> moved = OpenPackage(cpu_path);
  ASSERT_TRUE(moved.ok()) << moved.status();

  absl::StatusOr<Relinked> relinked = Relink(stock, stock, {{"internal/cpu", cpu_path}});
  ASSERT_TRUE(relinked.ok()) << relinked.status();
  absl::StatusOr<Package> result = OpenPackage(WriteTemporary("follows.a", relinked->archive));
  ASSERT_TRUE(result.ok()) << result.status();
  const auto before = ReferredNames(stock, "internal/cpu", cpu.object);
  EXPECT_FALSE(before.empty());
  EXPECT_EQ(before, ReferredNames(*result, "internal/cpu", moved->object));
  for (size_t i = 0; i < result->object.Count(kAutolib); i++) {
    if (result->object.AutolibName(i) != "internal/cpu") continue;
    EXPECT_EQ(result->object.AutolibFingerprint(i), moved->object.fingerprint());
  }
  EXPECT_FALSE(Relink(stock, stock, {{"internal/cpu", StockPath("errors")}}).ok());
}

TEST(Relink, TakesTheReleaseOfStock) {
  const Package stock = Stock();
  std::string other(stock.file.bytes());
  const std::string release(stock.target().version);
  ASSERT_TRUE(absl::StartsWith(release, "go1.15")) << release;
  const std::string elsewhere = "go1.15.99";
  ASSERT_EQ(release.size(), elsewhere.size());
  absl::StrReplaceAll({{release, elsewhere}}, &other);
  absl::StatusOr<Package> ours = OpenPackage(WriteTemporary("release.a", other));
  ASSERT_TRUE(ours.ok()) << ours.status();
  absl::StatusOr<Relinked> relinked = Relink(stock, *ours);
  ASSERT_TRUE(relinked.ok()) << relinked.status();
  absl::StatusOr<std::vector<Member>> members = ParseArchive(relinked->archive);
  ASSERT_TRUE(members.ok());
  for (const Member& member : *members) {
    const absl::StatusOr<GoTarget> target = ParseGoObjectLine(GoObjectLine(member.data));
    ASSERT_TRUE(target.ok()) << target.status();
    EXPECT_EQ(std::string(target->version), release) << member.name;
  }
}

TEST(Relink, RefusesAnotherCpu) {
  const Package stock = Stock();
  std::string other(stock.file.bytes());
  absl::StrReplaceAll({{"go object linux amd64", "go object linux arm64"}}, &other);
  absl::StatusOr<Package> ours = OpenPackage(WriteTemporary("cpu.a", other));
  ASSERT_TRUE(ours.ok()) << ours.status();
  EXPECT_FALSE(Relink(stock, *ours).ok());
}

}  // namespace
}  // namespace gort::relink
