// SPDX-License-Identifier: BSD-3-Clause
//
// The runtime's locks in the order in which they may be taken: a thread that holds a lock takes
// only locks further down this list. Debug builds check it at every acquisition (base/lock.cc), and
// with GODEBUG=gortlocks=1 print at the program's end which locks were taken under which;
// docs/locks.md draws that.
//
// Before: runtime/base/lock.h   After: runtime/base/note.h
#ifndef GORT_RUNTIME_BASE_LOCK_RANK_H_
#define GORT_RUNTIME_BASE_LOCK_RANK_H_

#include <cstdint>

// name, what it guards
#define GORT_LOCK_RANKS(RANK)                             \
  RANK(StopWorld, "who stops the world")                  \
  RANK(ForceGC, "the forced collection")                  \
  RANK(Finalizers, "the queue of finalizers")             \
  RANK(PollCache, "free pollDescs")                       \
  RANK(PollDesc, "one pollDesc")                          \
  RANK(Signals, "what os/signal asked for")               \
  RANK(Timers, "the timer heap of a P")                   \
  RANK(NotifyList, "the waiters of a sync.Cond")          \
  RANK(Semaphores, "a bucket of semaphores")              \
  RANK(Channel, "a channel")                              \
  RANK(TemplateThread, "requests to the template thread") \
  RANK(Scheduler, "global run queue, idle Ms and Ps")     \
  RANK(AllGs, "the list of all goroutines")               \
  RANK(AllPs, "the list of all Ps")                       \
  RANK(Sudog, "sudogs that no P has")                     \
  RANK(Defer, "defer records that no P has")              \
  RANK(Itabs, "interface method tables")                  \
  RANK(ReflectOffs, "offsets that reflection added")      \
  RANK(Specials, "finalizers of the objects of a span")   \
  RANK(Profile, "buckets of the profiles")                \
  RANK(Central, "the spans of a size class")              \
  RANK(StackPool, "stack spans of one size")              \
  RANK(StackLarge, "large stacks")                        \
  RANK(Heap, "the page heap")                             \
  RANK(FixedAlloc, "an allocator of objects of one size") \
  RANK(GlobalAlloc, "the off-heap bump allocator")        \
  RANK(Trace, "the execution trace")                      \
  RANK(Print, "one message at a time")                    \
  RANK(Leaf, "locks under which none is taken")

namespace gort {

enum class LockRank : uint16_t {
  kUnranked = 0,  // never checked: locks inside Go objects whose order is by address (select)
#define GORT_LOCK_RANK(name, guards) k##name,
  GORT_LOCK_RANKS(GORT_LOCK_RANK)
#undef GORT_LOCK_RANK
      kCount,
};

}  // namespace gort

#endif  // GORT_RUNTIME_BASE_LOCK_RANK_H_
