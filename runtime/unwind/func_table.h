// SPDX-License-Identifier: BSD-3-Clause
//
// The function table: which Go function does a code address belong to, and what does the linker say
// about it.
//
// The linker writes one blob per module (pclntab). Everything in it is found by offset from its
// start:
//
//   ftab       nfunc x {entry, offset of the _func record}, sorted by entry, then {end of text,
//              ...}
//   _func      40 bytes, then npcdata table offsets (u32), padding to 8, nfuncdata pointers
//   strings    names and files, NUL-terminated
//   tables     pc-value tables (pc_value.h)
//
// A search does not bisect: findfunctab has one bucket per 4096 bytes of text with a base index and
// sixteen 8-bit deltas, one per 256 bytes, so a few steps forward in ftab end every search.
//
// Before: runtime/abi/module.h   After: runtime/unwind/pc_value.h
#ifndef GORT_RUNTIME_UNWIND_FUNC_TABLE_H_
#define GORT_RUNTIME_UNWIND_FUNC_TABLE_H_

#include "runtime/abi/module.h"

namespace gort::unwind {

// A function of the program's Go text: its record and the module it is in. fn == nullptr: not Go
// text.
struct FuncInfo {
  const abi::_func* fn = nullptr;
  const abi::moduledata* module = nullptr;
  explicit operator bool() const { return fn != nullptr; }
};

// Modules are linked through moduledata.next; the first is the program itself. Boot sets it before
// any lookup.
void SetModules(abi::moduledata* first);
abi::moduledata* FirstModule();
// The module whose text contains pc, or nullptr.
const abi::moduledata* ModuleOf(uintptr_t pc);

FuncInfo FindFunc(uintptr_t pc);
// FuncID of f's frame in a traceback. runtime.panicPending, which stands between an entry and the
// panic that its C++ raised, is hidden: the entry seems to have called gopanic.
abi::FuncID FuncIdOf(FuncInfo f);

// The record that f is in, found from the record alone: a Go *Func is such a pointer.
FuncInfo FuncOfRecord(const abi::_func* fn);

inline const uint8_t* PclnAt(const abi::moduledata* module, uint32_t offset) {
  return static_cast<const uint8_t*>(module->pclntable.array) + offset;
}

// NUL-terminated, in the module's read-only data; "" for none. The slow twin of a leaf has the
// leaf's name.
const char* FuncName(FuncInfo f);
const char* NameAt(FuncInfo f, int32_t offset);
// File number of a pc-value table; "?" when there is no such file.
const char* FileName(FuncInfo f, int32_t number);

// Pointer of a FUNCDATA kind (abi::FuncData); nullptr when absent.
inline const void* FuncDataOf(FuncInfo f, int kind) {
  if (kind >= f.fn->nfuncdata) return nullptr;
  uintptr_t p = reinterpret_cast<uintptr_t>(f.fn + 1) + sizeof(uint32_t) * f.fn->npcdata;
  p = (p + sizeof(void*) - 1) & ~(sizeof(void*) - 1);
  return reinterpret_cast<const void* const*>(p)[kind];
}
// Offset of a PCDATA table (abi::PcData) in the blob; 0 when absent.
inline uint32_t PcDataOffset(FuncInfo f, int table) {
  if (table >= f.fn->npcdata) return 0;
  return reinterpret_cast<const uint32_t*>(f.fn + 1)[table];
}

}  // namespace gort::unwind

#endif  // GORT_RUNTIME_UNWIND_FUNC_TABLE_H_
