// SPDX-License-Identifier: BSD-3-Clause
//
// Calls that the compiler inserts for tools other than this runtime: libFuzzer's comparison hooks.
// Without a fuzzer in the process they have nothing to report to.
//
// Before: runtime/lang/complex_leaf.cc   After: runtime/lang/instrumentation.cc
#include "arch/leaf.h"

namespace gort::lang {

// ---- Entered from Go ----

GORT_LEAF(libfuzzerTraceCmp1) {}
GORT_LEAF(libfuzzerTraceCmp2) {}
GORT_LEAF(libfuzzerTraceCmp4) {}
GORT_LEAF(libfuzzerTraceCmp8) {}
GORT_LEAF(libfuzzerTraceConstCmp1) {}
GORT_LEAF(libfuzzerTraceConstCmp2) {}
GORT_LEAF(libfuzzerTraceConstCmp4) {}
GORT_LEAF(libfuzzerTraceConstCmp8) {}

}  // namespace gort::lang
