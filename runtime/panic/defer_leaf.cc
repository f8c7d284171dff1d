// SPDX-License-Identifier: BSD-3-Clause
//
// The defer statement and the function exit, on the goroutine stack.
//
//   deferproc        a record from the P's pool, filled with fn and a copy of the arguments (loops,
//                    more than 8 defers)
//   deferprocStack   the record is in the frame, with fn and arguments stored by compiled code
//   deferreturn      (arch/<cpu>/defer.S) calls gort_next_deferred until no record of the frame is
//                    left; each time it jumps into the function, whose return executes the call of
//                    deferreturn again
//   recover          allowed only in a function that the panic itself called: its argument pointer
//                    says so
//
// No record of another frame is ever touched here: d->sp must be the caller's. The argument pointer
// of an entry, minus the fixed part of a frame, is the sp that the unwinder reports for the caller.
//
// Before: runtime/panic/open_defer.h   After: runtime/panic/defer.cc
#include "arch/leaf.h"
#include "runtime/panic/defer.h"
#include "runtime/panic/open_defer.h"

namespace gort::panic {

static GORT_ALWAYS_INLINE uintptr_t FrameSp(const void* args) {
  return reinterpret_cast<uintptr_t>(args) - arch::kFixedFrame;
}

// What tells deferreturn that the frame owes no call; a nil function is nullptr.
static abi::funcval* const kNothingLeft = reinterpret_cast<abi::funcval*>(1);

// The next call that the frame with this sp owes at its exit, or kNothingLeft. Copies its arguments
// to `outgoing`, the frame's outgoing argument area, unlinks the record and frees it. Called by
// deferreturn on the goroutine stack.
extern "C" __attribute__((noipa, used, visibility("hidden"))) abi::funcval* gort_next_deferred(
    void* outgoing) {
  G* g = arch::GetG();
  abi::_defer* d = g->_defer;
  if (d == nullptr || d->sp != FrameSp(outgoing)) return kNothingLeft;
  if (GORT_UNLIKELY(d->openDefer)) {
    // A recovery ended in this frame; the record stands for what its bits still owe. A function
    // without a normal exit has no outgoing area for those calls, so a Go frame of our own makes
    // them.
    if (OpenDefers(d->fd, d->varp).pending()) return roots->runOpenDeferFrame;
    g->_defer = d->link;
    FreeDefer(g->m->p, d);
    return kNothingLeft;
  }
  CopyArgs(outgoing, d->args(), d->siz);
  abi::funcval* fn = d->fn;
  g->_defer = d->link;
  FreeDefer(g->m->p, d);
  return fn;
}

// ---- Entered from Go ----

GORT_LEAF_INT(deferproc) {
  G* g = arch::GetG();
  int32_t cls = DeferClass(a.siz);
  if (GORT_UNLIKELY(cls >= abi::kDeferClasses)) GORT_TAIL_INT(deferproc_slow);
  abi::DeferPool* pool = &g->m->p->deferpool[cls];
  abi::_defer* d = pool->head;
  if (GORT_UNLIKELY(d == nullptr)) GORT_TAIL_INT(deferproc_slow);
  pool->head = d->link;
  pool->count--;
  arch::GoCaller caller = arch::CallerOfLeaf(&a);
  d->siz = a.siz;
  d->sp = FrameSp(&a);
  d->pc = caller.pc;
  d->fn = a.fn;
  d->link = g->_defer;
  CopyArgs(d->args(), &a + 1, a.siz);
  g->_defer = d;
  return 0;
}

GORT_LEAF_INT(deferprocStack) {
  G* g = arch::GetG();
  abi::_defer* d = a.d;
  d->started = false;
  d->heap = false;
  d->openDefer = false;
  d->sp = FrameSp(&a);
  d->pc = arch::CallerOfLeaf(&a).pc;
  d->_panic = nullptr;
  d->link = g->_defer;
  d->fd = nullptr;
  d->varp = 0;
  d->depth = 0;
  g->_defer = d;
  return 0;
}

GORT_LEAF(gorecover) {
  abi::_panic* p = arch::GetG()->_panic;
  if (p != nullptr && !p->goexit && !p->recovered && p->argp == a.argp) {
    p->recovered = true;
    a.ret = p->arg;
  } else {
    a.ret = {};
  }
}

}  // namespace gort::panic
