// SPDX-License-Identifier: BSD-3-Clause
//
// Claims about the link step: what it changes, and every input that it refuses with a clear text.
//
// gort's runtime is played by a copy of the stock archive, since nothing here runs the program.
//
// Before: toolexec.h   After: nothing
#include "tools/gort/toolexec.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "asm/relink/archive.h"
#include "tools/gort/content_hash.h"
#include "tools/gort/environment.h"
#include "tools/gort/flags.h"
#include "tools/gort/go_command.h"
#include "tools/gort/runtime_archive.h"

namespace gort::tool {
namespace {

std::string Stock(absl::string_view package) {
  return absl::StrCat(GoRoot(), "/pkg/linux_amd64/", package, ".a");
}

std::string Contents(const std::string& path) {
  absl::StatusOr<relink::MappedFile> file = relink::MappedFile::Open(path);
  EXPECT_TRUE(file.ok()) << file.status();
  return file.ok() ? std::string(file->bytes()) : "";
}

class LinkStep : public testing::Test {
 protected:
  void SetUp() override {
    root_ = absl::StrCat(testing::TempDir(), "/toolexec");
    setenv("GORT_CACHE", absl::StrCat(root_, "/cache").c_str(), 1);
    setenv("GORT_RUNTIME_DIR", root_.c_str(), 1);
    for (const char* name : {"GOOS", "GOARCH", "GOFLAGS", "GORT_LACKING"}) unsetenv(name);
    setenv("GOENV", "off", 1);
    ASSERT_TRUE(MakeDirectories(absl::StrCat(root_, "/runtime_amd64")).ok());
    SetRuntime(Contents(Stock("runtime")));
    ASSERT_TRUE(relink::WriteFileAtomically(CgoArchive("amd64"), Contents(Stock("errors"))).ok());
  }

  void SetRuntime(const std::string& bytes) {
    ASSERT_TRUE(relink::WriteFileAtomically(RuntimeArchive("amd64"), bytes).ok());
  }

  // The stock runtime with the first lines of its members edited.
  std::string WithLine(absl::string_view from, absl::string_view to) {
    std::vector<relink::Member> members = *relink::ParseArchive(stock_);
    std::deque<std::string> storage;
    for (relink::Member& member : members) {
      const absl::string_view line = relink::GoObjectLine(member.data);
      member.data = storage.emplace_back(
          absl::StrCat(absl::StrReplaceAll(line, {{from, to}}), member.data.substr(line.size())));
    }
    std::string path = absl::StrCat(root_, "/edited.a");
    EXPECT_TRUE(relink::WriteFileAtomically(path, relink::EncodeArchive(members)).ok());
    return path;
  }

  ImportConfig Config(const std::string& runtime = Stock("runtime")) {
    ImportConfig config("# import config\n");
    config.Set("fmt", Stock("fmt"));
    config.Set("runtime", runtime);
    config.Set("sync", Stock("sync"));
    return config;
  }

  std::string ErrorOf(Arguments flags, ImportConfig config) {
    Arguments argv = {"/go/pkg/tool/linux_amd64/link", "-o", "a.out"};
    argv.insert(argv.end(), flags.begin(), flags.end());
    argv.push_back("main.a");
    absl::StatusOr<Arguments> result = LinkArguments(argv, std::move(config), {});
    return result.ok() ? "" : std::string(result.status().message());
  }

  std::string root_;
  std::string stock_ = Contents(Stock("runtime"));
};

TEST_F(LinkStep, LinksWithOurRuntimeAndAnEmptyCgo) {
  absl::StatusOr<Arguments> argv =
      LinkArguments({"link", "-o", "p", "-importcfg", "old", "-buildmode=exe", "-s", "-extld=gcc",
                     "main.a", "-x"},
                    Config(), {});
  ASSERT_TRUE(argv.ok()) << argv.status();
  ASSERT_EQ(argv->size(), 11u);
  EXPECT_EQ(argv->at(9), "main.a");
  EXPECT_EQ(argv->at(10), "-x");
  ASSERT_TRUE(absl::StartsWith(argv->at(8), "-importcfg=/proc/self/fd/"));
  std::string path = argv->at(8).substr(sizeof "-importcfg=" - 1);
  const ImportConfig config(Contents(path));
  EXPECT_EQ(config.Find("fmt"), Stock("fmt"));
  EXPECT_TRUE(absl::StartsWith(config.Find("runtime"), root_));
  EXPECT_TRUE(absl::StartsWith(config.Find("runtime/cgo"), root_));
  EXPECT_TRUE(Contents(config.Find("runtime")) == stock_);
}

TEST_F(LinkStep, KeepsRelinkedArchivesAndNoticesAnotherRuntime) {
  const relink::Package stock = *relink::OpenPackage(Stock("runtime"));
  const RelinkedArchives first = *RelinkedFor(stock, {});
  EXPECT_EQ(RelinkedFor(stock, {})->runtime, first.runtime);
  const std::string hash = *RuntimeHash("amd64");
  SetRuntime(absl::StrReplaceAll(stock_, {{"runtime.schedtrace", "runtime.schedtracf"}}));
  EXPECT_NE(*RuntimeHash("amd64"), hash);
  EXPECT_NE(RelinkedFor(stock, {})->runtime, first.runtime);
}

TEST_F(LinkStep, RefusesCgoAndNamesWhoUsesIt) {
  ImportConfig config = Config();
  config.Set("runtime/cgo", Stock("runtime/cgo"));
  // A package with an object of the C compiler.
  std::vector<relink::Member> members;
  std::string elf = "\177ELF";
  const std::string fmt = Contents(Stock("fmt"));
  members = *relink::ParseArchive(fmt);
  relink::Member host = members[0];
  host.data = elf;
  members.push_back(host);
  const std::string path = absl::StrCat(root_, "/withc.a");
  ASSERT_TRUE(relink::WriteFileAtomically(path, relink::EncodeArchive(members)).ok());
  config.Set("example.org/withc", path);
  const std::string error = ErrorOf({}, config);
  EXPECT_TRUE(absl::StrContains(error, "cgo (example.org/withc)")) << error;
  EXPECT_TRUE(absl::StrContains(error, "CGO_ENABLED=0")) << error;
}

TEST_F(LinkStep, RefusesSanitizersAndOtherBuildModes) {
  EXPECT_TRUE(absl::StrContains(ErrorOf({"-race"}, Config()), "-race is not supported"));
  EXPECT_TRUE(absl::StrContains(ErrorOf({"-msan"}, Config()), "-msan is not supported"));
  EXPECT_TRUE(absl::StrContains(ErrorOf({"-buildmode=c-shared"}, Config()), "-buildmode=c-shared"));
  EXPECT_TRUE(absl::StrContains(ErrorOf({"-linkshared"}, Config()), "-linkshared"));
  EXPECT_TRUE(absl::StrContains(ErrorOf({"-linkmode", "internal"}, Config()), "-linkmode"));
  const absl::Status compile = Toolexec({"/go/compile", "-p", "x", "-race", "a.go"});
  EXPECT_TRUE(absl::StrContains(compile.message(), "-race is not supported"));
}

TEST_F(LinkStep, RefusesAnotherRelease) {
  const std::string other = WithLine("go1.15.15", "go1.16.3");
  EXPECT_TRUE(absl::StrContains(ErrorOf({}, Config(other)), "Go 1.15.x"));
  EXPECT_TRUE(absl::StrContains(ErrorOf({}, Config(other)), "go1.16.3"));
}

TEST_F(LinkStep, TakesAnotherPatchRelease) {
  EXPECT_EQ(ErrorOf({}, Config(WithLine("go1.15.15", "go1.15.2"))), "");
}

TEST_F(LinkStep, RefusesAnotherSystemAndAnUnportedCpu) {
  EXPECT_TRUE(absl::StrContains(ErrorOf({}, Config(WithLine("linux amd64", "darwin amd64"))),
                                "GOOS=darwin: gort runs on linux only"));
  EXPECT_TRUE(absl::StrContains(ErrorOf({}, Config(WithLine("linux amd64", "linux riscv64"))),
                                "GOARCH=riscv64: gort has no port to it (ports: amd64, arm64)"));
}

TEST_F(LinkStep, RefusesARuntimeSymbolThatIsMissing) {
  SetRuntime(absl::StrReplaceAll(stock_, {{"sync.runtime_Semacquire", "sync.runtime_Semacquirf"}}));
  const std::string error = ErrorOf({}, Config());
  EXPECT_TRUE(absl::StrContains(error, "sync.runtime_Semacquire (wanted by sync)")) << error;
  setenv("GORT_LACKING", "allow", 1);
  EXPECT_EQ(ErrorOf({}, Config()), "");
}

TEST_F(LinkStep, RefusesTheTestsOfPackageRuntime) {
  const absl::Status compile = Toolexec({"/go/compile", "-p", "runtime", "a.go", "export_test.go"});
  EXPECT_TRUE(absl::StrContains(compile.message(), "go test runtime")) << compile;
}

TEST_F(LinkStep, SaysThatTheRuntimeIsNotBuilt) {
  setenv("GORT_RUNTIME_DIR", "/nonexistent", 1);
  EXPECT_TRUE(absl::StrContains(ErrorOf({}, Config()), "the runtime for amd64 is not built"));
}

TEST_F(LinkStep, GoCommandGetsTheWrapper) {
  absl::StatusOr<Arguments> argv = PrepareGo({"build", "-o", "x", "./cmd"});
  ASSERT_TRUE(argv.ok()) << argv.status();
  ASSERT_EQ(argv->size(), 6u);
  EXPECT_EQ(argv->at(1), "build");
  EXPECT_TRUE(absl::StartsWith(argv->at(2), "-toolexec="));
  EXPECT_TRUE(absl::EndsWith(argv->at(2), " toolexec"));
  EXPECT_EQ(argv->at(3), "-o");
  EXPECT_EQ(GetEnv("CGO_ENABLED"), "0");
  EXPECT_EQ(PrepareGo({"version"})->size(), 2u);
}

TEST_F(LinkStep, GoCommandRunsForeignProgramsUnderTheEmulator) {
  setenv("GOARCH", "arm64", 1);
  absl::StatusOr<Arguments> argv = PrepareGo({"run", "x.go", "-exec=y"});
  if (!argv.ok()) {
    EXPECT_TRUE(absl::StrContains(argv.status().message(), "qemu-aarch64")) << argv.status();
    return;
  }
  EXPECT_TRUE(absl::StartsWith(argv->at(3), "-exec=") && absl::StrContains(argv->at(3), "qemu"));
  EXPECT_EQ(PrepareGo({"run", "-exec=mine", "x.go"})->at(3), "-exec=mine");
  EXPECT_EQ(PrepareGo({"build", "x.go"})->at(3), "x.go");
}

TEST_F(LinkStep, GoCommandRefusesWhatTheRuntimeCannotDo) {
  const auto error = [](const Arguments& arguments) {
    absl::StatusOr<Arguments> argv = PrepareGo(arguments);
    return argv.ok() ? "" : std::string(argv.status().message());
  };
  EXPECT_TRUE(absl::StrContains(error({"build", "-race", "x.go"}), "-race"));
  EXPECT_TRUE(absl::StrContains(error({"test", "./x", "--race"}), "-race"));
  EXPECT_TRUE(absl::StrContains(error({"build", "-msan=true"}), "-msan"));
  EXPECT_EQ(error({"run", "x.go", "-race"}), "");  // the program's own flag
  EXPECT_EQ(error({"build", "-o", "-race", "x.go"}), "");
  EXPECT_EQ(error({"build", "-race=false", "x.go"}), "");
  setenv("GOFLAGS", "-v -race", 1);
  EXPECT_TRUE(absl::StrContains(error({"build"}), "-race"));
  unsetenv("GOFLAGS");
  setenv("GOOS", "windows", 1);
  EXPECT_TRUE(absl::StrContains(error({"build"}), "GOOS=windows"));
  unsetenv("GOOS");
  setenv("GOARCH", "386", 1);
  EXPECT_TRUE(absl::StrContains(error({"build"}), "GOARCH=386"));
  unsetenv("GOARCH");
  EXPECT_TRUE(absl::StrContains(CheckGoRelease("/nonexistent").status().message(), "no Go in"));
  EXPECT_TRUE(absl::StrContains(CheckRelease("go1.150", "x").message(), "Go 1.15.x"));
  EXPECT_TRUE(CheckRelease("go1.15", "x").ok());
}

TEST(ImportConfig, ReplacesAddsAndKeepsLines) {
  ImportConfig config("# comment\npackagefile a=/x=y.a\npackageshlib b=/b.so\n");
  EXPECT_EQ(config.Find("a"), "/x=y.a");
  EXPECT_EQ(config.Find("b"), "");
  config.Set("a", "/z.a");
  config.Set("c", "/c.a");
  EXPECT_EQ(config.Text(),
            "# comment\npackagefile a=/z.a\npackageshlib b=/b.so\npackagefile c=/c.a\n");
}

TEST(Flags, AreReadAsPackageFlagDoes) {
  const Arguments argv = {"link", "-s", "-o", "-w", "--extld=gcc", "-X", "a=b", "main.a", "-race"};
  EXPECT_TRUE(HasFlag(argv, "s"));
  EXPECT_FALSE(HasFlag(argv, "w"));
  EXPECT_FALSE(HasFlag(argv, "race"));
  EXPECT_EQ(FlagValue(argv, "o"), "-w");
  EXPECT_EQ(FlagValue(argv, "extld"), "gcc");
  EXPECT_EQ(FlagValue({"link", "-o", "a", "-o=b"}, "o"), "b");
  EXPECT_FALSE(HasFlag({"link", "-race=false"}, "race"));
  EXPECT_EQ(QuoteWord("/a b/c"), "'/a b/c'");
}

TEST(ContentHash, DependsOnEveryByteAndOnTheCuts) {
  const auto hash = [](std::initializer_list<absl::string_view> parts) {
    ContentHash h;
    for (const absl::string_view part : parts) h.Add(part);
    return h.Hex();
  };
  EXPECT_EQ(hash({"a", "b"}), hash({"a", "b"}));
  EXPECT_NE(hash({"ab"}), hash({"a", "b"}));
  EXPECT_NE(hash({""}), hash({}));
  EXPECT_NE(hash({absl::string_view("\0", 1)}), hash({absl::string_view("\0\0", 2)}));
  std::string bytes(1000, 'x');
  const std::string before = hash({bytes});
  for (size_t i = 0; i < bytes.size(); i += 7) {
    bytes[i] ^= 1;
    EXPECT_NE(hash({bytes}), before) << i;
    bytes[i] ^= 1;
  }
}

}  // namespace
}  // namespace gort::tool
