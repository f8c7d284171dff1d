// SPDX-License-Identifier: BSD-3-Clause
//
// Cheap random numbers, one generator per M: xorshift64+ on two words. Good enough for map
// iteration, select, stealing; not for secrets.
//
// Before: runtime/sched/init.cc   After: runtime/sched/pin_leaf.cc
#include "arch/leaf.h"
#include "runtime/sched/sched.h"

namespace gort::sched {

namespace {

GORT_ALWAYS_INLINE uint32_t Next() {
  M* m = arch::GetG()->m;
  uint32_t x = m->fastrand[0];
  uint32_t y = m->fastrand[1];
  x ^= x << 17;
  x ^= y ^ (x >> 7) ^ (y >> 16);
  m->fastrand[0] = y;
  m->fastrand[1] = x;
  return x + y;
}

}  // namespace

uint32_t FastRand() { return Next(); }

GORT_LEAF(fastrand) { a.ret = Next(); }

GORT_LEAF(sync_fastrand) { a.ret = Next(); }

GORT_LEAF(fastrandn) { a.ret = static_cast<uint32_t>((static_cast<uint64_t>(Next()) * a.n) >> 32); }

}  // namespace gort::sched
