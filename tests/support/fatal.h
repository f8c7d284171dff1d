// SPDX-License-Identifier: BSD-3-Clause
//
// Seeing the panics that code under test raises (tests/support/fatal.cc).
//
// Before: tests/support/tlsg.S   After: tests/support/fatal.cc
#ifndef GORT_TESTS_SUPPORT_FATAL_H_
#define GORT_TESTS_SUPPORT_FATAL_H_

namespace gort::testing_support {
// Text of the last panic raised; a test sets it back to nullptr.
extern const char* raised;
}  // namespace gort::testing_support

#endif  // GORT_TESTS_SUPPORT_FATAL_H_
