// SPDX-License-Identifier: BSD-3-Clause
//
// The surroundings of the tests of this folder: the thread as an M with a P, the allocator, random
// hash keys, roots, and a goroutine with an empty stack. The system entries run on the same stack.
//
// Before: tests/support/type_builder.h   After: tests/unit/lang/map_test.cc
#ifndef GORT_TESTS_UNIT_LANG_LANG_TEST_H_
#define GORT_TESTS_UNIT_LANG_LANG_TEST_H_

#include <cstring>
#include <string>

#include <gtest/gtest.h>

#include "arch/arch.h"
#include "runtime/abi/roots.h"
#include "runtime/lang/hash.h"
#include "runtime/lang/type.h"
#include "runtime/mem/malloc.h"
#include "tests/support/fatal.h"
#include "tests/support/leaf_call.h"
#include "tests/support/type_builder.h"

namespace gort::lang {

using testing_support::CallLeaf;
using testing_support::TypeBuilder;

class LangTest : public ::testing::Test {
 protected:
  LangTest() {
    static uintptr_t zero_base;
    static abi::writeBarrierFlags barrier;
    static bool ready = false;
    test_roots_.zerobase = &zero_base;
    test_roots_.writeBarrier = &barrier;
    types_.FillRoots(&test_roots_);
    roots = &test_roots_;
    if (!ready) {
      arch::DetectFeatures();
      mem::Init();
    }
    ready = true;
    InitHash();
    InitItabs();
    m_.g0 = &g_;
    m_.curg = &g_;
    m_.p = &p_;
    p_.m = &m_;
    p_.mcache = mem::NewCache();
    m_.fastrand[0] = 0x12345678;
    m_.fastrand[1] = 0x9abcdef1;
    g_.m = &m_;
    g_.sched.sp = 1;
    arch::SetG(&g_);
    testing_support::raised = nullptr;
  }
  ~LangTest() override {
    EXPECT_STREQ(testing_support::raised, nullptr);
    mem::FlushCache(p_.mcache);
    arch::SetG(nullptr);
  }

  // A Go string over text that lives long enough.
  static abi::String Str(const std::string& s) {
    return {reinterpret_cast<const uint8_t*>(s.data()), static_cast<intptr_t>(s.size())};
  }
  static std::string Text(abi::String s) {
    return std::string(reinterpret_cast<const char*>(s.str), static_cast<size_t>(s.len));
  }

  // The text of the panic that the last entry raised; "" if none.
  static std::string Raised() {
    const char* text = testing_support::raised;
    testing_support::raised = nullptr;
    return text == nullptr ? "" : text;
  }

  TypeBuilder types_;
  abi::Roots test_roots_{};
  abi::g g_{};
  abi::m m_{};
  abi::p p_{};
};

}  // namespace gort::lang

#endif  // GORT_TESTS_UNIT_LANG_LANG_TEST_H_
