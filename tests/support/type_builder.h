// SPDX-License-Identifier: BSD-3-Clause
//
// TypeBuilder: type descriptors made by a test, as gc would write them into read-only data.
//
// Descriptors and names lie in one block, which is also the `types` section of a module that the
// builder makes, so that offsets resolve. Everything lives as long as the builder.
//
// Before: tests/support/m_with_p.h   After: tests/support/type_builder.cc
#ifndef GORT_TESTS_SUPPORT_TYPE_BUILDER_H_
#define GORT_TESTS_SUPPORT_TYPE_BUILDER_H_

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "runtime/abi/roots.h"
#include "runtime/abi/type.h"

namespace gort::testing_support {

class TypeBuilder {
 public:
  TypeBuilder();

  // Predeclared types: integers, bool, uintptr, unsafe.Pointer are plain memory.
  abi::_type* Plain(abi::Kind kind, uintptr_t size, const std::string& name);
  abi::_type* Int() { return Plain(abi::kInt, 8, "int"); }
  abi::_type* Int32() { return Plain(abi::kInt32, 4, "int32"); }
  abi::_type* Uint8() { return Plain(abi::kUint8, 1, "uint8"); }
  abi::_type* Pointer(const std::string& name);
  abi::_type* Float64();
  abi::_type* Float32();
  abi::_type* String();
  abi::_type* SliceOfInt();  // not comparable

  struct Field {
    std::string name;
    abi::_type* type;
  };
  abi::structtype* Struct(const std::string& name, const std::vector<Field>& fields);
  abi::arraytype* Array(abi::_type* elem, uintptr_t n);
  abi::_type* EmptyInterface();
  // Methods have type func() in the order given, which must be sorted.
  abi::interfacetype* Interface(const std::string& name, const std::vector<std::string>& methods);
  // Gives a struct of one word methods of type func(); their code addresses are 100, 101, ...
  abi::_type* WithMethods(const std::string& name, const std::vector<std::string>& methods,
                          const std::string& package);
  abi::maptype* Map(abi::_type* key, abi::_type* elem);

  abi::moduledata* module() { return &module_; }
  // Sets the entries of `roots` that maps, strings and interfaces ask for.
  void FillRoots(abi::Roots* roots);

 private:
  void* Take(uintptr_t size);
  int32_t Offset(const void* p) {
    return static_cast<int32_t>(static_cast<const uint8_t*>(p) - block_.get());
  }
  abi::name Name(const std::string& text, bool exported);
  void Describe(abi::_type* t, abi::Kind kind, uintptr_t size, uint8_t align,
                const std::string& name);
  // Pointer words, one bool per word.
  void SetPointers(abi::_type* t, const std::vector<bool>& words);
  static std::vector<bool> PointersOf(const abi::_type* t);
  abi::eface PointerTo(abi::_type* t);
  abi::_type* FuncType();

  std::unique_ptr<uint8_t[]> block_;
  uintptr_t used_ = 64;
  abi::moduledata module_{};
  abi::_type* func_type_ = nullptr;
  uint32_t next_hash_ = 1;
};

}  // namespace gort::testing_support

#endif  // GORT_TESTS_SUPPORT_TYPE_BUILDER_H_
