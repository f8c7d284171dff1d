// SPDX-License-Identifier: BSD-3-Clause
//
// Equality of values of any type, from the type descriptor alone.
//
// The parts of an aggregate are compared in the order of the source, and the walk ends at the first
// difference. The order is visible: a part that cannot be compared (an interface that holds a
// slice) panics, unless a difference was found before.
//
// Before: runtime/lang/walk.h   After: runtime/lang/hash.cc
#include "asm/gen/entries.h"
#include "runtime/lang/type.h"
#include "runtime/lang/value_inl.h"
#include "runtime/lang/walk.h"
#include "runtime/panic/panic.h"

namespace gort::lang {

CompareResult Equal(const abi::_type* t, const void* p, const void* q) {
  constexpr CompareResult different = {false, nullptr};
  WalkStack stack;
  for (;;) {
    // Compare (t, p, q), or push it and go on with its first part.
    if (t->equal == nullptr) return {false, const_cast<abi::_type*>(t)};
    const Answer answer = EqualSimple(t, p, q);
    if (answer == Answer::kNo) return different;
    if (answer == Answer::kWalk) {
      if (t->kind_() == abi::kInterface) {
        // Also for interfaces with methods: one (interface, type) pair has one itab.
        if (Load<uintptr_t>(p) != Load<uintptr_t>(q)) return different;
        const Dynamic x = DynamicOf(t, p), y = {x.type, DynamicOf(t, q).word};
        if (x.type != nullptr) {
          if (x.type->equal == nullptr) return {false, x.type};
          t = x.type;
          p = x.data();
          q = y.data();
          continue;
        }
      } else {
        stack.Push(t, p, q);
      }
    }
    // The next part of the innermost aggregate that has one.
    for (;;) {
      if (stack.empty()) return {true, nullptr};
      const WalkEntry at = stack.top();
      const Part part = NextPart(&stack.top());
      if (part.last) stack.Pop();
      if (part.type == nullptr) continue;
      t = part.type;
      p = at.p + part.offset;
      q = at.q + part.offset;
      break;
    }
  }
}

namespace {

void RaiseUncomparable(abi::_type* t) { RaiseWithType("comparing uncomparable type ", t); }

// The data words of two interfaces of the same dynamic type.
template <typename Args>
void EqualDataSlow(Args* a, abi::_type* t, const void* x, const void* y) {
  if (t->equal == nullptr) return RaiseUncomparable(t);
  const CompareResult result = Equal(t, x, y);
  if (result.uncomparable != nullptr) return RaiseUncomparable(result.uncomparable);
  a->ret = result.equal;
}

}  // namespace

// ---- Entered from Go ---- The leaf halves have seen that the type words are equal and that the
// values lie behind the data words.

extern "C" {

void gort_efaceeq_slow(entry::efaceeq_slow* a) { EqualDataSlow(a, a->t, a->x, a->y); }
void gort_ifaceeq_slow(entry::ifaceeq_slow* a) { EqualDataSlow(a, a->tab->type, a->x, a->y); }

void gort_nilinterequal_slow(entry::nilinterequal_slow* a) {
  auto* x = static_cast<abi::eface*>(a->p);
  EqualDataSlow(a, x->type, x->data, static_cast<abi::eface*>(a->q)->data);
}

void gort_interequal_slow(entry::interequal_slow* a) {
  auto* x = static_cast<abi::iface*>(a->p);
  EqualDataSlow(a, x->tab->type, x->data, static_cast<abi::iface*>(a->q)->data);
}

}  // extern "C"

}  // namespace gort::lang
