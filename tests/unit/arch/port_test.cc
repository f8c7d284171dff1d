// SPDX-License-Identifier: BSD-3-Clause
//
// The folders of two cpus have the same files, the same assembly functions.
// arch/port.h checks what C++ can see; this test reads the folders as text.
//
// Before: arch/port.h   After: docs/porting.md
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace {

using Names = std::set<std::string>;

std::string Read(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

Names FilesOf(const std::string& cpu) {
  Names names;
  for (const auto& entry : std::filesystem::directory_iterator("arch/" + cpu)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

// Functions of gas and of Plan 9 text, macros that other files use.
Names SymbolsOf(const std::filesystem::path& path) {
  static const std::regex kPattern(
      "(?:^|\n)(?:FUNCTION\\(|TEXT[ \t]+|BOUNDS\\(|CALL_OF_SIZE\\(|BARRIER_FROM\\(|#define[ "
      "\t]+)([^ \t\n,()]+)");
  Names names;
  const std::string text = Read(path);
  for (std::sregex_iterator i(text.begin(), text.end(), kPattern), end; i != end; ++i) {
    const std::string name = (*i)[1];
    if (name != "name") names.insert(name);  // the TEXT of a macro
  }
  return names;
}

Names Minus(const Names& a, const Names& b) {
  Names rest;
  for (const std::string& name : a) {
    if (b.count(name) == 0) rest.insert(name);
  }
  return rest;
}

// What only one cpu has, and why.
const std::map<std::string, std::string> kOnlyOneCpu = {
    {"·gcWriteBarrierCX", "gc for amd64 passes the value in any register"},
    {"·gcWriteBarrierDX", ""},
    {"·gcWriteBarrierBX", ""},
    {"·gcWriteBarrierBP", ""},
    {"·gcWriteBarrierSI", ""},
    {"·gcWriteBarrierR8", ""},
    {"·gcWriteBarrierR9", ""},
    {"BARRIER_FROM", ""},
    {"LEAF_NEEDS_STUB", "a cpu with a link register needs a stub before leaf code"},
    {"LEAF_STUB", ""},
    {"TAIL_STUB", ""},
    {"kPastCaches", "non-temporal stores"},
};

TEST(Port, FoldersHaveTheSameFiles) {
  const Names amd64 = FilesOf("amd64"), arm64 = FilesOf("arm64");
  EXPECT_EQ(amd64, arm64);
  for (const char* name :
       {"cpu.h",       "tls.h",       "context.h",    "unwind.h",  "sigcontext.h", "syscall.h",
        "leaf.h",      "aes.h",       "features.cc",  "stub.h",    "entry.s",      "goroutine.s",
        "morestack.s", "defer.s",     "call.s",       "barrier.s", "bounds.s",     "preempt.s",
        "switch.S",    "duff_leaf.S", "memory_leaf.S"}) {
    EXPECT_EQ(amd64.count(name), 1u) << name;
  }
}

TEST(Port, AssemblyHasTheSameFunctions) {
  for (const std::string& file : FilesOf("amd64")) {
    if (file.find(".s") == std::string::npos && file.find(".S") == std::string::npos &&
        file != "stub.h")
      continue;
    const Names amd64 = SymbolsOf("arch/amd64/" + file), arm64 = SymbolsOf("arch/arm64/" + file);
    EXPECT_FALSE(amd64.empty()) << file;
    for (const Names& extra : {Minus(amd64, arm64), Minus(arm64, amd64)}) {
      for (const std::string& name : extra) {
        EXPECT_EQ(kOnlyOneCpu.count(name), 1u) << file << ": " << name << " is on one cpu only";
      }
    }
  }
}

TEST(Port, OnlyArchHAsksForACpu) {
  static const std::regex kCondition(
      "(?:^|\n)[ \t]*#[ \t]*(?:if|elif|ifdef|ifndef)[^\n]*(__x86_64__|__aarch64__|__amd64__)");
  for (const auto& entry : std::filesystem::recursive_directory_iterator("arch")) {
    if (!entry.is_regular_file() || entry.path().filename() == "arch.h") continue;
    EXPECT_FALSE(std::regex_search(Read(entry.path()), kCondition)) << entry.path();
  }
}

TEST(Port, EveryFileSaysWhichCpuItIsFor) {
  for (const char* cpu : {"amd64", "arm64"}) {
    for (const std::string& file : FilesOf(cpu)) {
      if (file == "BUILD.bazel") continue;
      const std::string text = Read(std::string("arch/") + cpu + "/" + file);
      EXPECT_EQ(text.rfind("// SPDX-License-Identifier: BSD-3-Clause\n", 0), 0u) << file;
      if (file != "stub.h") {
        EXPECT_NE(text.find(std::string("// ") + cpu + ": "), std::string::npos)
            << cpu << "/" << file;
      }
      EXPECT_NE(text.find("// Before: "), std::string::npos) << cpu << "/" << file;
    }
  }
}

}  // namespace
