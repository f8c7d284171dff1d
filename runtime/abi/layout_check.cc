// SPDX-License-Identifier: BSD-3-Clause
//
// The layouts on which objects compiled by gc rest, asserted when C++ is compiled for each target.
//
// Two sources, neither of them this folder:
//
//   the contract     offsets and sizes that gc, cmd/link and bodies inlined from stock's export
//                    data use without asking (below, one line each)
//   the shim         what the compiler itself says about asm/shim's declarations of the same
//                    structures (layout_asserts.inc, written by asm/gen)
//
// asm/offsets.cc prints offsets on the host for both cpus; that they hold on the target is what
// this file makes sure of.
//
// Before: runtime/abi/roots.h   After: asm/offsets.cc
#include <cstddef>

#include "runtime/abi/map.h"
#include "runtime/abi/mem_stats.h"
#include "runtime/abi/p.h"
#include "runtime/abi/roots.h"

namespace gort::abi {

// Prologues, wrappers and inlined bodies.
static_assert(offsetof(g, stack) == 0);
static_assert(offsetof(g, stackguard0) == 16);
static_assert(offsetof(g, stackguard1) == 24);
static_assert(offsetof(g, _panic) == 32);
static_assert(offsetof(g, _defer) == 40);
static_assert(offsetof(g, m) == 48);
static_assert(offsetof(g, sched) == 56);
static_assert(offsetof(g, lockedm) == 0xd8);
static_assert(offsetof(m, g0) == 0);
static_assert(offsetof(m, lockedg) == 0x160);
static_assert(offsetof(m, lockedExt) == 0x268);
static_assert(offsetof(m, lockedInt) == 0x26c);
static_assert(offsetof(_panic, argp) == 0);

// Defer records that compiled code makes in its frames: header, then the argument block.
static_assert(offsetof(_defer, siz) == 0);
static_assert(offsetof(_defer, fn) == 24);
static_assert(sizeof(_defer) == 72);

// len() and cap() without a call; the frame's own hmap, bucket and hiter.
static_assert(offsetof(hmap, count) == 0);
static_assert(offsetof(hmap, hash0) == 12);
static_assert(offsetof(hmap, buckets) == 16);
static_assert(sizeof(hmap) == 48);
static_assert(sizeof(hiter) == 96);
static_assert(offsetof(hiter, key) == 0);
static_assert(offsetof(hiter, elem) == 8);
static_assert(offsetof(hchan, qcount) == 0);
static_assert(offsetof(hchan, dataqsiz) == 8);
static_assert(sizeof(scase) == 40);

// Type switches, method calls and interface comparisons.
static_assert(offsetof(itab, type) == 8);
static_assert(offsetof(itab, hash) == 16);
static_assert(offsetof(itab, fun) == 24);
static_assert(offsetof(_type, hash) == 16);

// cmd/link writes these; package time and package sync write those.
static_assert(sizeof(moduledata) == 456);
static_assert(sizeof(_func) == 40);
static_assert(sizeof(findfuncbucket) == 20);
static_assert(sizeof(timer) == 72);
static_assert(sizeof(notifyList) == 32);
static_assert(sizeof(writeBarrierFlags) == 16);

#include "asm/gen/layout_asserts.inc"

}  // namespace gort::abi
