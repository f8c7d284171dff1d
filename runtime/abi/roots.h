// SPDX-License-Identifier: BSD-3-Clause
//
// Roots: the one table through which C++ reaches Go (asm/shim/roots.go; order and names are the
// same there).
//
// External linking makes every Go symbol of a program local, so C++ cannot name main.main or
// firstmoduledata. The process entry passes this table to gort_start, which stores its address in
// abi::roots before anything else.
//
//   code     a func value: roots->main->fn is the address of runtime.main
//   words    variables that compiled code reads, which C++ sets
//   types    an interface holding a nil pointer: TypeOf(roots->stringPtr) is the type string
//
// Before: runtime/abi/p.h   After: runtime/start.cc
#ifndef GORT_RUNTIME_ABI_ROOTS_H_
#define GORT_RUNTIME_ABI_ROOTS_H_

#include "runtime/abi/module.h"

namespace gort::abi {

// runtime.writeBarrier: compiled code tests the first four bytes before it stores a pointer.
struct writeBarrierFlags {
  bool enabled;
  uint8_t pad[3];
  bool needed;
  bool cgo;
  uint64_t alignme;
};

struct Roots {
  moduledata* firstmoduledata;
  String* buildVersion;
  String* modinfo;
  String* defaultGOROOT;

  funcval* main;
  funcval* goexit;
  funcval* panicPending;
  funcval* sigpanic;
  funcval* panicmem;
  funcval* panicdivide;
  funcval* panicoverflow;
  funcval* runfinq;
  funcval* asyncPreempt;
  funcval* gopanic;
  funcval* mcall;
  funcval* reflectcall;
  funcval* deferreturn;
  funcval* runOpenDeferFrame;
  funcval* memhashVarlen;

  funcval* System;
  funcval* ExternalCode;
  funcval* GC;
  funcval* newstack;

  funcval* startTheWorld;
  funcval* startTheWorldGC;
  funcval* gcBgMarkWorker;

  writeBarrierFlags* writeBarrier;
  uintptr_t* zerobase;
  int32_t* ncpu;
  intptr_t* memProfileRate;
  uint64_t* mutexprofilerate;
  bool* x86HasPOPCNT;
  bool* x86HasSSE41;
  bool* x86HasFMA;
  bool* arm64HasATOMICS;
  uintptr_t* vdsoGettimeofdaySym;

  eface stringPtr;
  eface intPtr;
  eface uintptrPtr;
  eface bytePtr;
  eface runePtr;
  eface boolPtr;
  eface pointerPtr;
  eface efacePtr;
  eface int32SlicePtr;
  eface deferPtr;
  eface hmapPtr;
  eface mapextraPtr;
  eface bmapPtrSlicePtr;
  eface hiterPtr;
  eface hchanPtr;
  eface errorStringPtr;
  eface plainErrorPtr;
  eface boundsErrorPtr;
  eface TypeAssertionErrorPtr;

  iface errorStringError;
};

// Set once, by gort_start. Tests set their own.
inline const Roots* roots = nullptr;

// The type whose pointer type an entry of Roots carries.
inline _type* TypeOf(eface nil_pointer) {
  return reinterpret_cast<ptrtype*>(nil_pointer.type)->elem;
}

}  // namespace gort::abi

namespace gort {
using abi::roots;
using abi::TypeOf;
}  // namespace gort

#endif  // GORT_RUNTIME_ABI_ROOTS_H_
