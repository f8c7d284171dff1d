// SPDX-License-Identifier: BSD-3-Clause
//
// main of unit tests on cpus where g is a register: the thread is no M until a test says otherwise.
// The C library left something in that register, and wants it back, so this main does not return.
//
// Before: tests/support/with_g.h   After: third_party/googletest.BUILD
#include <gtest/gtest.h>

#include <cstdlib>

#include "arch/arch.h"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  gort::arch::SetG(nullptr);
  std::exit(RUN_ALL_TESTS());
}
