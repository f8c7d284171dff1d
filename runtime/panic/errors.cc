// SPDX-License-Identifier: BSD-3-Clause
//
// Panics raised by C++, and the texts of runtime errors.
//
// A raised value waits in m->pending_panic for the few instructions between this function and
// runtime.panicPending: the entry's stub jumps there instead of returning (RedirectReturn). The
// goroutine stays on its M meanwhile, as it is in an entry.
//
// Before: runtime/panic/recover.cc   After: runtime/panic/fatal.h
#include "arch/arch.h"
#include "asm/gen/entries.h"
#include "runtime/abi/roots.h"
#include "runtime/base/check.h"
#include "runtime/lang/type.h"  // upward: messages name types
#include "runtime/mem/malloc.h"
#include "runtime/panic/panic.h"
#include "runtime/panic/text.h"
#include "runtime/unwind/unwinder.h"

namespace gort::panic {

namespace {

abi::eface Boxed(abi::_type* type, abi::String text) {
  auto* box = static_cast<abi::String*>(mem::Malloc(sizeof(abi::String), type, true));
  *box = text;
  return {type, box};
}

abi::String Static(const char* text) {
  return {reinterpret_cast<const uint8_t*>(text), static_cast<intptr_t>(__builtin_strlen(text))};
}

// Texts of boundsError by code; %x the value, %y the length or capacity. The second form is for a
// negative value, where the bound says nothing.
struct BoundsText {
  const char* usual;
  const char* negative;
};
constexpr BoundsText kBoundsTexts[] = {
    {"index out of range [%x] with length %y", "index out of range [%x]"},
    {"slice bounds out of range [:%x] with length %y", "slice bounds out of range [:%x]"},
    {"slice bounds out of range [:%x] with capacity %y", "slice bounds out of range [:%x]"},
    {"slice bounds out of range [%x:%y]", "slice bounds out of range [%x:]"},
    {"slice bounds out of range [::%x] with length %y", "slice bounds out of range [::%x]"},
    {"slice bounds out of range [::%x] with capacity %y", "slice bounds out of range [::%x]"},
    {"slice bounds out of range [:%x:%y]", "slice bounds out of range [:%x:]"},
    {"slice bounds out of range [%x:%y:]", "slice bounds out of range [%x::]"},
};

// The text of a *TypeAssertionError; two types of the same text are told apart at its end.
void AppendTypeAssertion(Text* out, abi::_type* iface, abi::_type* have, abi::_type* want,
                         abi::String missing_method) {
  abi::String inter = iface == nullptr ? Static("interface") : lang::TypeText(iface);
  out->Add("interface conversion: ");
  if (have == nullptr) {
    out->Add(inter).Add(" is nil, not ").Add(lang::TypeText(want));
    return;
  }
  abi::String have_text = lang::TypeText(have);
  abi::String want_text = lang::TypeText(want);
  if (missing_method.len != 0) {
    out->Add(have_text).Add(" is not ").Add(want_text);
    out->Add(": missing method ").Add(missing_method);
    return;
  }
  out->Add(inter).Add(" is ").Add(have_text).Add(", not ").Add(want_text);
  if (!Same(have_text, want_text)) return;
  if (!Same(lang::PackagePath(have), lang::PackagePath(want))) {
    out->Add(" (types from different packages)");
  } else {
    out->Add(" (types from different scopes)");
  }
}

}  // namespace

void Raise(abi::eface value) {
  G* g0 = arch::GetG();
  M* m = g0->m;
  GORT_CHECK(m->curg != nullptr && m->curg->sched.sp != 0, "panic on system stack");
  m->pending_panic = value;
  arch::RedirectReturn(m->curg, roots->panicPending->fn);
}

void RaiseErrorString(abi::String text) { Raise(Boxed(TypeOf(roots->errorStringPtr), text)); }
void RaiseError(const char* text) { RaiseErrorString(Static(text)); }
void RaisePlain(const char* text) { Raise(Boxed(TypeOf(roots->plainErrorPtr), Static(text))); }

void RaiseTypeAssertion(abi::_type* iface, abi::_type* have, abi::_type* want,
                        abi::String missing_method) {
  struct Error {
    abi::_type* iface;
    abi::_type* concrete;
    abi::_type* asserted;
    abi::String missing_method;
  };
  abi::_type* pointer_type = roots->TypeAssertionErrorPtr.type;
  auto* e = static_cast<Error*>(mem::NewObject(TypeOf(roots->TypeAssertionErrorPtr)));
  *e = {iface, have, want, missing_method};
  Raise({pointer_type, e});
}

// ---- Entered from Go ----

extern "C" void gort_boundsErrorText(entry::boundsErrorText* a) {
  const BoundsText& texts = kBoundsTexts[a->code & 7];
  bool negative = a->signed_ && a->x < 0;
  Text out;
  out.Add("runtime error: ");
  for (const char* f = negative ? texts.negative : texts.usual; *f != 0; f++) {
    if (*f != '%') {
      out.AddByte(static_cast<uint8_t>(*f));
      continue;
    }
    f++;
    if (*f == 'y') {
      out.AddInt(a->y);
    } else if (a->signed_) {
      out.AddInt(a->x);
    } else {
      out.AddUint(static_cast<uint64_t>(a->x));
    }
  }
  a->ret = out.ToHeap();
}

extern "C" void gort_typeAssertionText(entry::typeAssertionText* a) {
  Text out;
  AppendTypeAssertion(&out, a->iface, a->concrete, a->asserted, a->missingMethod);
  a->ret = out.ToHeap();
}

// reflectcall (arch/<cpu>/call.s) has no frame for an argument block of more than 1 GB.
extern "C" void gort_reflectcall_too_large(void*) {
  RaisePlain("arg size to reflect.call more than 1GB");
}

// A method with a value receiver was called through a nil pointer by a compiled wrapper named
// "pkg.(*T).Method".
extern "C" void gort_panicwrap(entry::panicwrap*) {
  G* g = arch::GetG()->m->curg;
  const char* name = unwind::FuncName(unwind::FindFunc(arch::CallerOf(g->sched).pc - 1));
  abi::String all = Static(name);
  intptr_t open = 0;
  while (open < all.len && name[open] != '(') open++;
  intptr_t close = open;
  while (close < all.len && name[close] != ')') close++;
  if (open < 1 || name[open - 1] != '.' || name[open + 1] != '*' || close + 1 >= all.len ||
      name[close + 1] != '.') {
    return ThrowMisuse("panicwrap: the caller is not a method wrapper");
  }
  abi::String package = {all.str, open - 1};
  abi::String type = {all.str + open + 2, close - open - 2};
  abi::String method = {all.str + close + 2, all.len - close - 2};
  Text out;
  out.Add("value method ").Add(package).Add(".").Add(type).Add(".").Add(method);
  out.Add(" called using nil *").Add(type).Add(" pointer");
  Raise(Boxed(TypeOf(roots->plainErrorPtr), out.ToHeap()));
}

}  // namespace gort::panic
