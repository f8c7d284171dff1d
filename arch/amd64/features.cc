// SPDX-License-Identifier: BSD-3-Clause
//
// amd64: features from CPUID. Vectors wider than 16 bytes also need the kernel's consent (XGETBV),
// since it has to save their registers.
//
// Before: arch/features.h   After: arch/amd64/memory_leaf.S
#include "arch/features.h"

#include <cpuid.h>

namespace gort::arch {

extern "C" {
Features gort_features;
}

void DetectFeatures() {
  unsigned eax, ebx, ecx, edx;
  if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx)) return;
  const bool ssse3 = ecx & bit_SSSE3;
  const bool osxsave = ecx & bit_OSXSAVE;
  gort_features.sse41 = ecx & bit_SSE4_1;
  gort_features.popcnt = ecx & bit_POPCNT;
  gort_features.aes = (ecx & bit_AES) && ssse3 && gort_features.sse41;
  bool ymm = false;
  if (osxsave) {
    unsigned low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    ymm = (low & 6) == 6;
  }
  gort_features.fma = (ecx & bit_FMA) && osxsave;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) {
    gort_features.wide_move = (ebx & bit_AVX2) && ymm;
  }
}

}  // namespace gort::arch
