// SPDX-License-Identifier: BSD-3-Clause
//
// A current g for the length of a scope. Where g is a register, the test framework uses it as any
// other one, so what was in it has to come back.
//
// Before: tests/support/fatal.h   After: arch/arch.h
#ifndef GORT_TESTS_SUPPORT_WITH_G_H_
#define GORT_TESTS_SUPPORT_WITH_G_H_

#include "arch/arch.h"

namespace gort::testing_support {

class WithG {
 public:
  // nullptr: the thread is no M.
  explicit WithG(G* g) : before_(arch::GetG()) { arch::SetG(g); }
  ~WithG() { arch::SetG(before_); }
  WithG(const WithG&) = delete;
  WithG& operator=(const WithG&) = delete;

 private:
  G* before_;
};

}  // namespace gort::testing_support

#endif  // GORT_TESTS_SUPPORT_WITH_G_H_
