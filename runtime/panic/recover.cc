// SPDX-License-Identifier: BSD-3-Clause
//
// A panic ends: the frame whose deferred call recovered returns to its caller as if it had returned
// normally.
//
// The goroutine continues in that frame F with 1 in the result register. For a record this is the
// instruction after its deferproc: compiled code tests the register and jumps to F's exit, where
// deferreturn runs what F still owes. For open-coded defers it is F's call of deferreturn; the
// record stays on the list while F's bits owe calls, so that deferreturn finds them. All frames
// inside F are gone, and with them every panic and Goexit that lived there.
//
// A Goexit among them must not be lost (recover does not stop a Goexit): if one is, the goroutine
// continues in the frame of Goexit instead, whose walk goes on at F.
//
// Before: runtime/panic/panic.cc   After: runtime/panic/errors.cc
#include "arch/arch.h"
#include "runtime/base/check.h"
#include "runtime/panic/fatal.h"
#include "runtime/panic/open_defer.h"
#include "runtime/panic/panic.h"
#include "runtime/panic/walk.h"
#include "runtime/unwind/unwinder.h"

namespace gort::panic {

namespace {

struct Resumption {
  uintptr_t pc;
  uintptr_t sp;
  uintptr_t bp;
};

// The frame of Goexit, at its call of the deferred function.
Resumption InGoexit(G* g, const abi::_panic* goexit) {
  arch::GoCaller self = arch::CallerOf(g->sched);
  unwind::Unwinder walk(g, self.pc, self.sp, 0, {});
  while (walk.valid() && walk.frame().fp <= reinterpret_cast<uintptr_t>(goexit)) walk.Next();
  GORT_CHECK(walk.valid(), "recovery: the frame of Goexit is not on the stack");
  return {walk.frame().pc, walk.frame().sp,
          arch::FramePointerOf(walk.frame().sp, walk.frame().varp)};
}

}  // namespace

void Recover(M* m, G* g, abi::_panic* p, abi::_defer* d) {
  uintptr_t sp = d->sp;
  Resumption next = {d->pc, sp, arch::FramePointerOf(sp, d->varp)};

  g->sig = 0;
  CountRunning(g, -1);
  abi::_panic* goexit = nullptr;
  for (abi::_panic* q = g->_panic; q != nullptr && reinterpret_cast<uintptr_t>(q) < sp;
       q = q->link) {
    if (q != p && !q->goexit) CountRunning(g, -1);
    if (q->goexit) {
      goexit = q;
      break;
    }
    g->_panic = q->link;
  }
  if (goexit != nullptr) {
    next = InGoexit(g, goexit);
    goexit->aborted = true;
    goexit->pc = p->pc;
    goexit->sp = p->sp;
    goexit->trap = p->trap;
    g->_panic = goexit;
  }
  if (goexit == nullptr && d->openDefer && OpenDefers(d->fd, d->varp).pending()) {
    d->started = false;
    d->_panic = nullptr;
    d->fn = nullptr;
  } else {
    g->_defer = d->link;
    FreeDefer(m->p, d);
  }

  g->sched.pc = next.pc;
  g->sched.sp = next.sp;
  g->sched.bp = next.bp;
  g->sched.lr = 0;
  g->sched.ctxt = nullptr;
  g->sched.ret = 1;
  g->sched.g = reinterpret_cast<uintptr_t>(g);
  arch::GoGo(&g->sched);
}

}  // namespace gort::panic
