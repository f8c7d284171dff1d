// SPDX-License-Identifier: BSD-3-Clause
//
// The calling thread as an M with a P and a system stack, for tests of code that asks who it runs
// for. The memory allocator is ready.
//
// Before: tests/support/fatal.h   After: tests/support/allocating_m.h
#ifndef GORT_TESTS_SUPPORT_M_WITH_P_H_
#define GORT_TESTS_SUPPORT_M_WITH_P_H_

#include "arch/arch.h"
#include "runtime/abi/p.h"
#include "runtime/abi/roots.h"
#include "runtime/mem/malloc.h"

namespace gort::testing_support {

struct MWithP {
  MWithP() {
    static uintptr_t zero_base;
    static abi::Roots test_roots;
    static bool ready = false;
    test_roots.zerobase = &zero_base;
    roots = &test_roots;
    if (!ready) mem::Init();
    ready = true;
    g0.m = &m;
    m.g0 = &g0;
    m.p = &p;
    p.m = &m;
    p.status.StoreRelease(abi::kPRunning);
  }
  MWithP(const MWithP&) = delete;
  MWithP& operator=(const MWithP&) = delete;

  // body() on this M. g may live in a register that the test framework uses too, so it is set here
  // only.
  template <typename F>
  void Run(F body) {
    arch::SetThreadG0(&g0);
    arch::RunThread(
        &g0, [](void* arg) { (*static_cast<F*>(arg))(); }, &body);
  }

  abi::g g0{};
  abi::m m{};
  abi::p p{};
};

}  // namespace gort::testing_support

// TEST_F for fixtures with a member MWithP m_: the body runs on that M.
#define TEST_ON_M(fixture, name)         \
  class fixture##name : public fixture { \
   protected:                            \
    void OnM();                          \
  };                                     \
  TEST_F(fixture##name, OnM) {           \
    m_.Run([this] { OnM(); });           \
  }                                      \
  void fixture##name::OnM()

#endif  // GORT_TESTS_SUPPORT_M_WITH_P_H_
