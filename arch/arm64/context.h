// SPDX-License-Identifier: BSD-3-Clause
//
// arm64: the saved state of a goroutine that does not run, abi::gobuf: {sp, pc, lr, bp}, and what
// is done to it from outside. gobuf.lr matters only where pc is at the entry of a function, which
// has not saved it yet. This is the only picture of the stack at a function's entry:
//
//            | results        |
//            | parameters     |
//   sp + 8   +----------------+  argument block
//   sp       | caller's LR    |  the caller saved its own return address here
//            +----------------+
//   sp - 8   | caller's R29   |  and its frame pointer here
//
// Before: arch/arm64/tls.h   After: arch/arm64/unwind.h
#ifndef GORT_ARCH_ARM64_CONTEXT_H_
#define GORT_ARCH_ARM64_CONTEXT_H_

#include "runtime/abi/g.h"

namespace gort::arch {

// Makes buf look as if the code at buf->pc had just called fn: on resumption fn starts, and returns
// to that pc.
inline void PushCall(abi::gobuf* buf, uintptr_t fn, void* context) {
  buf->lr = buf->pc;
  buf->pc = fn;
  buf->ctxt = context;
}

// A goroutine that is to run fn and to return into return_pc (goexit + kPcQuantum). sp: the
// outgoing area of the frame that seems to have called fn; fn's argument block is at sp +
// kFixedFrame.
inline void InitGobuf(abi::gobuf* buf, abi::g* g, uintptr_t sp, uintptr_t return_pc,
                      abi::funcval* fn) {
  *buf = {};
  buf->sp = sp;
  *reinterpret_cast<uintptr_t*>(sp) = 0;  // goexit has no caller
  buf->pc = return_pc;
  buf->g = reinterpret_cast<uintptr_t>(g);
  PushCall(buf, fn->fn, fn);
}

// The Go caller of an entry: where it continues and its SP there.
struct GoCaller {
  uintptr_t pc;
  uintptr_t sp;
};

// From g->sched of a system entry (see SYSTEM_STUB).
inline GoCaller CallerOf(const abi::gobuf& sched) { return {sched.lr, sched.sp}; }

// From g->sched of a park entry, whose stub has a frame of 16 bytes (PARK_STUB).
inline GoCaller ParkCallerOf(const abi::gobuf& sched) {
  return {*reinterpret_cast<uintptr_t*>(sched.sp), sched.sp + 16};
}

// From the argument block of a leaf entry, or of a system entry called on the system stack: the
// stub saved LR 24 bytes below it.
inline GoCaller CallerOfLeaf(void* args) {
  return {static_cast<uintptr_t*>(args)[-3], reinterpret_cast<uintptr_t>(args) - 8};
}

// When the running system entry of g returns, fn runs as if the entry's stub had called it without
// arguments. fn does not return.
inline void RedirectReturn(abi::g* g, uintptr_t fn) { g->sched.ret = fn; }

// The argument block of a park entry: g->sched is the way out of its stub.
template <typename T>
T* ParkArgsOf(abi::g* g) {
  return reinterpret_cast<T*>(g->sched.sp + 24);
}

}  // namespace gort::arch

#endif  // GORT_ARCH_ARM64_CONTEXT_H_
