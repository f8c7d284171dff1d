// SPDX-License-Identifier: BSD-3-Clause
//
// Random numbers of the running M, in line: map iteration, the first seed of a map, NaN keys,
// fastrand. A shift-register generator over m->fastrand, which boot seeded; not for secrets.
//
// Before: runtime/lang/hash.h   After: runtime/lang/random_leaf.cc
#ifndef GORT_RUNTIME_LANG_RANDOM_H_
#define GORT_RUNTIME_LANG_RANDOM_H_

#include "arch/arch.h"
#include "runtime/base/stack_rules.h"

namespace gort::lang {

// Any stack. Needs a g, as all code that Go can enter has one.
GORT_ALWAYS_INLINE uint32_t NextRandom() {
  M* m = arch::GetG()->m;
  uint32_t a = m->fastrand[0], b = m->fastrand[1];
  a ^= a << 17;
  a = a ^ b ^ a >> 7 ^ b >> 16;
  m->fastrand[0] = b;
  m->fastrand[1] = a;
  return a + b;
}

}  // namespace gort::lang

#endif  // GORT_RUNTIME_LANG_RANDOM_H_
