// SPDX-License-Identifier: BSD-3-Clause
//
// Making method tables.
//
// The compiler makes the itabs of conversions whose types it knows; boot enters those (InitItabs).
// All others are made here at the first assertion or conversion. Both method lists are sorted by
// name, so one pass over the type's list finds all methods of the interface:
//
//   interface   Close      Read        Write
//   type        Close Len  Read  Seek  Write      same name, same type, and for unexported names
//                                                 the same package
//
// Before: runtime/lang/itab.h   After: runtime/lang/iface_leaf.cc
#include "runtime/lang/itab.h"

#include <cstring>

#include "runtime/abi/roots.h"
#include "runtime/base/check.h"
#include "runtime/base/lock.h"
#include "runtime/lang/type.h"
#include "runtime/mem/malloc.h"
#include "runtime/panic/text.h"

namespace gort::lang {

Atomic<ItabTable*> itab_table;

namespace {

constinit Lock itab_lock{LockRank::kItabs};

constexpr uintptr_t kFirstSlots = 512;

ItabTable* NewTable(uintptr_t slots) {
  auto* table = static_cast<ItabTable*>(
      mem::PersistentAlloc(sizeof(ItabTable) + (slots - 1) * sizeof(abi::itab*), 64));
  table->mask = slots - 1;
  return table;
}

void Insert(ItabTable* table, abi::itab* tab) {
  uintptr_t at = ItabHash(tab->inter, tab->type) & table->mask;
  for (uintptr_t step = 1; table->slots[at].LoadRelaxed() != nullptr; step++) {  // Under the lock.
    at = (at + step) & table->mask;
  }
  table->slots[at].StoreRelease(tab);
  table->count++;
}

// Lock held.
void AddItab(abi::itab* tab) {
  ItabTable* table = itab_table.LoadRelaxed();  // Only written under the lock.
  if (4 * table->count >= 3 * (table->mask + 1)) {
    ItabTable* larger = NewTable(2 * (table->mask + 1));
    for (uintptr_t i = 0; i <= table->mask; i++) {
      if (abi::itab* old = table->slots[i].LoadRelaxed()) Insert(larger, old);  // Under the lock.
    }
    itab_table.StoreRelease(larger);
    table = larger;
  }
  Insert(table, tab);
}

using panic::Same;

// The package that an unexported name belongs to.
abi::String PackageOfName(abi::name n, abi::String otherwise) {
  const abi::String own = NamePackage(n);
  return own.len != 0 ? own : otherwise;
}

// Fills tab->fun. Returns the name of the first method that the type lacks, or an empty one.
abi::String FillMethods(abi::itab* tab) {
  const abi::interfacetype* inter = tab->inter;
  const abi::_type* type = tab->type;
  const abi::uncommontype* uncommon = Uncommon(type);
  const abi::method* method = nullptr;
  const abi::method* end = nullptr;
  abi::String type_package = {nullptr, 0};
  if (uncommon != nullptr) {
    method = reinterpret_cast<const abi::method*>(reinterpret_cast<const uint8_t*>(uncommon) +
                                                  uncommon->moff);
    end = method + uncommon->mcount;
    type_package = NameText(ResolveNameOff(type, uncommon->pkgpath));
  }
  uintptr_t first = 0;
  for (intptr_t i = 0; i < inter->method_count(); i++) {
    const abi::imethod& wanted = inter->methods()[i];
    const abi::name name = ResolveNameOff(&inter->typ, wanted.name);
    const abi::String text = NameText(name);
    const abi::_type* signature = ResolveTypeOff(&inter->typ, wanted.ityp);
    for (;; method++) {
      if (method == end) {
        tab->fun[0] = 0;
        return text;
      }
      const abi::name own = ResolveNameOff(type, method->name);
      if (ResolveTypeOff(type, method->mtyp) != signature || !Same(NameText(own), text)) continue;
      if (NameExported(own) ||
          Same(PackageOfName(own, type_package), PackageOfName(name, NameText(inter->pkgpath)))) {
        break;
      }
    }
    const uintptr_t code = ResolveTextOff(type, method->ifn);
    method++;
    if (i == 0) {
      first = code;  // stored last: fun[0] != 0 says that the table is complete
    } else {
      tab->fun[i] = code;
    }
  }
  tab->fun[0] = first;
  return {nullptr, 0};
}

}  // namespace

abi::itab* GetItab(abi::interfacetype* inter, abi::_type* type, abi::String* missing) {
  GORT_CHECK(inter->method_count() != 0, "internal error - misuse of itab");
  abi::itab* tab = FindItab(inter, type);
  if (tab == nullptr) {
    LockGuard guard(&itab_lock);
    tab = FindItab(inter, type);
    if (tab == nullptr) {
      const uintptr_t methods = static_cast<uintptr_t>(inter->method_count());
      tab = static_cast<abi::itab*>(
          mem::PersistentAlloc(sizeof(abi::itab) + (methods - 1) * sizeof(uintptr_t), 0));
      tab->inter = inter;
      tab->type = type;
      tab->hash = type->hash;
      FillMethods(tab);
      AddItab(tab);
    }
  }
  if (tab->fun[0] != 0) return tab;
  if (missing != nullptr) *missing = FillMethods(tab);
  return nullptr;
}

void InitItabs() {
  LockGuard guard(&itab_lock);
  itab_table.StoreRelease(NewTable(kFirstSlots));
  for (const abi::moduledata* m = roots->firstmoduledata; m != nullptr; m = m->next) {
    auto** links = static_cast<abi::itab**>(m->itablinks.array);
    for (intptr_t i = 0; i < m->itablinks.len; i++) AddItab(links[i]);
  }
}

void ForEachItab(void (*visit)(abi::itab*, void*), void* arg) {
  ItabTable* table = itab_table.LoadAcquire();
  for (uintptr_t i = 0; i <= table->mask; i++) {
    if (abi::itab* tab = table->slots[i].LoadAcquire()) visit(tab, arg);
  }
}

}  // namespace gort::lang
