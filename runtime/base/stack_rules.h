// SPDX-License-Identifier: BSD-3-Clause
//
// Which stack a function may run on, and how it panics.
//
//   leaf code    *_leaf.cc: on the goroutine stack, few hundred bytes, calls only leaf code
//   system code  everything else: on the M's system stack (g0), libc allowed, may take locks and
//                walk stacks
//   signal code  GORT_SIGNAL_SAFE: may interrupt anything; no locks, no allocation
//
// The marks are for readers and for tools/lint; the depth of leaf code is proven by tools/leaf.
//
// Before: runtime/base/atomic.h   After: runtime/base/check.h
#ifndef GORT_RUNTIME_BASE_STACK_RULES_H_
#define GORT_RUNTIME_BASE_STACK_RULES_H_

#define GORT_SYSTEM_STACK
#define GORT_SIGNAL_SAFE
#define GORT_NOINLINE __attribute__((noinline))
#define GORT_ALWAYS_INLINE inline __attribute__((always_inline))
#define GORT_LIKELY(x) __builtin_expect(!!(x), 1)
#define GORT_UNLIKELY(x) __builtin_expect(!!(x), 0)

#endif  // GORT_RUNTIME_BASE_STACK_RULES_H_
