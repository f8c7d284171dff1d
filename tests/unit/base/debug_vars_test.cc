// SPDX-License-Identifier: BSD-3-Clause
//
// GODEBUG texts, good and bad.
//
// Before: tests/unit/base/lock_test.cc   After: tests/unit/mem/malloc_test.cc
#include "runtime/base/debug_vars.h"

#include <gtest/gtest.h>

namespace gort {
namespace {

TEST(DebugVars, LaterFieldWinsAndUnknownOnesAreIgnored) {
  debug_vars = DebugVars();
  ParseDebugVars("gctrace=1,nosuch=3,gctrace=2,cgocheck=0,gortsched=18");
  EXPECT_EQ(debug_vars.gctrace, 2);
  EXPECT_EQ(debug_vars.cgocheck, 0);
  EXPECT_EQ(debug_vars.gortsched, 18u);
  EXPECT_EQ(debug_vars.invalidptr, 1);
}

TEST(DebugVars, FieldsThatAreNoNumbersAreIgnored) {
  debug_vars = DebugVars();
  ParseDebugVars("gctrace,gctrace=,gctrace=x,gctrace=1x,gctrace=99999999999,,=,memprofilerate=1");
  EXPECT_EQ(debug_vars.gctrace, 0);
  EXPECT_EQ(debug_vars.mem_profile_rate, 1);
  ParseDebugVars("gctrace=-3");
  EXPECT_EQ(debug_vars.gctrace, -3);
  ParseDebugVars(nullptr);
  ParseDebugVars("");
}

}  // namespace
}  // namespace gort
