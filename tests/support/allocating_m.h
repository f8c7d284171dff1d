// SPDX-License-Identifier: BSD-3-Clause
//
// An M that runs Go code as far as the allocator can tell: a g, a P and a cache. WithG makes it the
// running one. The memory allocator must be ready.
//
// Before: tests/support/m_with_p.h   After: tests/support/stack_builder.h
#ifndef GORT_TESTS_SUPPORT_ALLOCATING_M_H_
#define GORT_TESTS_SUPPORT_ALLOCATING_M_H_

#include "runtime/abi/g.h"
#include "runtime/abi/m.h"
#include "runtime/abi/p.h"
#include "runtime/mem/cache.h"

namespace gort::testing_support {

struct AllocatingM {
  AllocatingM() {
    g.m = &m;
    m.p = &p;
    m.g0 = &g;
    p.mcache = mem::NewCache();
  }
  G g{};
  M m{};
  P p{};
};

}  // namespace gort::testing_support

#endif  // GORT_TESTS_SUPPORT_ALLOCATING_M_H_
