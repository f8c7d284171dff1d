// SPDX-License-Identifier: BSD-3-Clause
//
// Makes the tables that Go's linker would write: a moduledata for functions that a test invents.
//
//   ModuleBuilder module;
//   module.Add({.name = "main.f", .entry = code, .size = 64, .args = 16,
//               .frame_size = {{0, 0}, {4, 32}},          from offset 0 no frame, from offset 4 on
//                                                         32 bytes
//               .stack_map = {{0, -1}, {4, 1}},
//               .args_maps = {"10", "11"}, .locals_maps = {"000", "101"}});
//   unwind::SetModules(module.Build());
//
// Addresses are whatever the test says: code that runs (emitted by it), or numbers.
//
// Before: runtime/abi/module.h   After: tests/support/stack_builder.h
#ifndef GORT_TESTS_SUPPORT_MODULE_BUILDER_H_
#define GORT_TESTS_SUPPORT_MODULE_BUILDER_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "runtime/abi/module.h"

namespace gort::testing_support {

// A table's value from an offset in the function on.
struct Step {
  uint32_t offset;
  int32_t value;
};

struct InlinedCall {
  int16_t parent;
  std::string name;
  int32_t parent_pc;
  abi::FuncID id = abi::kFuncNormal;
};

struct FunctionSpec {
  std::string name;
  uintptr_t entry = 0;
  uintptr_t size = 0;
  int32_t args = 0;
  abi::FuncID id = abi::kFuncNormal;
  uint32_t deferreturn = 0;
  std::vector<Step> frame_size = {};
  std::vector<Step> line = {};
  std::vector<Step> unsafe_point = {};
  std::vector<Step> stack_map = {};
  std::vector<Step> inline_index = {};
  // One text per map: character i is '1' when word i is a pointer. No map at all: no FUNCDATA.
  std::vector<std::string> args_maps = {};
  std::vector<std::string> locals_maps = {};
  std::vector<abi::stackObjectRecord> objects = {};
  std::vector<InlinedCall> inlined = {};
  const void* open_defers = nullptr;
};

class ModuleBuilder {
 public:
  // In any order; ranges may not overlap. What lies between functions belongs to the one before.
  void Add(FunctionSpec spec) { functions_.push_back(std::move(spec)); }
  // The tables; they live as long as the builder.
  abi::moduledata* Build();
  const FunctionSpec& function(size_t i) const { return functions_[i]; }

 private:
  uint32_t AddText(const std::string& text);
  uint32_t AddTable(const FunctionSpec& f, const std::vector<Step>& steps);
  const void* AddMaps(const std::vector<std::string>& maps);
  const void* AddObjects(const FunctionSpec& f);
  const void* AddInlineTree(const FunctionSpec& f);
  void AddFunction(const FunctionSpec& f);
  void AddBuckets();

  std::vector<FunctionSpec> functions_;
  std::vector<uint8_t> blob_;
  std::vector<abi::functab> ftab_;
  std::vector<uint32_t> files_;
  std::vector<abi::findfuncbucket> buckets_;
  std::deque<std::vector<uint64_t>> data_;  // FUNCDATA; addresses stay
  abi::moduledata module_{};
};

}  // namespace gort::testing_support

#endif  // GORT_TESTS_SUPPORT_MODULE_BUILDER_H_
