// SPDX-License-Identifier: BSD-3-Clause
//
// Reading type descriptors: names, offsets, methods, structural equality and hash of any value.
//
// Equal and Hash compute from the descriptor alone, with an explicit work list instead of
// recursion, so a value of any depth is compared in constant stack and no Go code is called.
// compiled equality closures stay what gc calls itself.
//
// Before: runtime/sched/sched.h   After: runtime/lang/equal.cc
#ifndef GORT_RUNTIME_LANG_TYPE_H_
#define GORT_RUNTIME_LANG_TYPE_H_

#include "runtime/abi/module.h"
#include "runtime/abi/type.h"
#include "runtime/base/stack_rules.h"

namespace gort::lang {

abi::name ResolveNameOff(const void* in_module, abi::nameOff off);
abi::_type* ResolveTypeOff(const void* in_module, abi::typeOff off);
uintptr_t ResolveTextOff(const void* in_module, abi::textOff off);

abi::String NameText(abi::name n);
bool NameExported(abi::name n);
abi::String NamePackage(abi::name n);          // "" when the name carries none
abi::String TypeText(const abi::_type* t);     // "*main.T", as %T prints it
abi::String PackagePath(const abi::_type* t);  // "" for unnamed and predeclared types
const abi::uncommontype* Uncommon(const abi::_type* t);
// Raises the runtime error `text` + TypeText(t).
GORT_SYSTEM_STACK void RaiseWithType(const char* text, const abi::_type* t);
// Words that reflect registered as offsets; they may point into the heap. World stopped.
void ForEachReflectOffset(void (*visit)(void**, void*), void* arg);

// Result of an operation that can meet a value without equality.
struct CompareResult {
  bool equal;
  abi::_type* uncomparable;  // non-null: the dynamic type that cannot be compared or hashed
};
GORT_SYSTEM_STACK CompareResult Equal(const abi::_type* t, const void* p, const void* q);
struct HashResult {
  uintptr_t hash;
  abi::_type* unhashable;
};
GORT_SYSTEM_STACK HashResult Hash(const abi::_type* t, const void* p, uintptr_t seed);

// Method table of (inter, type), made on demand; nullptr when type lacks a method (then *missing
// names it).
GORT_SYSTEM_STACK abi::itab* GetItab(abi::interfacetype* inter, abi::_type* type,
                                     abi::String* missing);
// Registers the itabs the compiler made. Boot.
void InitItabs();

}  // namespace gort::lang

#endif  // GORT_RUNTIME_LANG_TYPE_H_
