// SPDX-License-Identifier: BSD-3-Clause
//
// Channels: make, close, and the operations that a leaf could not finish: a waiter to wake, a
// goroutine to park, a panic.
//
// Before: runtime/lang/chan_leaf.cc   After: runtime/lang/select.cc
#include "runtime/lang/chan.h"

#include "arch/arch.h"
#include "asm/gen/entries.h"
#include "runtime/abi/roots.h"
#include "runtime/base/check.h"
#include "runtime/mem/arena.h"
#include "runtime/mem/entry.h"
#include "runtime/mem/malloc.h"
#include "runtime/panic/panic.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/wait_profile.h"

namespace gort::lang {

namespace {

constexpr uintptr_t kMaxElem = 1 << 16;
// Header and ring in one object; the ring begins at a multiple of the largest alignment.
constexpr uintptr_t kHeader = (sizeof(Chan) + 7) & ~uintptr_t{7};

M* CurrentM() { return arch::GetG()->m; }

void LockChan(Chan* c) { LockWord(&c->lock, LockRank::kChannel); }

// The element goes to or comes from the variable of a parked goroutine. That may be on its stack,
// which the collector may have scanned already: the typed move shades what it copies.
void CopyAcross(const abi::_type* t, void* dst, const void* src) { TypedMove(t, dst, src); }

Chan* Make(abi::chantype* t, intptr_t size) {
  abi::_type* elem = t->elem;
  GORT_CHECK(elem->size < kMaxElem, "makechan: invalid channel element type");
  uintptr_t bytes;
  bool overflow = __builtin_mul_overflow(elem->size, static_cast<uintptr_t>(size), &bytes);
  if (size < 0 || overflow || bytes > mem::kMaxAlloc - kHeader) {
    panic::RaisePlain("makechan: size out of range");
    return nullptr;
  }
  Chan* c;
  if (bytes == 0) {
    c = static_cast<Chan*>(mem::Malloc(kHeader, nullptr, true));
    c->buf = &c->buf;  // never used; not nil
  } else if (!elem->has_pointers()) {
    c = static_cast<Chan*>(mem::Malloc(kHeader + bytes, nullptr, true));
    c->buf = reinterpret_cast<uint8_t*>(c) + kHeader;
  } else {
    c = static_cast<Chan*>(mem::NewObject(abi::TypeOf(abi::roots->hchanPtr)));
    c->buf = mem::Malloc(bytes, elem, true);
  }
  c->elemsize = static_cast<uint16_t>(elem->size);
  c->elemtype = elem;
  c->dataqsiz = static_cast<uintptr_t>(size);
  return c;
}

// Wakes the goroutine of s: param tells its resume function which operation succeeded.
void WakeWaiter(Sudog* s) {
  G* g = s->g;
  g->param = s;
  sched::MarkWoken(s);
  sched::Ready(g);
}

// The sudog of a parked single operation goes back; success: it was not woken by close.
bool FinishWait(G* g) {
  Sudog* s = g->waiting;
  bool success = g->param != nullptr;
  g->waiting = nullptr;
  g->param = nullptr;
  g->activeStackChans.StoreRelease(0);
  s->c = nullptr;
  s->elem = nullptr;
  sched::EndWait(g, s, 0);
  sched::ReleaseSudog(s);
  return success;
}

void ResumeSend(G* g, void* /*arg*/) {
  if (!FinishWait(g)) RaiseAtResume(g, "send on closed channel");
}

void ResumeReceive1(G* g, void* /*arg*/) { FinishWait(g); }

template <typename Args>
void ResumeReceive2(G* g, void* /*arg*/) {
  bool received = FinishWait(g);
  arch::ParkArgsOf<Args>(g)->received = received;
}

void ResumeReflectSend(G* g, void* /*arg*/) {
  arch::ParkArgsOf<entry::reflect_chansend>(g)->selected = true;
  ResumeSend(g, nullptr);
}

void ResumeReflectReceive(G* g, void* /*arg*/) {
  arch::ParkArgsOf<entry::reflect_chanrecv>(g)->selected = true;
  ResumeReceive2<entry::reflect_chanrecv>(g, nullptr);
}

// lock held
[[noreturn]] void Wait(G* g, Chan* c, void* elem, abi::waitq* queue, void (*resume)(G*, void*),
                       abi::WaitReason reason) {
  Sudog* s = sched::AcquireSudog();
  s->g = g;
  s->elem = elem;
  s->c = c;
  sched::BeginWait(s);
  g->waiting = s;
  g->param = nullptr;
  sched::Enqueue(queue, s);
  sched::SetResume(g, resume, nullptr);
  // Until the lock is released nobody may shrink this stack: the sudog points into it.
  g->parkingOnChan.StoreRelease(1);
  sched::Park(CommitChanPark, c, reason);
}

using sched::Continue;

[[noreturn]] void Send(Chan* c, void* elem, void (*resume)(G*, void*)) {
  G* g = CurrentM()->curg;
  if (c == nullptr) sched::Park(nullptr, nullptr, abi::kWaitChanSendNilChan);
  LockChan(c);
  switch (SendLocked(c, elem, UnlockChan, c)) {
    case ChanResult::kDone:
      Continue(g);
    case ChanResult::kClosed:
      RaiseAtResume(g, "send on closed channel");
      Continue(g);
    case ChanResult::kWouldBlock:
      break;
  }
  Wait(g, c, elem, &c->sendq, resume, abi::kWaitChanSend);
}

// Returns whether a value was received, or parks.
bool Receive(Chan* c, void* elem, void (*resume)(G*, void*)) {
  G* g = CurrentM()->curg;
  if (c == nullptr) sched::Park(nullptr, nullptr, abi::kWaitChanReceiveNilChan);
  LockChan(c);
  ChanResult result = ReceiveLocked(c, elem, UnlockChan, c);
  if (result != ChanResult::kWouldBlock) return result == ChanResult::kDone;
  Wait(g, c, elem, &c->recvq, resume, abi::kWaitChanReceive);
}

// Non-blocking; kWouldBlock: nothing was done.
ChanResult TrySend(Chan* c, void* elem) {
  if (c == nullptr || !MaySend(c)) return ChanResult::kWouldBlock;
  LockChan(c);
  ChanResult result = SendLocked(c, elem, UnlockChan, c);
  if (result == ChanResult::kWouldBlock) UnlockChan(c);
  return result;
}

ChanResult TryReceive(Chan* c, void* elem) {
  if (c == nullptr || !MayReceive(c)) return ChanResult::kWouldBlock;
  LockChan(c);
  ChanResult result = ReceiveLocked(c, elem, UnlockChan, c);
  if (result == ChanResult::kWouldBlock) UnlockChan(c);
  return result;
}

void Close(Chan* c) {
  if (c == nullptr) return panic::RaisePlain("close of nil channel");
  LockChan(c);
  if (c->closed.LoadRelaxed() != 0) {  // under lock
    UnlockChan(c);
    return panic::RaisePlain("close of closed channel");
  }
  c->closed.StoreRelease(1);
  // They are woken after the lock is released: they will want it.
  G* woken = nullptr;
  while (Sudog* s = sched::Dequeue(&c->recvq)) {
    if (s->elem != nullptr) {
      TypedClear(c->elemtype, s->elem);
      s->elem = nullptr;
    }
    sched::MarkWoken(s);
    s->g->param = nullptr;
    s->g->schedlink = woken;
    woken = s->g;
  }
  // These panic; their waits are no events of the profile.
  while (Sudog* s = sched::Dequeue(&c->sendq)) {
    s->elem = nullptr;
    s->g->param = nullptr;
    s->g->schedlink = woken;
    woken = s->g;
  }
  UnlockChan(c);
  while (woken != nullptr) {
    G* g = woken;
    woken = g->schedlink;
    g->schedlink = nullptr;
    sched::Ready(g);
  }
}

}  // namespace

void RaiseAtResume(G* g, const char* text) {
  panic::RaisePlain(text);
  // A stub of kind system would jump there; g goes on at its saved state instead.
  uintptr_t fn = g->sched.ret;
  g->sched.ret = 0;
  arch::PushCall(&g->sched, fn, nullptr);
}

bool CommitChanPark(G* g, void* chan) {
  // From here on a shrinker finds the sudog and takes the channel's lock. The order of the two
  // marks and the unlock is what it relies on.
  g->activeStackChans.StoreRelease(1);
  g->parkingOnChan.StoreRelease(0);
  UnlockChan(chan);
  return true;
}

ChanResult SendLocked(Chan* c, void* elem, void (*unlock)(void*), void* arg) {
  if (c->closed.LoadRelaxed() != 0) {  // under lock
    unlock(arg);
    return ChanResult::kClosed;
  }
  if (Sudog* s = sched::Dequeue(&c->recvq)) {
    if (s->elem != nullptr) {
      CopyAcross(c->elemtype, s->elem, elem);
      s->elem = nullptr;
    }
    unlock(arg);
    WakeWaiter(s);
    return ChanResult::kDone;
  }
  if (c->qcount == c->dataqsiz) return ChanResult::kWouldBlock;
  TypedMove(c->elemtype, Slot(c, c->sendx), elem);
  c->sendx = After(c, c->sendx);
  ++c->qcount;
  unlock(arg);
  return ChanResult::kDone;
}

ChanResult ReceiveLocked(Chan* c, void* elem, void (*unlock)(void*), void* arg) {
  if (Sudog* s = sched::Dequeue(&c->sendq)) {
    if (c->dataqsiz == 0) {
      if (elem != nullptr) CopyAcross(c->elemtype, elem, s->elem);
    } else {
      // Full: the head leaves, the sender's element takes its place as the new tail.
      uint8_t* slot = Slot(c, c->recvx);
      if (elem != nullptr) TypedMove(c->elemtype, elem, slot);
      CopyAcross(c->elemtype, slot, s->elem);
      c->recvx = After(c, c->recvx);
      c->sendx = c->recvx;
    }
    s->elem = nullptr;
    unlock(arg);
    WakeWaiter(s);
    return ChanResult::kDone;
  }
  if (c->qcount > 0) {
    uint8_t* slot = Slot(c, c->recvx);
    if (elem != nullptr) TypedMove(c->elemtype, elem, slot);
    // What was taken must not be kept alive by the ring.
    if (c->elemtype->has_pointers()) TypedClear(c->elemtype, slot);
    c->recvx = After(c, c->recvx);
    --c->qcount;
    unlock(arg);
    return ChanResult::kDone;
  }
  if (c->closed.LoadRelaxed() == 0) return ChanResult::kWouldBlock;  // under lock
  unlock(arg);
  if (elem != nullptr) TypedClear(c->elemtype, elem);
  return ChanResult::kClosed;
}

// ---- Entered from Go ----

extern "C" void gort_makechan(entry::makechan* a) {
  a = mem::AfterCollection(a);
  a->ret = Make(a->t, a->size);
}
extern "C" void gort_makechan64(entry::makechan64* a) {
  a = mem::AfterCollection(a);
  a->ret = Make(a->t, a->size);
}
extern "C" void gort_reflect_makechan(entry::reflect_makechan* a) {
  a = mem::AfterCollection(a);
  a->ret = Make(a->t, a->size);
}

extern "C" void gort_closechan(entry::closechan* a) { Close(a->c); }
extern "C" void gort_reflect_chanclose(entry::reflect_chanclose* a) { Close(a->c); }

extern "C" void gort_chansend1_slow(entry::chansend1_slow* a) { Send(a->c, a->elem, ResumeSend); }

extern "C" void gort_chanrecv1_slow(entry::chanrecv1_slow* a) {
  Receive(a->c, a->elem, ResumeReceive1);
  Continue(CurrentM()->curg);
}

extern "C" void gort_chanrecv2_slow(entry::chanrecv2_slow* a) {
  a->received = Receive(a->c, a->elem, ResumeReceive2<entry::chanrecv2_slow>);
  Continue(CurrentM()->curg);
}

extern "C" void gort_selectnbsend_slow(entry::selectnbsend_slow* a) {
  ChanResult result = TrySend(a->c, a->elem);
  if (result == ChanResult::kClosed) return panic::RaisePlain("send on closed channel");
  a->selected = result == ChanResult::kDone;
}

extern "C" void gort_selectnbrecv_slow(entry::selectnbrecv_slow* a) {
  a->selected = TryReceive(a->c, a->elem) != ChanResult::kWouldBlock;
}

extern "C" void gort_selectnbrecv2_slow(entry::selectnbrecv2_slow* a) {
  ChanResult result = TryReceive(a->c, a->elem);
  a->selected = result != ChanResult::kWouldBlock;
  if (a->selected) *reinterpret_cast<bool*>(a->received) = result == ChanResult::kDone;
}

extern "C" void gort_reflect_chansend(entry::reflect_chansend* a) {
  G* g = CurrentM()->curg;
  if (!a->nb) {
    a->selected = true;
    Send(a->c, a->elem, ResumeReflectSend);
  }
  ChanResult result = TrySend(a->c, a->elem);
  a->selected = result == ChanResult::kDone;
  if (result == ChanResult::kClosed) RaiseAtResume(g, "send on closed channel");
  Continue(g);
}

extern "C" void gort_reflect_chanrecv(entry::reflect_chanrecv* a) {
  G* g = CurrentM()->curg;
  if (a->nb) {
    ChanResult result = TryReceive(a->c, a->elem);
    a->selected = result != ChanResult::kWouldBlock;
    a->received = result == ChanResult::kDone;
  } else {
    a->selected = true;
    a->received = Receive(a->c, a->elem, ResumeReflectReceive);
  }
  Continue(g);
}

extern "C" void gort_block(entry::block*) {
  sched::Park(nullptr, nullptr, abi::kWaitSelectNoCases);
}

}  // namespace gort::lang
