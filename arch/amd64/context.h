// SPDX-License-Identifier: BSD-3-Clause
//
// amd64: the saved state of a goroutine that does not run, abi::gobuf: {sp, pc, bp}, and what is
// done to it from outside. gobuf.lr is unused. This is the only picture of the stack at a
// function's entry:
//
//            | results        |
//            | parameters     |
//   sp + 8   +----------------+  argument block
//   sp       | return address |  of the call that made the frame
//            +----------------+
//
// Before: arch/amd64/tls.h   After: arch/amd64/unwind.h
#ifndef GORT_ARCH_AMD64_CONTEXT_H_
#define GORT_ARCH_AMD64_CONTEXT_H_

#include "runtime/abi/g.h"

namespace gort::arch {

// Makes buf look as if the code at buf->pc had just called fn: on resumption fn starts, and returns
// to that pc.
inline void PushCall(abi::gobuf* buf, uintptr_t fn, void* context) {
  buf->sp -= 8;
  *reinterpret_cast<uintptr_t*>(buf->sp) = buf->pc;
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
inline GoCaller CallerOf(const abi::gobuf& sched) {
  return {*reinterpret_cast<uintptr_t*>(sched.sp), sched.sp + 8};
}

// From g->sched of a park entry.
inline GoCaller ParkCallerOf(const abi::gobuf& sched) { return CallerOf(sched); }

// From the argument block of a leaf entry, or of a system entry called on the system stack.
inline GoCaller CallerOfLeaf(void* args) {
  return {static_cast<uintptr_t*>(args)[-1], reinterpret_cast<uintptr_t>(args)};
}

// When the running system entry of g returns, fn runs as if the entry's stub had called it without
// arguments. fn does not return.
inline void RedirectReturn(abi::g* g, uintptr_t fn) { g->sched.ret = fn; }

// The argument block of a park entry: g->sched is the way out of its stub.
template <typename T>
T* ParkArgsOf(abi::g* g) {
  return reinterpret_cast<T*>(g->sched.sp + 8);
}

}  // namespace gort::arch

#endif  // GORT_ARCH_AMD64_CONTEXT_H_
