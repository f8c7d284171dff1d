// SPDX-License-Identifier: BSD-3-Clause
//
// What a goroutine's control state consists of: saved registers, deferred calls, panics.
//
// A _defer record is one pending deferred call. Compiled code makes it in the frame
// (deferprocStack: only siz, fn and the argument block are set by the caller) or the runtime makes
// it on the heap (deferproc); a frame with open-coded defers gets one only when a panic or Goexit
// comes past it (fd and varp then say where its bits are).
//
//   heap or frame record:  [ _defer, 72 bytes | argument block, siz bytes ]
//
// Before: runtime/abi/chan.h   After: runtime/abi/module.h; life: docs/life_of_a_defer.md
#ifndef GORT_RUNTIME_ABI_FRAME_H_
#define GORT_RUNTIME_ABI_FRAME_H_

#include "runtime/abi/value.h"

namespace gort::abi {

struct _panic;

struct gobuf {
  uintptr_t sp;
  uintptr_t pc;
  uintptr_t g;
  void* ctxt;     // closure context register at a function's entry; a GC root
  uintptr_t ret;  // value of the result register on resumption
  uintptr_t lr;   // cpus with a link register
  uintptr_t bp;
};

struct _defer {
  int32_t siz;  // of the argument block, results included
  bool started;
  bool heap;
  bool openDefer;
  uintptr_t sp;  // of the frame that deferred
  uintptr_t pc;  // in that frame: where recovery resumes
  funcval* fn;
  abi::_panic* _panic;  // the panic that runs this record
  _defer* link;
  void* fd;        // open-coded: funcdata of the frame
  uintptr_t varp;  // open-coded: the frame's varp
  // started: where the Go frame is that makes the call, its SP as a distance from the top of the
  // stack, which does not change when the stack moves. (framepc to Go, which nobody else reads.)
  uintptr_t depth;

  uint8_t* args() { return reinterpret_cast<uint8_t*>(this) + sizeof(_defer); }
};

// Lives in the frame of gopanic or Goexit, so it moves with the stack.
struct _panic {
  void* argp;  // argument pointer of the deferred call that runs; compiled wrappers adjust it
  eface arg;
  _panic* link;
  uintptr_t pc;  // cursor of the walk (panic/panic.cc): the frame whose calls are due
  uintptr_t sp;  // a pointer into the stack in gc's eyes, so it moves with the stack
  bool recovered;
  bool aborted;
  bool goexit;
  bool trap;  // cursor: pc is exact, not a return address
};

}  // namespace gort::abi

#endif  // GORT_RUNTIME_ABI_FRAME_H_
