// SPDX-License-Identifier: BSD-3-Clause
//
// Channel operations that end at once, on the goroutine's stack: an element goes into the ring or
// comes out of it, and nobody has to be woken; a non-blocking operation finds nothing to do; len
// and cap.
//
// Everything else jumps to the twin in chan.cc: a held lock, a waiter, a closed channel, a full or
// empty ring, and elements with pointers while the collector marks.
//
// Before: runtime/lang/chan.h   After: runtime/lang/chan.cc
#include <linux/futex.h>
#include <sys/syscall.h>

#include "arch/leaf.h"
#include "runtime/lang/chan.h"

namespace gort::lang {

namespace {

// The channel's lock, by the rules of base/lock.cc: 0 free, 1 held, 2 held and somebody sleeps on
// it. m->locks need not know: nothing here can be preempted.
GORT_ALWAYS_INLINE uint32_t* LockWordOf(Chan* c) {
  return reinterpret_cast<uint32_t*>(&c->lock.key.value);
}

GORT_ALWAYS_INLINE bool TryLock(Chan* c) {
  uint32_t free = 0;
  return __atomic_compare_exchange_n(LockWordOf(c), &free, 1u, false, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED);
}

GORT_ALWAYS_INLINE void Unlock(Chan* c) {
  if (GORT_LIKELY(__atomic_exchange_n(LockWordOf(c), 0u, __ATOMIC_RELEASE) != 2)) return;
  arch::RawSyscall(SYS_futex, reinterpret_cast<uintptr_t>(LockWordOf(c)), FUTEX_WAKE_PRIVATE, 1);
}

// True: the element is in the ring.
GORT_ALWAYS_INLINE bool FastSend(Chan* c, const void* elem) {
  if (c == nullptr || c->dataqsiz == 0 || NeedsBarrier(c->elemtype)) return false;
  if (!TryLock(c)) return false;
  if (c->closed.LoadRelaxed() != 0 || c->recvq.first != nullptr ||
      c->qcount == c->dataqsiz) {  // under lock
    Unlock(c);
    return false;
  }
  CopyValue(Slot(c, c->sendx), elem, c->elemsize);
  c->sendx = After(c, c->sendx);
  ++c->qcount;
  Unlock(c);
  return true;
}

// True: an element was taken.
GORT_ALWAYS_INLINE bool FastReceive(Chan* c, void* elem) {
  if (c == nullptr || c->dataqsiz == 0 || NeedsBarrier(c->elemtype)) return false;
  if (!TryLock(c)) return false;
  if (c->sendq.first != nullptr || c->qcount == 0) {
    Unlock(c);
    return false;
  }
  uint8_t* slot = Slot(c, c->recvx);
  if (elem != nullptr) CopyValue(elem, slot, c->elemsize);
  // What was taken must not be kept alive by the ring.
  if (c->elemtype->has_pointers()) ClearBytes(slot, c->elemsize);
  c->recvx = After(c, c->recvx);
  --c->qcount;
  Unlock(c);
  return true;
}

GORT_ALWAYS_INLINE intptr_t Length(const void* c) {
  return c == nullptr ? 0 : static_cast<intptr_t>(static_cast<const Chan*>(c)->qcount);
}

}  // namespace

GORT_LEAF(chansend1) {
  if (GORT_LIKELY(FastSend(a.c, a.elem))) return;
  GORT_TAIL(chansend1_slow);
}

GORT_LEAF(chanrecv1) {
  if (GORT_LIKELY(FastReceive(a.c, a.elem))) return;
  GORT_TAIL(chanrecv1_slow);
}

GORT_LEAF(chanrecv2) {
  if (GORT_LIKELY(FastReceive(a.c, a.elem))) {
    a.received = true;
    return;
  }
  GORT_TAIL(chanrecv2_slow);
}

GORT_LEAF(selectnbsend) {
  if (a.c == nullptr || !MaySend(a.c)) {
    a.selected = false;
    return;
  }
  if (FastSend(a.c, a.elem)) {
    a.selected = true;
    return;
  }
  GORT_TAIL(selectnbsend_slow);
}

GORT_LEAF(selectnbrecv) {
  if (a.c == nullptr || !MayReceive(a.c)) {
    a.selected = false;
    return;
  }
  if (FastReceive(a.c, a.elem)) {
    a.selected = true;
    return;
  }
  GORT_TAIL(selectnbrecv_slow);
}

GORT_LEAF(selectnbrecv2) {
  if (a.c == nullptr || !MayReceive(a.c)) {
    a.selected = false;
    return;
  }
  if (FastReceive(a.c, a.elem)) {
    a.selected = true;
    *reinterpret_cast<bool*>(a.received) = true;
    return;
  }
  GORT_TAIL(selectnbrecv2_slow);
}

GORT_LEAF(selectsetpc) { a.cas->pc = arch::CallerOfLeaf(&a).pc; }

GORT_LEAF(reflect_chanlen) { a.ret = Length(a.c); }
GORT_LEAF(reflectlite_chanlen) { a.ret = Length(a.c); }
GORT_LEAF(reflect_chancap) { a.ret = a.c == nullptr ? 0 : static_cast<intptr_t>(a.c->dataqsiz); }

}  // namespace gort::lang
