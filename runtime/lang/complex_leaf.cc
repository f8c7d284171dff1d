// SPDX-License-Identifier: BSD-3-Clause
//
// Division of complex128.
//
// The textbook quotient (a+bi)(c-di) / (cc+dd) overflows when c or d is large although the result
// would fit. Dividing by the larger of the two first (Smith, 1962) keeps the intermediate values
// near the result:
//
//   |c| >= |d|:  r = d/c   (a+bi)/(c+di) = ((a + b r) + (b - a r) i) / (c + d r)
//   otherwise:   r = c/d   (a+bi)/(c+di) = ((a r + b) + (b r - a) i) / (c r + d)
//
// If both parts would be NaN the operands may still determine infinities and zeros (C99, annex
// G.5.1): a non-zero number by zero, an infinity by a finite number, a finite number by an
// infinity.
//
// Before: runtime/lang/checkptr.cc   After: runtime/lang/map.h
#include "arch/leaf.h"
#include "runtime/abi/value.h"

namespace gort::lang {
namespace {

bool IsNaN(double v) { return v != v; }
bool IsInf(double v) { return __builtin_fabs(v) > __DBL_MAX__; }
bool IsFinite(double v) { return __builtin_fabs(v) <= __DBL_MAX__; }
// 1 for an infinity, 0 for the rest, with the sign of v.
double Unit(double v) { return __builtin_copysign(IsInf(v) ? 1.0 : 0.0, v); }

abi::Complex128 Divide(abi::Complex128 n, abi::Complex128 m) {
  double a = n.real, b = n.imag, c = m.real, d = m.imag;
  double real, imag;
  if (__builtin_fabs(c) >= __builtin_fabs(d)) {
    const double ratio = d / c;
    const double scale = c + ratio * d;
    real = (a + b * ratio) / scale;
    imag = (b - a * ratio) / scale;
  } else {
    const double ratio = c / d;
    const double scale = d + ratio * c;
    real = (a * ratio + b) / scale;
    imag = (b * ratio - a) / scale;
  }
  if (!IsNaN(real) || !IsNaN(imag)) return {real, imag};

  const double infinity = __builtin_inf();
  if (c == 0 && d == 0 && (!IsNaN(a) || !IsNaN(b))) {
    const double signed_infinity = __builtin_copysign(infinity, c);
    return {signed_infinity * a, signed_infinity * b};
  }
  if ((IsInf(a) || IsInf(b)) && IsFinite(c) && IsFinite(d)) {
    a = Unit(a);
    b = Unit(b);
    return {infinity * (a * c + b * d), infinity * (b * c - a * d)};
  }
  if ((IsInf(c) || IsInf(d)) && IsFinite(a) && IsFinite(b)) {
    c = Unit(c);
    d = Unit(d);
    return {0 * (a * c + b * d), 0 * (b * c - a * d)};
  }
  return {real, imag};
}

}  // namespace

// ---- Entered from Go ----

GORT_LEAF(complex128div) { a.ret = Divide(a.n, a.m); }

}  // namespace gort::lang
