// SPDX-License-Identifier: BSD-3-Clause
//
// Searching the function table (layout in func_table.h).
//
// Text may consist of several sections with foreign code (trampolines of the host linker) between
// them. Such a hole has an ftab entry of its own whose offset is all ones. The bucket deltas may
// then point past the function that is looked for, so the search goes in whichever direction is
// needed.
//
// Before: runtime/unwind/func_table.h   After: runtime/unwind/pc_value.cc
#include "runtime/unwind/func_table.h"

#include <string.h>

#include "runtime/abi/roots.h"
#include "runtime/base/check.h"

namespace gort::unwind {
namespace {

constexpr uintptr_t kBucketBytes = 4096;
constexpr uintptr_t kSubBucketBytes = kBucketBytes / 16;
constexpr uintptr_t kHole = ~uintptr_t{0};

abi::moduledata* first_module;

}  // namespace

void SetModules(abi::moduledata* first) { first_module = first; }
abi::moduledata* FirstModule() { return first_module; }

const abi::moduledata* ModuleOf(uintptr_t pc) {
  for (const abi::moduledata* module = first_module; module != nullptr; module = module->next) {
    if (module->minpc <= pc && pc < module->maxpc) return module;
  }
  return nullptr;
}

FuncInfo FindFunc(uintptr_t pc) {
  const abi::moduledata* module = ModuleOf(pc);
  if (module == nullptr) return {};
  const uintptr_t offset = pc - module->minpc;
  const abi::findfuncbucket& bucket = module->findfunctab[offset / kBucketBytes];
  const abi::functab* table = static_cast<const abi::functab*>(module->ftab.array);
  intptr_t index = bucket.idx + bucket.subbuckets[offset % kBucketBytes / kSubBucketBytes];
  if (index >= module->ftab.len) index = module->ftab.len - 1;
  while (table[index].entry > pc) {
    GORT_CHECK(index > 0, "findfunc: bad findfunctab entry idx");
    index--;
  }
  // The last entry is the end of the text, above every pc of the module: the loop ends there at the
  // latest.
  while (table[index + 1].entry <= pc) index++;
  if (table[index].funcoff == kHole) return {};
  return {reinterpret_cast<const abi::_func*>(PclnAt(module, table[index].funcoff)), module};
}

abi::FuncID FuncIdOf(FuncInfo f) {
  if (roots != nullptr && roots->panicPending != nullptr &&
      f.fn->entry == roots->panicPending->fn) {
    return abi::kFuncHidden;
  }
  return f.fn->funcID;
}

FuncInfo FuncOfRecord(const abi::_func* fn) {
  const uint8_t* record = reinterpret_cast<const uint8_t*>(fn);
  for (const abi::moduledata* module = first_module; module != nullptr; module = module->next) {
    const uint8_t* blob = static_cast<const uint8_t*>(module->pclntable.array);
    if (blob <= record && record < blob + module->pclntable.len) return {fn, module};
  }
  return {};
}

const char* NameAt(FuncInfo f, int32_t offset) {
  return f ? reinterpret_cast<const char*>(PclnAt(f.module, offset)) : "";
}

const char* FuncName(FuncInfo f) {
  if (!f || f.fn->nameoff == 0) return "";
  // The slow twin of a leaf (asm/gen/shim.go, nameTwins).
  constexpr char kSlow[] = "gort_slow.";
  const char* name = NameAt(f, f.fn->nameoff);
  return strncmp(name, kSlow, sizeof(kSlow) - 1) == 0 ? name + sizeof(kSlow) - 1 : name;
}

const char* FileName(FuncInfo f, int32_t number) {
  if (!f || number < 0 || number >= f.module->filetab.len) return "?";
  return NameAt(f, static_cast<const uint32_t*>(f.module->filetab.array)[number]);
}

}  // namespace gort::unwind
