// SPDX-License-Identifier: BSD-3-Clause
//
// Printed forms, collected through the write buffer of a g as runtime.Stack does.
//
// Before: runtime/base/print.h   After: tests/unit/base/lock_test.cc
#include "runtime/base/print.h"

#include <cfloat>
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "arch/arch.h"
#include "runtime/abi/m.h"

namespace gort {
namespace {

// Text printed by `print`, at most `room` bytes of it. No libc call may lie between SetG and its
// undoing that leaves g.
template <typename F>
std::string Printed(F print, intptr_t room = 200) {
  static char text[200];
  static G g;
  static M m;
  m = {};
  g = {};
  g.m = &m;
  g.writebuf = {text, 0, room};
  G* before = arch::GetG();
  arch::SetG(&g);
  print();
  arch::SetG(before);
  return std::string(text, static_cast<size_t>(g.writebuf.len));
}

std::string Float(double v) {
  return Printed([v] { PrintFloat(v); });
}

TEST(Print, Integers) {
  EXPECT_EQ(Printed([] { PrintInt(0); }), "0");
  EXPECT_EQ(Printed([] { PrintInt(-42); }), "-42");
  EXPECT_EQ(Printed([] { PrintInt(INT64_MIN); }), "-9223372036854775808");
  EXPECT_EQ(Printed([] { PrintUint(UINT64_MAX); }), "18446744073709551615");
  EXPECT_EQ(Printed([] { PrintHex(0); }), "0x0");
  EXPECT_EQ(Printed([] { PrintHex(UINT64_MAX); }), "0xffffffffffffffff");
  EXPECT_EQ(Printed([] { PrintWord(0xbad); }), "0000000000000bad");
  EXPECT_EQ(Printed([] { PrintPointer(reinterpret_cast<void*>(0xc000012345)); }), "0xc000012345");
}

TEST(Print, FloatsHaveSevenDigitsAndASign) {
  EXPECT_EQ(Float(0), "+0.000000e+000");
  EXPECT_EQ(Float(-0.0), "-0.000000e+000");
  EXPECT_EQ(Float(1.5), "+1.500000e+000");
  EXPECT_EQ(Float(-100), "-1.000000e+002");
  EXPECT_EQ(Float(9999999.5), "+1.000000e+007");
  EXPECT_EQ(Float(3.14159265358979), "+3.141593e+000");
  EXPECT_EQ(Float(1e-7), "+1.000000e-007");
  EXPECT_EQ(Float(DBL_MAX), "+1.797693e+308");
  EXPECT_EQ(Float(INFINITY), "+Inf");
  EXPECT_EQ(Float(-INFINITY), "-Inf");
  EXPECT_EQ(Float(NAN), "NaN");
}

TEST(Print, SeveralPieces) {
  EXPECT_EQ(Printed([] { Print("goroutine ", int64_t{7}, " at ", Hex{255}, "\n"); }),
            "goroutine 7 at 0xff\n");
  EXPECT_EQ(Printed([] {
              PrintBool(true);
              PrintBool(false);
            }),
            "truefalse");
}

TEST(Print, StopsAtTheEndOfTheBuffer) {
  EXPECT_EQ(Printed([] { Print("0123456789", "abc"); }, 11), "0123456789a");
}

TEST(Print, LockNests) {
  EXPECT_EQ(Printed([] {
              PrintLock();
              PrintLock();
              PrintText("x");
              PrintUnlock();
              PrintUnlock();
            }),
            "x");
}

}  // namespace
}  // namespace gort
