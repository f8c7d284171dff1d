// SPDX-License-Identifier: BSD-3-Clause
//
// Loads, copies and comparison of bytes for leaf code, where the C library may not be called.
//
// Load/Store are unaligned accesses of one register; the compiler makes one instruction of each.
// Sizes up to a few registers are handled in line by two accesses that overlap, so that no loop and
// no table of cases is needed:
//
//   n = 11:   [0 1 2 3 4 5 6 7]
//                   [3 4 5 6 7 8 9 10]
//
// Words that can hold pointers are copied by whole aligned words: the collector may read them at
// any moment.
//
// Before: runtime/lang/utf8.h   After: runtime/lang/string.cc
#ifndef GORT_RUNTIME_LANG_BYTES_H_
#define GORT_RUNTIME_LANG_BYTES_H_

#include <cstddef>
#include <cstdint>

#include "arch/memory.h"
#include "runtime/base/stack_rules.h"

namespace gort::lang {

template <typename T>
GORT_ALWAYS_INLINE T Load(const void* p) {
  T v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
template <typename T>
GORT_ALWAYS_INLINE void Store(void* p, T v) {
  __builtin_memcpy(p, &v, sizeof v);
}

inline uint8_t* Add(void* p, uintptr_t n) { return static_cast<uint8_t*>(p) + n; }
inline const uint8_t* Add(const void* p, uintptr_t n) { return static_cast<const uint8_t*>(p) + n; }

// Copies n bytes; the regions may overlap. All loads of the short forms come before their stores.
GORT_ALWAYS_INLINE void CopyBytes(void* to, const void* from, uintptr_t n) {
  uint8_t* d = static_cast<uint8_t*>(to);
  const uint8_t* s = static_cast<const uint8_t*>(from);
  if (n > 32) {
    arch::MoveMemory(to, from, n);
  } else if (n >= 16) {
    const uint64_t a = Load<uint64_t>(s), b = Load<uint64_t>(s + 8);
    const uint64_t c = Load<uint64_t>(s + n - 16), e = Load<uint64_t>(s + n - 8);
    Store(d, a);
    Store(d + 8, b);
    Store(d + n - 16, c);
    Store(d + n - 8, e);
  } else if (n >= 8) {
    const uint64_t a = Load<uint64_t>(s), b = Load<uint64_t>(s + n - 8);
    Store(d, a);
    Store(d + n - 8, b);
  } else if (n >= 4) {
    const uint32_t a = Load<uint32_t>(s), b = Load<uint32_t>(s + n - 4);
    Store(d, a);
    Store(d + n - 4, b);
  } else if (n != 0) {
    const uint8_t a = s[0], b = s[n >> 1], c = s[n - 1];
    d[0] = a;
    d[n >> 1] = b;
    d[n - 1] = c;
  }
}

GORT_ALWAYS_INLINE void ClearBytes(void* to, uintptr_t n) {
  uint8_t* d = static_cast<uint8_t*>(to);
  if (n > 32) {
    arch::ClearMemory(to, n);
  } else if (n >= 16) {
    Store<uint64_t>(d, 0);
    Store<uint64_t>(d + 8, 0);
    Store<uint64_t>(d + n - 16, 0);
    Store<uint64_t>(d + n - 8, 0);
  } else if (n >= 8) {
    Store<uint64_t>(d, 0);
    Store<uint64_t>(d + n - 8, 0);
  } else if (n >= 4) {
    Store<uint32_t>(d, 0);
    Store<uint32_t>(d + n - 4, 0);
  } else if (n != 0) {
    d[0] = 0;
    d[n >> 1] = 0;
    d[n - 1] = 0;
  }
}

// A Go value of `size` bytes: the sizes that occur most are one or two words.
GORT_ALWAYS_INLINE void CopyValue(void* to, const void* from, uintptr_t size) {
  if (size == 8) {
    Store(to, Load<uint64_t>(from));
  } else {
    CopyBytes(to, from, size);
  }
}

// n <= 16
GORT_ALWAYS_INLINE bool EqualShort(const void* x, const void* y, uintptr_t n) {
  const uint8_t* p = static_cast<const uint8_t*>(x);
  const uint8_t* q = static_cast<const uint8_t*>(y);
  if (n >= 8) {
    return ((Load<uint64_t>(p) ^ Load<uint64_t>(q)) |
            (Load<uint64_t>(p + n - 8) ^ Load<uint64_t>(q + n - 8))) == 0;
  }
  if (n >= 4) {
    return ((Load<uint32_t>(p) ^ Load<uint32_t>(q)) |
            (Load<uint32_t>(p + n - 4) ^ Load<uint32_t>(q + n - 4))) == 0;
  }
  if (n == 0) return true;
  return p[0] == q[0] && p[n >> 1] == q[n >> 1] && p[n - 1] == q[n - 1];
}

GORT_ALWAYS_INLINE bool EqualBytes(const void* x, const void* y, uintptr_t n) {
  const uint8_t* p = static_cast<const uint8_t*>(x);
  const uint8_t* q = static_cast<const uint8_t*>(y);
  if (p == q) return true;
  if (n >= 16) {
    const uint8_t* const last = p + n - 16;
    while (p < last) {
      if (((Load<uint64_t>(p) ^ Load<uint64_t>(q)) |
           (Load<uint64_t>(p + 8) ^ Load<uint64_t>(q + 8))) != 0) {
        return false;
      }
      p += 16;
      q += 16;
    }
    q -= p - last;
    return ((Load<uint64_t>(last) ^ Load<uint64_t>(q)) |
            (Load<uint64_t>(last + 8) ^ Load<uint64_t>(q + 8))) == 0;
  }
  return EqualShort(p, q, n);
}

}  // namespace gort::lang

#endif  // GORT_RUNTIME_LANG_BYTES_H_
