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

namespace {

template <typename Float>
GORT_ALWAYS_INLINE bool EqualFloats(const void* p, const void* q, int n) {
  for (int i = 0; i < n; i++) {
    const uintptr_t offset = i * sizeof(Float);
    if (Load<Float>(Add(p, offset)) != Load<Float>(Add(q, offset))) return false;
  }
  return true;
}

GORT_ALWAYS_INLINE Answer EqualField(const abi::_type* type, const uint8_t* x, const uint8_t* y) {
  const Answer answer = EqualScalar(type, x, y);
  if (answer != Answer::kWalk || type->kind_() != abi::kInterface) return answer;
  if (Load<uintptr_t>(x) != Load<uintptr_t>(y)) return Answer::kNo;
  const abi::_type* dynamic = DynamicTypeAt(type, x);
  const auto* a = reinterpret_cast<const abi::eface*>(x);
  const auto* b = reinterpret_cast<const abi::eface*>(y);
  if (dynamic == nullptr) return Answer::kYes;
  if (dynamic->equal == nullptr) return Answer::kWalk;
  if (dynamic->direct_iface()) return AnswerOf(a->data == b->data);
  return EqualScalar(dynamic, a->data, b->data);
}

}  // namespace

GORT_NOINLINE Answer EqualFloat(abi::Kind kind, const void* p, const void* q) {
  switch (kind) {
    case abi::kFloat32:
      return AnswerOf(EqualFloats<float>(p, q, 1));
    case abi::kFloat64:
      return AnswerOf(EqualFloats<double>(p, q, 1));
    case abi::kComplex64:
      return AnswerOf(EqualFloats<float>(p, q, 2));
    case abi::kComplex128:
      return AnswerOf(EqualFloats<double>(p, q, 2));
    default:
      return Answer::kWalk;
  }
}

namespace {

// From field on.
GORT_NOINLINE Answer EqualFieldsFrom(const abi::structfield* field, const abi::structfield* end,
                                     const uint8_t* p, const uint8_t* q) {
  for (; field != end; field++) {
    if (IsBlank(field->name)) continue;  // may hold anything
    const Answer answer = EqualField(field->typ, p + field->offset(), q + field->offset());
    if (answer != Answer::kYes) return answer;
  }
  return Answer::kYes;
}

}  // namespace

// Words and strings up to the first difference here, without a register to save; the rest there.
Answer EqualFields(const abi::structtype* t, const uint8_t* p, const uint8_t* q) {
  const auto* field = static_cast<const abi::structfield*>(t->fields.array);
  const auto* const end = field + t->fields.len;
  for (; field != end; field++) {
    const abi::_type* type = field->typ;
    const uintptr_t offset = field->offset();
    if ((type->tflag & abi::kTflagRegularMemory) != 0) {
      if (type->size != sizeof(uint64_t)) break;
      if (Load<uint64_t>(p + offset) != Load<uint64_t>(q + offset)) break;
    } else {
      if (type->kind_() != abi::kString || IsBlank(field->name)) break;
      if (!EqualString(p + offset, q + offset)) break;
    }
  }
  return field == end ? Answer::kYes : EqualFieldsFrom(field, end, p, q);
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
