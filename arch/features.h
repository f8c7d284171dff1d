// SPDX-License-Identifier: BSD-3-Clause
//
// What the cpu at hand can do, asked once at boot.
//
// Two readers: compiled code tests variables of the shim (x86HasPOPCNT, ..., arm64HasATOMICS),
// which boot fills from here, and our own routines choose a path. Package internal/cpu asks the cpu
// by itself; the shim calls its Initialize.
//
// Written once before the second thread exists, read-only afterwards.
//
// Before: arch/amd64/syscall.h   After: arch/amd64/features.cc
#ifndef GORT_ARCH_FEATURES_H_
#define GORT_ARCH_FEATURES_H_

#include <cstdint>

namespace gort::arch {

struct Features {
  // Our own choices.
  bool aes;        // AES rounds in hashes (lang/hash.h)
  bool wide_move;  // 32-byte vectors in memory_leaf.S
  // For the shim's variables; false where the cpu has no such thing.
  bool popcnt;
  bool sse41;
  bool fma;
  bool atomics;  // one-instruction atomics (LSE)
};

extern "C" Features gort_features;

// System stack, at boot.
void DetectFeatures();

}  // namespace gort::arch

#endif  // GORT_ARCH_FEATURES_H_
