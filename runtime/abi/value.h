// SPDX-License-Identifier: BSD-3-Clause
//
// Go values as C++ sees them: the word layouts that gc bakes into every object.
//
//   string      {str, len}                 interface{}   {_type, data}
//   []T         {array, len, cap}          interface{M}  {tab, data}    tab = itab (type.h)
//   func        pointer to funcval {fn, captured variables...}
//   complex128  {real, imag}
//
// Names in this folder are Go's spelling where gc, the linker or a debugger sees them;
// docs/glossary.md maps the rest.
//
// Before: docs/seam.md   After: runtime/abi/type.h
#ifndef GORT_RUNTIME_ABI_VALUE_H_
#define GORT_RUNTIME_ABI_VALUE_H_

#include <cstddef>
#include <cstdint>

namespace gort::abi {

struct _type;
struct itab;

struct String {
  const uint8_t* str;
  intptr_t len;
};

struct Slice {
  void* array;
  intptr_t len;
  intptr_t cap;
};

struct eface {
  _type* type;
  void* data;
};

struct iface {
  itab* tab;
  void* data;
};

// First word of every closure; the captured variables follow. A Go func value is a funcval*.
struct funcval {
  uintptr_t fn;
};

struct Complex64 {
  float real, imag;
};

struct Complex128 {
  double real, imag;
};

struct bitvector {
  int32_t n;  // bits
  uint8_t* bytedata;
};

constexpr uintptr_t kWord = sizeof(void*);

}  // namespace gort::abi

#endif  // GORT_RUNTIME_ABI_VALUE_H_
