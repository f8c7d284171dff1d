// SPDX-License-Identifier: BSD-3-Clause
//
// The verifier on heaps with an error in them.
//
// Before: runtime/gc/verify.cc   After: tests/unit/mem/cache_test.cc
#include "runtime/gc/verify.h"

#include <gtest/gtest.h>

#include "runtime/abi/roots.h"
#include "runtime/mem/arena.h"
#include "runtime/mem/cache.h"
#include "runtime/mem/malloc.h"
#include "runtime/mem/page_heap.h"
#include "tests/support/allocating_m.h"
#include "tests/support/with_g.h"

namespace gort::gc {
namespace {

uintptr_t zero_base;
abi::Roots test_roots;
uint8_t first_word_is_a_pointer[8] = {1};

class VerifyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    test_roots.zerobase = &zero_base;
    roots = &test_roots;
    mem::Init();
    type.size = 16;
    type.ptrdata = 8;
    type.kind = abi::kStruct;
    type.gcdata = first_word_is_a_pointer;
  }

  // Two objects, the first of which points to the second; the marks as told; f checks.
  template <typename F>
  void WithTwo(bool first, bool second, F f) {
    testing_support::AllocatingM runner;
    testing_support::WithG with(&runner.g);
    auto** from = static_cast<void**>(mem::NewObject(&type));
    void* to = mem::NewObject(&type);
    *from = to;
    if (first) Mark(from);
    if (second) Mark(to);
    f();
    Unmark(from);
    Unmark(to);
  }

  static void Mark(void* object) {
    auto p = reinterpret_cast<uintptr_t>(object);
    mem::Span* s = mem::FindSpan(p);
    s->mark_bits[s->IndexOf(p) / 64] |= uint64_t{1} << (s->IndexOf(p) % 64);
  }

  static void Unmark(void* object) {
    auto p = reinterpret_cast<uintptr_t>(object);
    mem::Span* s = mem::FindSpan(p);
    s->mark_bits[s->IndexOf(p) / 64] &= ~(uint64_t{1} << (s->IndexOf(p) % 64));
  }

  abi::_type type{};
};

TEST_F(VerifyTest, MarkedObjectsThatPointToMarkedOnesAreFine) {
  WithTwo(true, true, VerifyMarkedHeap);
}

TEST_F(VerifyTest, AMarkedObjectThatPointsToAWhiteOneIsReported) {
  EXPECT_DEATH(WithTwo(true, false, VerifyMarkedHeap),
               "of 16 bytes.*\n.*from \\+0 of object.*\n.*held by a root\n"
               "(.*\n)*.*reachable object is not marked");
}

TEST_F(VerifyTest, AMarkBeforeMarkingIsReported) {
  EXPECT_DEATH(WithTwo(true, false, VerifySweptHeap), "mark left by the last cycle");
}

TEST_F(VerifyTest, ACountThatIsWrongIsReported) {
  EXPECT_DEATH(WithTwo(false, false,
                       [] {
                         mem::FlushAllCaches();
                         mem::page_heap::ForEachSpan([](mem::Span* s, void*) { s->alloc_count++; },
                                                     nullptr);
                         VerifySweptHeap();
                       }),
               "count of objects is wrong");
}

}  // namespace
}  // namespace gort::gc
