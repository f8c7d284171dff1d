// SPDX-License-Identifier: BSD-3-Clause
//
// Profiles of stacks: who allocated, who waited.
//
// A bucket stands for one stack (and, in the memory profile, one size of object) and is never
// freed. Three profiles share the table:
//
//   memory   allocations that were sampled, and how many of these objects have died
//   block    time spent waiting for channels, selects and semaphores
//   mutex    time that others spent waiting for whoever released a mutex
//
// Which allocation is sampled? Every byte is an event of a Poisson process with one event per
// MemProfileRate bytes, and an object with an event in it is a sample. Such a process has no
// memory, so each run of free objects (mem/cache.h) can have one of its own: the distance to the
// next event is drawn once, becomes the slot's limit, and an allocation that does not reach it
// pays nothing. The rate is a variable of the program; a change of it is noticed at the next refill
// of any slot, as stock notices it at the next sample.
//
// A sampled object carries a special, by which the sweep finds its bucket again. Frees are counted
// when the sweep happens to come by, allocations at once, so a profile that showed both as they
// come would show much garbage as alive. Therefore both are put off to the same point:
//
//   event                               counts from cycle
//   allocation during cycle c           c + 2     its object could die in c + 1 at the earliest
//   free, found by the sweep after c    c + 1     or when runtime.GC has swept everything
//
// A bucket catches up with the cycles when somebody looks at it.
//
// Before: runtime/mem/stats.h   After: runtime/mem/profile.cc
#ifndef GORT_RUNTIME_MEM_PROFILE_H_
#define GORT_RUNTIME_MEM_PROFILE_H_

#include <cstdint>

#include "runtime/base/stack_rules.h"

namespace gort::mem {

struct Special;

constexpr int kProfileDepth = 32;
enum class ProfileKind : uint8_t { kMemory, kBlock, kMutex };
constexpr int kProfileKinds = 3;

struct MemoryCounts {
  uint64_t allocs;
  uint64_t frees;
  uint64_t alloc_bytes;
  uint64_t free_bytes;

  void Add(const MemoryCounts& other) {
    allocs += other.allocs;
    frees += other.frees;
    alloc_bytes += other.alloc_bytes;
    free_bytes += other.free_bytes;
  }
};

struct ProfileBucket {
  ProfileBucket* next_of_hash;
  ProfileBucket* next_of_kind;
  uint64_t hash;
  uintptr_t size;  // of the objects; 0 in the other profiles
  ProfileKind kind;
  int depth;
  // Memory profile.
  MemoryCounts active;     // published
  MemoryCounts future[3];  // of cycle n at n % 3; all of cycles <= caught_up are in `active`
  uint32_t caught_up;
  // The other profiles.
  int64_t count;
  int64_t cycles;  // of the cpu's counter
  uintptr_t stack[kProfileDepth];
};

// Boot: maps the table.
void InitProfiles();
// MemProfileRate now; 0: no samples.
GORT_SYSTEM_STACK int64_t ProfileRate();
// Bytes to the next sample.
GORT_SYSTEM_STACK uint64_t DrawNextSample(int64_t rate);

// The object that is going to be at `object`, of `size` bytes, is a sample, allocated by the stack
// of the running goroutine. Its memory is in a span in use.
GORT_SYSTEM_STACK void SampleAllocation(uintptr_t object, uintptr_t size);
// Sweep, with the span's specials lock held: the sampled object of `size` bytes is dead. The
// special is out of its list.
GORT_SYSTEM_STACK void SampledObjectDied(Special* special, uintptr_t size);
// A cycle's marking is over; world stopped. Everything that it found dead has been swept.
GORT_SYSTEM_STACK void NextProfileCycle();
GORT_SYSTEM_STACK void ProfileCycleSwept();

// One event of the other two profiles.
GORT_SYSTEM_STACK void AddProfileEvent(ProfileKind kind, int64_t cycles, const uintptr_t* stack,
                                       int depth);

// Calls visit for every bucket of a kind, newest first, under the table's lock.
GORT_SYSTEM_STACK void ForEachProfileBucket(ProfileKind kind, void (*visit)(ProfileBucket*, void*),
                                            void* arg);
// With the lock: publishes all that happened, cycle or not.
void PublishAll(ProfileBucket* bucket);

uintptr_t ProfileTableBytes();

}  // namespace gort::mem

#endif  // GORT_RUNTIME_MEM_PROFILE_H_
