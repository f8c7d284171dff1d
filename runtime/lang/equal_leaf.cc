// SPDX-License-Identifier: BSD-3-Clause
//
// The equality functions that compiled code and type descriptors know by name.
//
// efaceeq and ifaceeq are called when the type words of two interfaces are already known to be
// equal. Values that need a walk, and those that cannot be compared, are the business of equal.cc
// on the system stack.
//
// Before: runtime/lang/value_inl.h   After: runtime/lang/equal.cc
#include "arch/leaf.h"
#include "runtime/lang/value_inl.h"

namespace gort::lang {

Answer EqualFields(const abi::structtype* t, const uint8_t* p, const uint8_t* q) {
  const auto* field = static_cast<const abi::structfield*>(t->fields.array);
  for (const auto* end = field + t->fields.len; field != end; field++) {
    if (IsBlank(field->name)) continue;
    const abi::_type* type = field->typ;
    const uint8_t* x = p + field->offset();
    const uint8_t* y = q + field->offset();
    Answer answer = EqualScalar(type, x, y);
    if (answer == Answer::kWalk && type->kind_() == abi::kInterface) {
      if (Load<uintptr_t>(x) != Load<uintptr_t>(y)) return Answer::kNo;
      const abi::_type* dynamic = DynamicTypeAt(type, x);
      const auto* a = reinterpret_cast<const abi::eface*>(x);
      const auto* b = reinterpret_cast<const abi::eface*>(y);
      if (dynamic == nullptr) continue;
      if (dynamic->equal == nullptr) return Answer::kWalk;
      answer = dynamic->direct_iface() ? AnswerOf(a->data == b->data)
                                       : EqualScalar(dynamic, a->data, b->data);
    }
    if (answer != Answer::kYes) return answer;
  }
  return Answer::kYes;
}

// ---- Entered from Go ----

GORT_LEAF(memequal0) { a.ret = true; }
GORT_LEAF(memequal8) { a.ret = Load<uint8_t>(a.p) == Load<uint8_t>(a.q); }
GORT_LEAF(memequal16) { a.ret = Load<uint16_t>(a.p) == Load<uint16_t>(a.q); }
GORT_LEAF(memequal32) { a.ret = Load<uint32_t>(a.p) == Load<uint32_t>(a.q); }
GORT_LEAF(memequal64) { a.ret = Load<uint64_t>(a.p) == Load<uint64_t>(a.q); }
GORT_LEAF(memequal128) { a.ret = EqualBytes(a.p, a.q, 16); }
GORT_LEAF(strequal) { a.ret = EqualString(a.p, a.q); }
GORT_LEAF(f32equal) { a.ret = EqualFloats<float>(a.p, a.q, 1); }
GORT_LEAF(f64equal) { a.ret = EqualFloats<double>(a.p, a.q, 1); }
GORT_LEAF(c64equal) { a.ret = EqualFloats<float>(a.p, a.q, 2); }
GORT_LEAF(c128equal) { a.ret = EqualFloats<double>(a.p, a.q, 2); }

GORT_LEAF(efaceeq) {
  const Answer answer = EqualData(a.t, a.x, a.y);
  if (answer == Answer::kWalk) GORT_TAIL(efaceeq_slow);
  a.ret = answer == Answer::kYes;
}

GORT_LEAF(ifaceeq) {
  const Answer answer = EqualData(a.tab == nullptr ? nullptr : a.tab->type, a.x, a.y);
  if (answer == Answer::kWalk) GORT_TAIL(ifaceeq_slow);
  a.ret = answer == Answer::kYes;
}

GORT_LEAF(nilinterequal) {
  auto* x = static_cast<abi::eface*>(a.p);
  auto* y = static_cast<abi::eface*>(a.q);
  const Answer answer = x->type != y->type ? Answer::kNo : EqualData(x->type, x->data, y->data);
  if (answer == Answer::kWalk) GORT_TAIL(nilinterequal_slow);
  a.ret = answer == Answer::kYes;
}

GORT_LEAF(interequal) {
  auto* x = static_cast<abi::iface*>(a.p);
  auto* y = static_cast<abi::iface*>(a.q);
  const Answer answer =
      x->tab != y->tab ? Answer::kNo : EqualData(DynamicType(*x), x->data, y->data);
  if (answer == Answer::kWalk) GORT_TAIL(interequal_slow);
  a.ret = answer == Answer::kYes;
}

}  // namespace gort::lang
