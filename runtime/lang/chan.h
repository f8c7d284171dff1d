// SPDX-License-Identifier: BSD-3-Clause
//
// Channels: what the entries, select and reflect share.
//
// A channel is a lock, a ring of elements and two queues of waiters. At most one queue is not
// empty, and then the ring is full (senders wait) or empty (receivers wait); an unbuffered channel
// is a ring of no elements that is both.
//
//   qcount <= dataqsiz;  qcount < dataqsiz => sendq empty;  qcount > 0 => recvq empty      (but for
//                        a select that waits on both)
//
// Whoever finds a waiter at the other side hands the element over directly, from stack to stack:
// the waiter is parked and its frames hold still, so its variable can be read or written (the
// collector and the stack copier take the channel's lock before they move a stack with published
// sudogs). A full ring with waiting senders turns: the receiver takes the head, the sender's
// element goes to the tail, which is the same slot.
//
// After the hand-over the waiter has nothing left to do but its result word (received or closed,
// which case of a select): its resume function stores it.
//
// Before: runtime/abi/chan.h   After: runtime/lang/chan_leaf.cc
#ifndef GORT_RUNTIME_LANG_CHAN_H_
#define GORT_RUNTIME_LANG_CHAN_H_

#include "runtime/base/lock.h"
#include "runtime/lang/bytes.h"
#include "runtime/lang/typed_memory.h"
#include "runtime/sched/sudog.h"

namespace gort::lang {

using Chan = abi::hchan;
using sched::Sudog;

GORT_ALWAYS_INLINE uint8_t* Slot(const Chan* c, uintptr_t i) {
  return static_cast<uint8_t*>(c->buf) + i * c->elemsize;
}
GORT_ALWAYS_INLINE uintptr_t After(const Chan* c, uintptr_t i) {
  return i + 1 == c->dataqsiz ? 0 : i + 1;
}

// The operations under the lock, which they release when they are done (not when they return
// kWouldBlock).
enum class ChanResult { kWouldBlock, kDone, kClosed };

// kClosed: a send on a closed channel, which panics.
GORT_SYSTEM_STACK ChanResult SendLocked(Chan* c, void* elem, void (*unlock)(void*), void* arg);
// kClosed: the channel is closed and empty; *elem has been cleared. elem may be nullptr: the value
// is dropped.
GORT_SYSTEM_STACK ChanResult ReceiveLocked(Chan* c, void* elem, void (*unlock)(void*), void* arg);

// Ready for the operation without waiting? A look without the lock: a hint, except that a channel
// that is seen closed stays so.
GORT_ALWAYS_INLINE bool MaySend(const Chan* c) {
  if (c->closed.LoadAcquire() != 0) return true;
  if (c->dataqsiz == 0) return __atomic_load_n(&c->recvq.first, __ATOMIC_ACQUIRE) != nullptr;
  return __atomic_load_n(&c->qcount, __ATOMIC_ACQUIRE) < c->dataqsiz;
}
GORT_ALWAYS_INLINE bool MayReceive(const Chan* c) {
  if (c->dataqsiz == 0) {
    if (__atomic_load_n(&c->sendq.first, __ATOMIC_ACQUIRE) != nullptr) return true;
  } else if (__atomic_load_n(&c->qcount, __ATOMIC_ACQUIRE) > 0) {
    return true;
  }
  return c->closed.LoadAcquire() != 0;
}

// The unlock function of Park for an operation on one channel, and for select.
bool CommitChanPark(G* g, void* chan);
inline void UnlockChan(void* chan) {
  UnlockWord(&static_cast<Chan*>(chan)->lock, LockRank::kChannel);
}
// g, which is about to go on, is to panic instead: as if its entry of kind park called
// panicPending.
GORT_SYSTEM_STACK void RaiseAtResume(G* g, const char* text);

}  // namespace gort::lang

#endif  // GORT_RUNTIME_LANG_CHAN_H_
