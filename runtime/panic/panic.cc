// SPDX-License-Identifier: BSD-3-Clause
//
// Which deferred call is next, for a panic and for Goexit: one walk over the frames, once,
// innermost first.
//
//   gopanic (Go)                             panic.cc
//   var p _panic
//   fn, args = panicStart(&p, e)             p becomes g._panic; walk to the first call owed
//   for fn != nil {
//     reflectcall(fn, args)                  (the deferred call; recover() in it marks p)
//     fn, args = panicReturned(&p)           the record goes; the walk goes on at p's cursor to the
//   }                                        next call; if recovered: recover.cc, never returns
//
// A frame owes the calls of its records (record.sp == frame.sp), or, if its defers are open-coded,
// of its bits. The walk stays at a frame until it owes nothing, then goes to the caller, so the
// calls run in the order that the language wants whatever their kinds, and the cost is linear in
// the frames.
//
// A panic q that begins inside a call made by p meets p's frame on its way out. Everything between
// that frame and p's cursor owes nothing any more, so q goes on at p's cursor: p is aborted, and
// the record p was running is found `started` and dropped. Frames are never looked at twice, and no
// call runs twice: a record is started, or a bit is clear, before the call begins.
//
//        innermost                                                              outermost
//   q.gopanic  f3  call by p  p.gopanic  | f2   f1   F0 <- p's cursor |  ...
//        \___ q's walk ___________/ \_____ done by p ____/    \__ q goes on here
//
// The cursor is a pc and a pointer into the stack kept in the _panic in Go's frame, so it moves
// with the stack.
//
// Before: runtime/panic/defer.cc   After: runtime/panic/recover.cc
#include "runtime/panic/walk.h"

#include "arch/arch.h"
#include "asm/gen/entries.h"
#include "runtime/base/check.h"
#include "runtime/base/print.h"
#include "runtime/panic/fatal.h"
#include "runtime/panic/open_defer.h"
#include "runtime/panic/panic.h"
#include "runtime/unwind/unwinder.h"

namespace gort::panic {

namespace {

constexpr uintptr_t kWalkDone = ~uintptr_t{0};

unwind::Unwinder AtCursor(G* g, const abi::_panic* p) {
  return unwind::Unwinder(g, p->pc, p->sp, 0, {.trap = p->trap});
}

void SetCursor(abi::_panic* p, const unwind::Frame& frame) {
  p->pc = frame.pc;
  p->sp = frame.sp;
  p->trap = frame.trap;
}

void Unlink(M* m, G* g, abi::_defer* d) {
  g->_defer = d->link;
  FreeDefer(m->p, d);
}

const void* OpenDeferInfo(const unwind::Frame& frame) {
  if (!frame.func || frame.func.fn->deferreturn == 0) return nullptr;
  return unwind::FuncDataOf(frame.func, abi::kFuncdataOpenCodedDeferInfo);
}

// Takes the last call that an open-coded frame owes into its record.
void TakeInto(abi::_defer* d, OpenDefers* open) {
  uint32_t siz;
  d->fn = open->Take(&siz);
  open->MoveArgsTo(d->args());
}

// What Go's frame is to call next: the call of record d, for an entry with results fn, args, siz.
// From its beginning on the arguments are the call's alone (unwind::DeferFrames).
template <typename Entry>
void HandOver(G* g, abi::_defer* d, Entry* a) {
  d->started = true;
  d->depth = g->stack.hi - arch::CallerOf(g->sched).sp;
  a->fn = d->fn == nullptr ? &nil_function : d->fn;
  a->args = d->args();
  a->siz = d->openDefer && d->fn == nullptr ? 0 : static_cast<uint32_t>(d->siz);
}

// A record for one open-coded call, so that stack copying and the collector see its arguments as
// they see all others.
abi::_defer* RecordOpenCall(M* m, G* g, const unwind::Frame& frame, const void* funcdata,
                            OpenDefers* open) {
  abi::_defer* d = NewDefer(m->p, static_cast<int32_t>(open->max_args()));
  d->openDefer = true;
  d->sp = frame.sp;
  d->pc = frame.func.fn->entry + frame.func.fn->deferreturn;
  d->fd = const_cast<void*>(funcdata);
  d->varp = frame.varp;
  TakeInto(d, open);
  d->link = g->_defer;
  g->_defer = d;
  return d;
}

// The next call that this frame owes, or nullptr.
abi::_defer* NextOfFrame(M* m, G* g, const unwind::Frame& frame) {
  while (abi::_defer* d = g->_defer) {
    // A started record's panic is aborted, an open one is made anew from the bits, and one of an
    // inner frame belongs to a frame that is gone.
    bool stale = d->sp < frame.sp || (d->sp == frame.sp && (d->started || d->openDefer));
    if (stale) {
      Unlink(m, g, d);
      continue;
    }
    if (d->sp == frame.sp) return d;
    break;
  }
  const void* info = OpenDeferInfo(frame);
  if (info == nullptr) return nullptr;
  OpenDefers open(info, frame.varp);
  return open.pending() ? RecordOpenCall(m, g, frame, info, &open) : nullptr;
}

abi::_defer* NextCall(M* m, G* g, abi::_panic* p) {
  if (p->pc == kWalkDone) return nullptr;
  abi::_panic* older = p->link;
  unwind::Unwinder walk = AtCursor(g, p);
  while (older != nullptr && reinterpret_cast<uintptr_t>(older) < walk.frame().sp)
    older = older->link;
  while (walk.valid()) {
    const unwind::Frame& frame = walk.frame();
    if (older != nullptr && reinterpret_cast<uintptr_t>(older) < frame.fp) {
      older->aborted = true;
      if (older->pc == kWalkDone) break;
      walk = AtCursor(g, older);
      while (older != nullptr && reinterpret_cast<uintptr_t>(older) < walk.frame().sp)
        older = older->link;
      continue;
    }
    if (abi::_defer* d = NextOfFrame(m, g, frame)) {
      SetCursor(p, frame);
      d->_panic = p;
      d->varp = frame.varp;  // a recovery restores the frame pointer from it
      return d;
    }
    walk.Next();
  }
  p->pc = kWalkDone;
  p->sp = 0;
  return nullptr;
}

// callerpc, callersp: the Go caller of gopanic or Goexit, where the walk begins.
void Link(G* g, abi::_panic* p, bool goexit, uintptr_t callerpc, uintptr_t callersp) {
  p->link = g->_panic;
  p->pc = callerpc;
  p->sp = callersp;
  p->recovered = false;
  p->aborted = false;
  p->goexit = goexit;
  p->trap = false;
  p->argp = nullptr;
  g->_panic = p;
  if (!goexit) CountRunning(g, 1);
}

// Hands the next call that p owes to Go's frame, which called the running entry.
template <typename Entry>
void Continue(M* m, G* g, abi::_panic* p, Entry* a) {
  abi::_defer* d = NextCall(m, g, p);
  if (d == nullptr) {
    a->fn = nullptr;
    return;
  }
  // Where the arguments of the function that Go's frame calls now are: recover compares, wrappers
  // adjust it.
  p->argp = reinterpret_cast<void*>(arch::CallerOf(g->sched).sp + arch::kFixedFrame);
  HandOver(g, d, a);
}

// Why this goroutine may not panic now, or nullptr.
const char* Forbidden(M* m, G* g) {
  if (g == nullptr || g->sched.sp == 0) return "panic on system stack";
  if (m->mallocing != 0) return "panic during malloc";
  if (m->preemptoff != nullptr) return "panic during preemptoff";
  if (m->locks.LoadRelaxed() != 0) return "panic holding locks";  // own thread's count
  return nullptr;
}

}  // namespace

// ---- Entered from Go ----

extern "C" void gort_panicStart(entry::panicStart* a) {
  M* m = arch::GetG()->m;
  G* g = m->curg;
  if (const char* why = Forbidden(m, g)) {
    PrintText("panic: ");
    PrintValue(a->e);
    PrintText("\n");
    Throw(why);
  }
  auto* p = reinterpret_cast<abi::_panic*>(a->p);
  p->arg = a->e;
  Link(g, p, false, a->callerpc, a->callersp);
  Continue(m, g, p, a);
}

extern "C" void gort_goexitStart(entry::goexitStart* a) {
  M* m = arch::GetG()->m;
  a->p->arg = {};
  Link(m->curg, a->p, true, a->callerpc, a->callersp);
  Continue(m, m->curg, a->p, a);
}

extern "C" void gort_panicReturned(entry::panicReturned* a) {
  M* m = arch::GetG()->m;
  G* g = m->curg;
  abi::_panic* p = a->p;
  abi::_defer* d = g->_defer;
  p->argp = nullptr;  // no call runs: a recover by chance at the same place finds nothing
  if (p->goexit && p->aborted) {
    // A panic in the call was recovered further out; recover.cc came back here instead of ending
    // the Goexit.
    p->aborted = false;
    return Continue(m, g, p, a);
  }
  GORT_CHECK(d != nullptr && d->started && d->_panic == p,
             p->goexit ? "bad defer entry in Goexit" : "bad defer entry in panic");
  if (p->recovered) Recover(m, g, p, d);
  Unlink(m, g, d);
  Continue(m, g, p, a);
}

// The next call that the frame of the newest record owes, for runOpenDeferFrame; its arguments are
// moved to the record, where stack copying and the collector see them.
extern "C" void gort_openDeferNext(entry::openDeferNext* a) {
  G* g = arch::GetG()->m->curg;
  abi::_defer* d = g->_defer;
  GORT_CHECK(d != nullptr && d->openDefer, "runOpenDeferFrame without a record");
  d->fn = nullptr;
  a->fn = nullptr;
  OpenDefers open(d->fd, d->varp);
  if (!open.pending()) return;
  TakeInto(d, &open);
  HandOver(g, d, a);
}

extern "C" void gort_takePendingPanic(entry::takePendingPanic* a) {
  M* m = arch::GetG()->m;
  a->ret = m->pending_panic;
  m->pending_panic = {};
}

}  // namespace gort::panic
