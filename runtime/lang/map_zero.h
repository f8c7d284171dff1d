// SPDX-License-Identifier: BSD-3-Clause
//
// The zero value that a map lookup without result points to, and that empty strings and slices in
// interfaces share. 1024 bytes: for larger elements the compiler passes a zero of its own
// (mapaccess1_fat).
//
// Before: runtime/lang/checkptr.cc   After: runtime/lang/map.h
#ifndef GORT_RUNTIME_LANG_MAP_ZERO_H_
#define GORT_RUNTIME_LANG_MAP_ZERO_H_

#include <cstdint>

namespace gort::lang {

constexpr uintptr_t kZeroValueSize = 1024;
alignas(64) extern uint8_t zero_value[kZeroValueSize] __attribute__((visibility("hidden")));
inline void* ZeroValue() { return zero_value; }

}  // namespace gort::lang

#endif  // GORT_RUNTIME_LANG_MAP_ZERO_H_
