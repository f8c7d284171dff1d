// SPDX-License-Identifier: BSD-3-Clause
//
// Reading type descriptors: names, and the 32-bit offsets by which they refer to names, types and
// code.
//
// An offset counts from the `types` (or `text`) of the module that contains the descriptor.
// Descriptors that reflect makes at run time are in no module: their offsets are negative numbers
// that addReflectOff gave out, indices of a table.
//
//   name   flag byte | length, 2 bytes big endian | bytes | [tag length, tag] | [package path:
//          nameOff, 4 bytes]
//
// Before: runtime/lang/hash.cc   After: runtime/lang/itab.h
#include "runtime/lang/type.h"

#include <cstring>

#include "asm/gen/entries.h"
#include "runtime/abi/roots.h"
#include "runtime/base/check.h"
#include "runtime/base/lock.h"
#include "runtime/base/upcalls.h"
#include "runtime/lang/bytes.h"
#include "runtime/mem/malloc.h"
#include "runtime/panic/panic.h"
#include "runtime/panic/text.h"

namespace gort::lang {
namespace {

constexpr uint8_t kNameExported = 1;
constexpr uint8_t kNameHasTag = 2;
constexpr uint8_t kNameHasPackage = 4;

intptr_t NameLength(const uint8_t* p) { return p[0] << 8 | p[1]; }

const abi::moduledata* ModuleOf(const void* in_module) {
  const uintptr_t p = reinterpret_cast<uintptr_t>(in_module);
  for (const abi::moduledata* m = roots->firstmoduledata; m != nullptr; m = m->next) {
    if (m->types <= p && p < m->etypes) return m;
  }
  return nullptr;
}

// What reflect registered: offset -1 - i means table[i]. Entries may be heap pointers, so the table
// is a root of the collector (ForEachReflectOffset). Guarded by the lock; it only grows.
struct ReflectOffsets {
  Lock lock{LockRank::kReflectOffs};
  void** table = nullptr;
  intptr_t count = 0;
  intptr_t capacity = 0;
};
constinit ReflectOffsets reflect_offsets;

int32_t AddReflectOffset(void* p) {
  ReflectOffsets& offsets = reflect_offsets;
  LockGuard guard(&offsets.lock);
  for (intptr_t i = 0; i < offsets.count; i++) {
    if (offsets.table[i] == p) return static_cast<int32_t>(-1 - i);
  }
  if (offsets.count == offsets.capacity) {
    const intptr_t capacity = offsets.capacity == 0 ? 512 : offsets.capacity * 2;
    auto** table =
        static_cast<void**>(mem::SysAlloc(static_cast<uintptr_t>(capacity) * sizeof(void*)));
    if (offsets.capacity != 0) {
      const uintptr_t bytes = static_cast<uintptr_t>(offsets.capacity) * sizeof(void*);
      memcpy(table, offsets.table, bytes);
      mem::SysFree(offsets.table, bytes);
    }
    offsets.table = table;
    offsets.capacity = capacity;
  }
  offsets.table[offsets.count++] = p;
  return static_cast<int32_t>(-offsets.count);
}

void* ReflectOffset(int32_t off) {
  ReflectOffsets& offsets = reflect_offsets;
  LockGuard guard(&offsets.lock);
  const intptr_t i = -1 - static_cast<intptr_t>(off);
  GORT_CHECK(i >= 0 && i < offsets.count, "runtime: offset base pointer out of range");
  return offsets.table[i];
}

}  // namespace

void ForEachReflectOffset(void (*visit)(void**, void*), void* arg) {
  LockGuard guard(&reflect_offsets.lock);
  for (intptr_t i = 0; i < reflect_offsets.count; i++) visit(&reflect_offsets.table[i], arg);
}

abi::name ResolveNameOff(const void* in_module, abi::nameOff off) {
  if (off == 0) return {nullptr};
  const abi::moduledata* m = ModuleOf(in_module);
  if (m == nullptr) return {static_cast<const uint8_t*>(ReflectOffset(off))};
  return {reinterpret_cast<const uint8_t*>(m->types + static_cast<uintptr_t>(off))};
}

abi::_type* ResolveTypeOff(const void* in_module, abi::typeOff off) {
  if (off == 0 || off == -1) return nullptr;  // -1: the linker removed the method
  const abi::moduledata* m = ModuleOf(in_module);
  if (m == nullptr) return static_cast<abi::_type*>(ReflectOffset(off));
  return reinterpret_cast<abi::_type*>(m->types + static_cast<uintptr_t>(off));
}

uintptr_t ResolveTextOff(const void* in_module, abi::textOff off) {
  const abi::moduledata* m = ModuleOf(in_module);
  if (m == nullptr) return reinterpret_cast<uintptr_t>(ReflectOffset(off));
  return m->text + static_cast<uintptr_t>(off);
}

abi::String NameText(abi::name n) {
  if (n.bytes == nullptr) return {nullptr, 0};
  return {n.bytes + 3, NameLength(n.bytes + 1)};
}

bool NameExported(abi::name n) { return (n.bytes[0] & kNameExported) != 0; }

abi::String NamePackage(abi::name n) {
  if (n.bytes == nullptr || (n.bytes[0] & kNameHasPackage) == 0) return {nullptr, 0};
  const uint8_t* p = n.bytes + 3 + NameLength(n.bytes + 1);
  if ((n.bytes[0] & kNameHasTag) != 0) p += 2 + NameLength(p);
  return NameText(ResolveNameOff(n.bytes, Load<int32_t>(p)));
}

abi::String TypeText(const abi::_type* t) {
  abi::String text = NameText(ResolveNameOff(t, t->str));
  if ((t->tflag & abi::kTflagExtraStar) != 0) {
    text.str++;
    text.len--;
  }
  return text;
}

const abi::uncommontype* Uncommon(const abi::_type* t) {
  if ((t->tflag & abi::kTflagUncommon) == 0) return nullptr;
  uintptr_t size = sizeof(abi::_type);
  switch (t->kind_()) {
    case abi::kStruct:
      size = sizeof(abi::structtype);
      break;
    case abi::kPtr:
      size = sizeof(abi::ptrtype);
      break;
    case abi::kFunc:
      size = sizeof(abi::functype);
      break;
    case abi::kSlice:
      size = sizeof(abi::slicetype);
      break;
    case abi::kArray:
      size = sizeof(abi::arraytype);
      break;
    case abi::kChan:
      size = sizeof(abi::chantype);
      break;
    case abi::kMap:
      size = sizeof(abi::maptype);
      break;
    case abi::kInterface:
      size = sizeof(abi::interfacetype);
      break;
    default:
      break;
  }
  return reinterpret_cast<const abi::uncommontype*>(reinterpret_cast<const uint8_t*>(t) + size);
}

abi::String PackagePath(const abi::_type* t) {
  if (const abi::uncommontype* u = Uncommon(t)) return NameText(ResolveNameOff(t, u->pkgpath));
  if (t->kind_() == abi::kStruct)
    return NameText(reinterpret_cast<const abi::structtype*>(t)->pkgPath);
  if (t->kind_() == abi::kInterface) {
    return NameText(reinterpret_cast<const abi::interfacetype*>(t)->pkgpath);
  }
  return {nullptr, 0};
}

void RaiseWithType(const char* text, const abi::_type* t) {
  panic::Text message;
  message.Add(text).Add(TypeText(t));
  panic::RaiseErrorString(message.ToHeap());
}

// ---- Entered from Go ----

extern "C" {

void gort_reflect_resolveNameOff(entry::reflect_resolveNameOff* a) {
  a->ret = const_cast<uint8_t*>(ResolveNameOff(a->ptrInModule, a->off).bytes);
}
void gort_reflectlite_resolveNameOff(entry::reflectlite_resolveNameOff* a) {
  a->ret = const_cast<uint8_t*>(ResolveNameOff(a->ptrInModule, a->off).bytes);
}
void gort_reflect_resolveTypeOff(entry::reflect_resolveTypeOff* a) {
  a->ret = ResolveTypeOff(a->rtype, a->off);
}
void gort_reflectlite_resolveTypeOff(entry::reflectlite_resolveTypeOff* a) {
  a->ret = ResolveTypeOff(a->rtype, a->off);
}
void gort_reflect_resolveTextOff(entry::reflect_resolveTextOff* a) {
  a->ret = reinterpret_cast<void*>(ResolveTextOff(a->rtype, a->off));
}
void gort_reflect_addReflectOff(entry::reflect_addReflectOff* a) {
  gc::Shade(a->ptr);
  a->ret = AddReflectOffset(a->ptr);
}

// One element per module: its `types`, and its type links (offsets sorted by the types' text).
void gort_reflect_typelinks(entry::reflect_typelinks* a) {
  intptr_t modules = 0;
  for (const abi::moduledata* m = roots->firstmoduledata; m != nullptr; m = m->next) modules++;
  const uintptr_t n = static_cast<uintptr_t>(modules);
  auto** sections =
      static_cast<void**>(mem::Malloc(n * sizeof(void*), abi::TypeOf(roots->pointerPtr), true));
  auto* links = static_cast<abi::Slice*>(
      mem::Malloc(n * sizeof(abi::Slice), abi::TypeOf(roots->int32SlicePtr), true));
  intptr_t i = 0;
  for (const abi::moduledata* m = roots->firstmoduledata; m != nullptr; m = m->next, i++) {
    sections[i] = reinterpret_cast<void*>(m->types);
    links[i] = m->typelinks;
  }
  a->sections = {sections, modules, modules};
  a->offsets = {links, modules, modules};
}

}  // extern "C"

}  // namespace gort::lang
