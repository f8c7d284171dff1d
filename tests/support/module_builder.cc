// SPDX-License-Identifier: BSD-3-Clause
//
// The writer of the format that runtime/unwind/func_table.h and pc_value.h describe.
//
// Before: tests/support/module_builder.h   After: tests/support/stack_builder.h
#include "tests/support/module_builder.h"

#include <algorithm>
#include <cstring>

#include "arch/arch.h"

namespace gort::testing_support {
namespace {

constexpr uintptr_t kBucket = 4096;
constexpr uintptr_t kSubBucket = 256;
constexpr size_t kRoom = 1 << 22;  // the blob does not move while records in it are pointed to

void AppendVarint(std::vector<uint8_t>* out, uint32_t v) {
  for (; v >= 0x80; v >>= 7) out->push_back(static_cast<uint8_t>(v | 0x80));
  out->push_back(static_cast<uint8_t>(v));
}

uint32_t ZigZag(int32_t v) {
  return (static_cast<uint32_t>(v) << 1) ^ static_cast<uint32_t>(v >> 31);
}

}  // namespace

uint32_t ModuleBuilder::AddText(const std::string& text) {
  const uint32_t offset = static_cast<uint32_t>(blob_.size());
  blob_.insert(blob_.end(), text.begin(), text.end());
  blob_.push_back(0);
  return offset;
}

uint32_t ModuleBuilder::AddTable(const FunctionSpec& f, const std::vector<Step>& steps) {
  if (steps.empty()) return 0;
  const uint32_t offset = static_cast<uint32_t>(blob_.size());
  int32_t value = -1;
  for (size_t i = 0; i < steps.size(); ++i) {
    const uint32_t end = i + 1 < steps.size() ? steps[i + 1].offset : static_cast<uint32_t>(f.size);
    // A value that does not change would look like the end of the table.
    if (i != 0 && steps[i].value == value) abort();
    AppendVarint(&blob_, ZigZag(steps[i].value - value));
    AppendVarint(&blob_, static_cast<uint32_t>((end - steps[i].offset) / arch::kPcQuantum));
    value = steps[i].value;
  }
  blob_.push_back(0);
  return offset;
}

const void* ModuleBuilder::AddMaps(const std::vector<std::string>& maps) {
  if (maps.empty()) return nullptr;
  const size_t bits = maps[0].size();
  const size_t stride = (bits + 7) / 8;
  auto& words = data_.emplace_back((8 + stride * maps.size() + 15) / 8);
  auto* map = reinterpret_cast<abi::stackmap*>(words.data());
  map->n = static_cast<int32_t>(maps.size());
  map->nbit = static_cast<int32_t>(bits);
  for (size_t m = 0; m < maps.size(); ++m) {
    for (size_t i = 0; i < bits; ++i) {
      if (maps[m][i] == '1') map->bytedata[m * stride + i / 8] |= static_cast<uint8_t>(1 << i % 8);
    }
  }
  return map;
}

const void* ModuleBuilder::AddObjects(const FunctionSpec& f) {
  if (f.objects.empty()) return nullptr;
  auto& words = data_.emplace_back(1 + 2 * f.objects.size());
  words[0] = f.objects.size();
  memcpy(&words[1], f.objects.data(), f.objects.size() * sizeof(f.objects[0]));
  return words.data();
}

const void* ModuleBuilder::AddInlineTree(const FunctionSpec& f) {
  if (f.inlined.empty()) return nullptr;
  auto& words = data_.emplace_back((f.inlined.size() * sizeof(abi::inlinedCall) + 7) / 8);
  auto* calls = reinterpret_cast<abi::inlinedCall*>(words.data());
  for (size_t i = 0; i < f.inlined.size(); ++i) {
    calls[i] = {.parent = f.inlined[i].parent,
                .funcID = f.inlined[i].id,
                .unused = 0,
                .file = 1,
                .line = 1,
                .func_ = static_cast<int32_t>(AddText(f.inlined[i].name)),
                .parentPc = f.inlined[i].parent_pc};
  }
  return calls;
}

void ModuleBuilder::AddFunction(const FunctionSpec& f) {
  const uint32_t tables[] = {AddTable(f, f.unsafe_point), AddTable(f, f.stack_map),
                             AddTable(f, f.inline_index)};
  const void* funcdata[] = {AddMaps(f.args_maps), AddMaps(f.locals_maps), nullptr,
                            AddObjects(f),        AddInlineTree(f),       f.open_defers};
  abi::_func record = {};
  record.entry = f.entry;
  record.nameoff = static_cast<int32_t>(AddText(f.name));
  record.args = f.args;
  record.deferreturn = f.deferreturn;
  record.pcsp = static_cast<int32_t>(AddTable(f, f.frame_size));
  record.pcfile = static_cast<int32_t>(AddTable(f, {{0, 1}}));
  record.pcln = static_cast<int32_t>(AddTable(f, f.line));
  record.npcdata = 3;
  record.funcID = f.id;
  record.nfuncdata = 6;
  while (blob_.size() % 8 != 0) blob_.push_back(0);
  const size_t offset = blob_.size();
  auto append = [this](const void* from, size_t n) {
    const auto* bytes = static_cast<const uint8_t*>(from);
    blob_.insert(blob_.end(), bytes, bytes + n);
  };
  append(&record, sizeof record);
  append(tables, sizeof tables);
  while (blob_.size() % 8 != 0) blob_.push_back(0);
  append(funcdata, sizeof funcdata);
  ftab_.push_back({f.entry, offset});
}

void ModuleBuilder::AddBuckets() {
  const uintptr_t begin = ftab_.front().entry;
  const uintptr_t end = ftab_.back().entry;
  buckets_.assign((end - begin) / kBucket + 1, {});
  auto index_of = [this](uintptr_t pc) {
    uint32_t i = 0;
    while (i + 2 < ftab_.size() && ftab_[i + 1].entry <= pc) ++i;
    return i;
  };
  for (size_t b = 0; b < buckets_.size(); ++b) {
    buckets_[b].idx = index_of(begin + b * kBucket);
    for (size_t s = 0; s < 16; ++s) {
      buckets_[b].subbuckets[s] =
          static_cast<uint8_t>(index_of(begin + b * kBucket + s * kSubBucket) - buckets_[b].idx);
    }
  }
}

abi::moduledata* ModuleBuilder::Build() {
  std::sort(functions_.begin(), functions_.end(),
            [](const FunctionSpec& a, const FunctionSpec& b) { return a.entry < b.entry; });
  blob_.reserve(kRoom);
  blob_.assign(16, 0);  // offset 0 means "absent"
  files_ = {0, AddText("/test/file.go")};
  ftab_.clear();
  for (const FunctionSpec& f : functions_) AddFunction(f);
  const FunctionSpec& last = functions_.back();
  ftab_.push_back({last.entry + last.size, 0});
  AddBuckets();
  module_ = {};
  module_.pclntable = {blob_.data(), static_cast<intptr_t>(blob_.size()),
                       static_cast<intptr_t>(blob_.size())};
  module_.ftab = {ftab_.data(), static_cast<intptr_t>(ftab_.size()),
                  static_cast<intptr_t>(ftab_.size())};
  module_.filetab = {files_.data(), static_cast<intptr_t>(files_.size()),
                     static_cast<intptr_t>(files_.size())};
  module_.findfunctab = buckets_.data();
  module_.minpc = module_.text = ftab_.front().entry;
  module_.maxpc = module_.etext = ftab_.back().entry;
  return &module_;
}

}  // namespace gort::testing_support
