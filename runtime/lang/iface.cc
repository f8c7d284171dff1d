// SPDX-License-Identifier: BSD-3-Clause
//
// Conversions to interfaces that allocate, and assertions that build an itab or fail.
//
// Before: runtime/lang/iface_leaf.cc   After: runtime/lang/checkptr.cc
#include "asm/gen/entries.h"
#include "runtime/abi/roots.h"
#include "runtime/lang/type.h"
#include "runtime/lang/typed_memory.h"
#include "runtime/mem/entry.h"
#include "runtime/mem/malloc.h"
#include "runtime/panic/panic.h"

namespace gort::lang {
namespace {

// A heap copy of a value. It holds nothing yet, but what is copied into it may be white.
void* Box(abi::_type* t, const void* value) {
  void* box = mem::Malloc(t->size, t, t->has_pointers());
  TypedMove(t, box, value);
  return box;
}

template <typename T>
void* BoxPlain(T value) {
  auto* box = static_cast<T*>(mem::Malloc(sizeof(T), nullptr, false));
  *box = value;
  return box;
}

// x.(inter) for a value of dynamic type t. False: has raised.
bool Assert(abi::interfacetype* inter, abi::_type* t, void* data, abi::iface* out) {
  abi::String missing = {nullptr, 0};
  if (t == nullptr) {
    panic::RaiseTypeAssertion(nullptr, nullptr, &inter->typ, missing);
    return false;
  }
  abi::itab* tab = GetItab(inter, t, &missing);
  if (tab == nullptr) {
    panic::RaiseTypeAssertion(nullptr, t, &inter->typ, missing);
    return false;
  }
  *out = {tab, data};
  return true;
}

bool TryAssert(abi::interfacetype* inter, abi::_type* t, void* data, abi::iface* out) {
  abi::itab* tab = t == nullptr ? nullptr : GetItab(inter, t, nullptr);
  *out = {tab, tab == nullptr ? nullptr : data};
  return tab != nullptr;
}

abi::_type* TypeOfTab(const abi::itab* tab) { return tab == nullptr ? nullptr : tab->type; }

// reflect's assignment of a value to a variable of interface type.
void AssignInterface(abi::interfacetype* inter, abi::eface e, abi::iface* dst) {
  abi::iface value;
  if (Assert(inter, e.type, e.data, &value)) TypedMove(&inter->typ, dst, &value);
}

}  // namespace

// ---- Entered from Go ----

extern "C" {

void gort_convT16_slow(entry::convT16_slow* a) {
  a = mem::AfterCollection(a);
  a->ret = BoxPlain(a->val);
}
void gort_convT32_slow(entry::convT32_slow* a) {
  a = mem::AfterCollection(a);
  a->ret = BoxPlain(a->val);
}
void gort_convT64_slow(entry::convT64_slow* a) {
  a = mem::AfterCollection(a);
  a->ret = BoxPlain(a->val);
}
void gort_convTstring_slow(entry::convTstring_slow* a) {
  a = mem::AfterCollection(a);
  a->ret = Box(abi::TypeOf(roots->stringPtr), &a->val);
}
// Any slice type will do for the block: the collector asks only where its pointers are.
void gort_convTslice_slow(entry::convTslice_slow* a) {
  a = mem::AfterCollection(a);
  a->ret = Box(abi::TypeOf(roots->int32SlicePtr), &a->val);
}

void gort_convT2E_slow(entry::convT2E_slow* a) {
  a = mem::AfterCollection(a);
  a->ret = {a->t, Box(a->t, a->elem)};
}
void gort_convT2Enoptr_slow(entry::convT2Enoptr_slow* a) {
  a = mem::AfterCollection(a);
  a->ret = {a->t, Box(a->t, a->elem)};
}
void gort_convT2I_slow(entry::convT2I_slow* a) {
  a = mem::AfterCollection(a);
  a->ret = {a->tab, Box(a->tab->type, a->elem)};
}
void gort_convT2Inoptr_slow(entry::convT2Inoptr_slow* a) {
  a = mem::AfterCollection(a);
  a->ret = {a->tab, Box(a->tab->type, a->elem)};
}

void gort_convI2I_slow(entry::convI2I_slow* a) {
  Assert(a->inter, a->i.tab->type, a->i.data, &a->ret);
}
void gort_assertI2I_slow(entry::assertI2I_slow* a) {
  Assert(a->inter, TypeOfTab(a->i.tab), a->i.data, &a->ret);
}
void gort_assertI2I2_slow(entry::assertI2I2_slow* a) {
  a->ok = TryAssert(a->inter, TypeOfTab(a->i.tab), a->i.data, &a->ret);
}
void gort_assertE2I_slow(entry::assertE2I_slow* a) {
  Assert(a->inter, a->e.type, a->e.data, &a->ret);
}
void gort_assertE2I2_slow(entry::assertE2I2_slow* a) {
  a->ok = TryAssert(a->inter, a->e.type, a->e.data, &a->ret);
}

void gort_panicdottypeE(entry::panicdottypeE* a) {
  panic::RaiseTypeAssertion(a->iface, a->have, a->want, {nullptr, 0});
}
void gort_panicdottypeI(entry::panicdottypeI* a) {
  panic::RaiseTypeAssertion(a->iface, TypeOfTab(a->have), a->want, {nullptr, 0});
}
void gort_panicnildottype(entry::panicnildottype* a) {
  panic::RaiseTypeAssertion(nullptr, nullptr, a->want, {nullptr, 0});
}

void gort_reflect_ifaceE2I(entry::reflect_ifaceE2I* a) { AssignInterface(a->inter, a->e, a->dst); }
void gort_reflectlite_ifaceE2I(entry::reflectlite_ifaceE2I* a) {
  AssignInterface(a->inter, a->e, a->dst);
}

}  // extern "C"

}  // namespace gort::lang
