// SPDX-License-Identifier: BSD-3-Clause
//
// arm64: features from the auxiliary vector; user code may not read the identification registers
// directly.
//
// Before: arch/features.h   After: arch/arm64/memory_leaf.S
#include "arch/features.h"

#include <asm/hwcap.h>
#include <sys/auxv.h>

namespace gort::arch {

extern "C" {
Features gort_features;
}

void DetectFeatures() {
  const unsigned long hwcap = getauxval(AT_HWCAP);
  gort_features.aes = hwcap & HWCAP_AES;
  gort_features.atomics = hwcap & HWCAP_ATOMICS;
}

}  // namespace gort::arch
