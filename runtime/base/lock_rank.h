// SPDX-License-Identifier: BSD-3-Clause
//
// The runtime's locks in the order in which they may be taken: a thread that holds a lock takes
// only locks further down this list. Debug builds check it at every acquisition (base/lock.cc);
// tools draw it.
//
// Before: runtime/base/lock.h   After: runtime/base/note.h
#ifndef GORT_RUNTIME_BASE_LOCK_RANK_H_
#define GORT_RUNTIME_BASE_LOCK_RANK_H_

#include <cstdint>

namespace gort {

enum class LockRank : uint16_t {
  kUnranked = 0,  // never checked: locks inside Go objects whose order is by address (select)
  kStopWorld,     // who stops the world
  kForceGC,
  kFinalizers,  // finalizer queue
  kPollCache,   // free pollDescs
  kPollDesc,    // one pollDesc
  kSignals,     // os/signal state
  kTimers,      // one P's timer heap
  kNotifyList,  // sync.Cond
  kSemaphores,  // a semaphore bucket
  kChannel,     // one channel
  kSudog,       // central sudog pool
  kTemplateThread,
  kScheduler,  // run queue, idle lists
  kAllGs,      // list of all goroutines
  kAllPs,
  kDefer,        // central defer pools
  kItabs,        // interface method tables
  kReflectOffs,  // offsets added by reflection
  kSpecials,     // specials of a span
  kCentral,      // a size class's span lists
  kStackPool,    // stack spans of one order
  kStackLarge,
  kHeap,  // page heap
  kFixedAlloc,
  kGlobalAlloc,  // off-heap bump allocator
  kTrace,
  kPrint,  // one message at a time
  kLeaf,   // nothing is taken under it
};

}  // namespace gort

#endif  // GORT_RUNTIME_BASE_LOCK_RANK_H_
