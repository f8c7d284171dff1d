// SPDX-License-Identifier: BSD-3-Clause
//
// runtime.SetFinalizer: is this an object, is that a function that takes it? The messages are part
// of the API.
//
// Before: runtime/gc/finalizer.cc   After: runtime/api/stats.cc
#include <cstdio>

#include "asm/gen/entries.h"
#include "runtime/abi/roots.h"
#include "runtime/base/check.h"
#include "runtime/base/debug_vars.h"
#include "runtime/gc/finalizer.h"
#include "runtime/lang/type.h"
#include "runtime/mem/malloc.h"
#include "runtime/mem/size_class.h"

namespace gort::api {
namespace {

[[noreturn]] void ThrowAbout(const char* before, const abi::_type* type, const char* after) {
  static char text[512];
  abi::String name = lang::TypeText(type);
  snprintf(text, sizeof(text), "runtime.SetFinalizer: %s%.*s%s", before, static_cast<int>(name.len),
           name.str, after);
  Throw(text);
}

[[noreturn]] void ThrowCannotPass(const abi::_type* obj, const abi::_type* fn, const char* why) {
  static char text[512];
  abi::String from = lang::TypeText(obj);
  abi::String to = lang::TypeText(fn);
  snprintf(text, sizeof(text), "runtime.SetFinalizer: cannot pass %.*s to finalizer %.*s%s",
           static_cast<int>(from.len), from.str, static_cast<int>(to.len), to.str, why);
  Throw(text);
}

// Variables of the program are never freed; a finalizer for one is accepted and never runs.
bool IsVariable(const void* p) {
  uintptr_t at = reinterpret_cast<uintptr_t>(p);
  for (const abi::moduledata* m = roots->firstmoduledata; m != nullptr; m = m->next) {
    if ((m->noptrdata <= at && at < m->enoptrdata) || (m->data <= at && at < m->edata) ||
        (m->bss <= at && at < m->ebss) || (m->noptrbss <= at && at < m->enoptrbss)) {
      return true;
    }
  }
  return false;
}

constexpr uint16_t kVariadic = 1 << 15;

// The parameter and result types follow the descriptor of a func type, behind its uncommon part.
abi::_type** FuncTypes(const abi::functype* type) {
  auto* at = reinterpret_cast<const uint8_t*>(type) + sizeof(abi::functype);
  if ((type->typ.tflag & abi::kTflagUncommon) != 0) at += sizeof(abi::uncommontype);
  return reinterpret_cast<abi::_type**>(const_cast<uint8_t*>(at));
}

// Whether a pointer of type `obj` can be an argument for parameter type `param`; *word: what an
// interface parameter has as its first word.
bool Accepts(abi::_type* param, abi::_type* obj, void** word) {
  *word = nullptr;
  if (param == obj) return true;
  if (param->kind_() == abi::kPtr) {
    bool unnamed = lang::Uncommon(param) == nullptr || lang::Uncommon(obj) == nullptr;
    return unnamed && reinterpret_cast<abi::ptrtype*>(param)->elem ==
                          reinterpret_cast<abi::ptrtype*>(obj)->elem;
  }
  if (param->kind_() != abi::kInterface) return false;
  auto* interface = reinterpret_cast<abi::interfacetype*>(param);
  if (interface->method_count() == 0) {
    *word = obj;
    return true;
  }
  abi::String missing;
  *word = lang::GetItab(interface, obj, &missing);
  return *word != nullptr;
}

uintptr_t ResultBytes(const abi::functype* type) {
  abi::_type** types = FuncTypes(type) + type->inCount;
  uintptr_t bytes = 0;
  for (int i = 0; i < (type->outCount & ~kVariadic); i++) {
    uintptr_t align = types[i]->align;
    bytes = ((bytes + align - 1) & ~(align - 1)) + types[i]->size;
  }
  return (bytes + abi::kWord - 1) & ~(abi::kWord - 1);
}

void SetFinalizer(abi::eface obj, abi::eface finalizer) {
  if (debug_vars.sbrk != 0) return;
  if (obj.type == nullptr) ThrowMisuse("runtime.SetFinalizer: first argument is nil");
  if (obj.type->kind_() != abi::kPtr) ThrowAbout("first argument is ", obj.type, ", not pointer");
  abi::_type* elem = reinterpret_cast<abi::ptrtype*>(obj.type)->elem;
  if (elem == nullptr) ThrowMisuse("nil elem type!");
  mem::Object object = mem::FindObject(obj.data);
  if (object.base == 0) {
    if (obj.data == roots->zerobase || IsVariable(obj.data)) return;
    ThrowMisuse("runtime.SetFinalizer: pointer not in allocated block");
  }
  // A value inside a block of the tiny allocator is an object of its own.
  bool inside = reinterpret_cast<uintptr_t>(obj.data) != object.base;
  if (inside && (elem->has_pointers() || elem->size >= mem::kTinySize)) {
    ThrowMisuse("runtime.SetFinalizer: pointer not at beginning of allocated block");
  }
  if (finalizer.type == nullptr) {
    gc::RemoveFinalizer(obj.data);
    return;
  }
  if (finalizer.type->kind_() != abi::kFunc) {
    ThrowAbout("second argument is ", finalizer.type, ", not a function");
  }
  auto* fn_type = reinterpret_cast<abi::functype*>(finalizer.type);
  if ((fn_type->outCount & kVariadic) != 0) {
    ThrowCannotPass(obj.type, finalizer.type, " because dotdotdot");
  }
  gc::FinalizerCall call{};
  if (fn_type->inCount != 1 || !Accepts(FuncTypes(fn_type)[0], obj.type, &call.interface_word)) {
    ThrowCannotPass(obj.type, finalizer.type, "");
  }
  call.fn = static_cast<abi::funcval*>(finalizer.data);
  call.result_size = ResultBytes(fn_type);
  gc::StartFinalizerGoroutine();
  if (!gc::AddFinalizer(obj.data, call)) {
    ThrowMisuse("runtime.SetFinalizer: finalizer already set");
  }
}

}  // namespace

// ---- Entered from Go ----

extern "C" void gort_SetFinalizer(entry::SetFinalizer* a) { SetFinalizer(a->obj, a->finalizer); }

}  // namespace gort::api
