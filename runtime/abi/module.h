// SPDX-License-Identifier: BSD-3-Clause
//
// What the linker writes about the program: one moduledata with the bounds of every section, the
// function table (pclntab), type links, and the init task of each package.
// runtime/unwind/func_table.h reads the function table.
//
// Before: runtime/abi/frame.h   After: runtime/abi/g.h
#ifndef GORT_RUNTIME_ABI_MODULE_H_
#define GORT_RUNTIME_ABI_MODULE_H_

#include "runtime/abi/type.h"

namespace gort::abi {

struct functab {
  uintptr_t entry;
  uintptr_t funcoff;  // low 32 bits of the last entry: offset of the file table
};

struct findfuncbucket {
  uint32_t idx;
  uint8_t subbuckets[16];
};

struct textsect {
  uintptr_t vaddr;
  uintptr_t length;
  uintptr_t baseaddr;
};

struct ptabEntry {
  nameOff name;
  typeOff typ;
};

struct modulehash {
  String modulename;
  String linktimehash;
  String* runtimehash;
};

struct moduledata {
  Slice pclntable;  // []byte
  Slice ftab;       // []functab, nfunc+1 entries
  Slice filetab;    // []uint32
  findfuncbucket* findfunctab;
  uintptr_t minpc, maxpc;
  uintptr_t text, etext;
  uintptr_t noptrdata, enoptrdata;
  uintptr_t data, edata;
  uintptr_t bss, ebss;
  uintptr_t noptrbss, enoptrbss;
  uintptr_t end;
  const uint8_t* gcdata;
  const uint8_t* gcbss;
  uintptr_t types, etypes;
  Slice textsectmap;  // []textsect
  Slice typelinks;    // []int32, offsets from types, sorted by type string
  Slice itablinks;    // []*itab
  Slice ptab;
  String pluginpath;
  Slice pkghashes;
  String modulename;
  Slice modulehashes;
  uint8_t hasmain;
  bitvector gcdatamask;  // from here on the runtime's
  bitvector gcbssmask;
  void* typemap;
  bool bad;
  moduledata* next;
};

enum FuncID : uint8_t {
  kFuncNormal,
  kFuncRuntimeMain,
  kFuncGoexit,
  kFuncJmpdefer,
  kFuncMcall,
  kFuncMorestack,
  kFuncMstart,
  kFuncRt0Go,
  kFuncAsmcgocall,
  kFuncSigpanic,
  kFuncRunfinq,
  kFuncGcBgMarkWorker,
  kFuncSystemstackSwitch,
  kFuncSystemstack,
  kFuncCgocallbackGofunc,
  kFuncGogo,
  kFuncExternalthreadhandler,
  kFuncDebugCallV1,
  kFuncGopanic,
  kFuncPanicwrap,
  kFuncHandleAsyncEvent,
  kFuncAsyncPreempt,
  kFuncWrapper,
  kFuncHidden,  // not the linker's: a frame that no traceback shows (FuncIdOf)
};

// Followed by npcdata x u32 pc-value table offsets, padding to 8, nfuncdata x pointer.
struct _func {
  uintptr_t entry;
  int32_t nameoff;
  int32_t args;          // bytes in + out; kArgsUnknown when the function has no Go prototype
  uint32_t deferreturn;  // offset of the CALL deferreturn of a function that defers, 0 otherwise
  int32_t pcsp;
  int32_t pcfile;
  int32_t pcln;
  int32_t npcdata;
  FuncID funcID;
  uint8_t unused[2];
  uint8_t nfuncdata;
};
constexpr int32_t kArgsUnknown = INT32_MIN;

enum PcData { kPcdataUnsafePoint, kPcdataStackMapIndex, kPcdataInlTreeIndex };
enum FuncData {
  kFuncdataArgsPointerMaps,
  kFuncdataLocalsPointerMaps,
  kFuncdataRegPointerMaps,
  kFuncdataStackObjects,
  kFuncdataInlTree,
  kFuncdataOpenCodedDeferInfo,
};

struct inlinedCall {
  int16_t parent;
  FuncID funcID;
  uint8_t unused;
  int32_t file;
  int32_t line;
  int32_t func_;
  int32_t parentPc;
};

struct stackmap {
  int32_t n;
  int32_t nbit;
  uint8_t bytedata[1];  // n bitmaps of ceil(nbit/8) bytes
};

struct stackObjectRecord {
  intptr_t off;  // negative: from varp, otherwise from argp
  _type* typ;
};

struct initTask {
  uintptr_t state;  // 0 not started, 1 running, 2 done
  uintptr_t ndeps;
  uintptr_t nfns;
  // ndeps x initTask*, nfns x code pointer
};

}  // namespace gort::abi

#endif  // GORT_RUNTIME_ABI_MODULE_H_
