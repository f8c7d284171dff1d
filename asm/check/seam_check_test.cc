// SPDX-License-Identifier: BSD-3-Clause
//
// Before: seam_check.h
#include "asm/check/seam_check.h"

#include "gtest/gtest.h"

namespace gort::check {
namespace {

TEST(MissingBuiltins, NamesAllOfThemWhenNothingIsDefined) {
  EXPECT_EQ(MissingBuiltins(SymbolTable()).size(), 198u);
}

TEST(MissingApi, WantsFunctionsMethodsAndVariablesOfThisPlatformOnly) {
  const std::vector<std::string> missing = MissingApi(SymbolTable(),
                                                      "pkg runtime, func GC()\n"
                                                      "pkg runtime, method (*Func) Name() string\n"
                                                      "pkg runtime, var MemProfileRate int\n"
                                                      "pkg runtime, type Frame struct\n"
                                                      "pkg runtime, const GOOS string\n"
                                                      "pkg runtime (linux-386), func Odd()\n"
                                                      "pkg runtime (linux-amd64), func Own()\n"
                                                      "pkg runtime, func Gone()\n"
                                                      "pkg runtime/debug, func Stack() []uint8\n",
                                                      "pkg runtime, func Gone()\n", "amd64");
  EXPECT_EQ(missing, (std::vector<std::string>{
                         "exported func GC(): runtime.GC is not defined",
                         "exported method (*Func) Name() string: runtime.(*Func).Name is not "
                         "defined",
                         "exported var MemProfileRate int: runtime.MemProfileRate is not defined",
                         "exported func Own(): runtime.Own is not defined"}));
}

TEST(MissingEntries, NamesTheDeclaration) {
  const std::vector<std::string> missing =
      MissingEntries(SymbolTable(),
                     "system\truntime.GC\tgort_GC\tasm/shim/debug.go:7\n"
                     "asm\truntime.mcall\t-\tasm/shim/sched.go:9\n"
                     "extern\truntime.memequal\t-\tasm/shim/map.go:3\n");
  ASSERT_EQ(missing.size(), 2u);
  EXPECT_EQ(missing[0],
            "asm/shim/debug.go:7: runtime.GC is //gort:system, and gort_GC is defined nowhere in "
            "C++");
  EXPECT_EQ(missing[1],
            "asm/shim/sched.go:9: runtime.mcall is //gort:asm, and no assembly of this cpu defines "
            "it");
}

}  // namespace
}  // namespace gort::check
