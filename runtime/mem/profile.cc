// SPDX-License-Identifier: BSD-3-Clause
//
// The table of buckets, and the memory profile's samples.
//
// Before: runtime/mem/profile.h   After: runtime/api/profile.cc
#include "runtime/mem/profile.h"

#include <cmath>

#include "arch/arch.h"
#include "runtime/abi/roots.h"
#include "runtime/base/atomic.h"
#include "runtime/base/lock.h"
#include "runtime/lang/random.h"  // upward: distances are random
#include "runtime/mem/arena.h"
#include "runtime/mem/fixed_alloc.h"
#include "runtime/mem/malloc.h"
#include "runtime/mem/special.h"
#include "runtime/mem/stats.h"
#include "runtime/unwind/symbols.h"  // upward: whose allocation it is

namespace gort::mem {
namespace {

constexpr uintptr_t kHashSize = 1 << 15;

struct ProfileSpecial : Special {
  ProfileBucket* bucket;
};

FixedAlloc<ProfileSpecial> profile_specials;

Lock profile_lock(LockRank::kProfile);
// Guarded by profile_lock.
ProfileBucket** table;
ProfileBucket* buckets[kProfileKinds];
Atomic<uintptr_t> table_bytes;
// Changed with the world stopped, and published with the lock held.
Atomic<uint32_t> cycle;
Atomic<uint32_t> published;  // cycles up to this one are in the profile; cycle, or cycle + 1

void CatchUp(ProfileBucket* bucket) {
  uint32_t to = published.LoadRelaxed();
  uint32_t behind = to - bucket->caught_up;
  for (uint32_t i = 0; i < 3 && i < behind; i++) {
    MemoryCounts* counts = &bucket->future[(bucket->caught_up + 1 + i) % 3];
    bucket->active.Add(*counts);
    *counts = {};
  }
  bucket->caught_up = to;
}

// Where events that count from cycle n are added.
MemoryCounts* CountsOf(ProfileBucket* bucket, uint32_t n) {
  CatchUp(bucket);
  bool past = static_cast<int32_t>(n - bucket->caught_up) <= 0;
  return past ? &bucket->active : &bucket->future[n % 3];
}

ProfileBucket* FindBucket(ProfileKind kind, uintptr_t size, const uintptr_t* stack, int depth) {
  uint64_t hash = size * 0x9e3779b97f4a7c15 + static_cast<uint64_t>(kind);
  for (int i = 0; i < depth; i++) hash = (hash ^ stack[i]) * 0x9e3779b97f4a7c15 ^ hash >> 29;
  ProfileBucket** head = &table[hash >> 32 & (kHashSize - 1)];
  for (ProfileBucket* bucket = *head; bucket != nullptr; bucket = bucket->next_of_hash) {
    if (bucket->hash != hash || bucket->kind != kind || bucket->size != size) continue;
    bool same = bucket->depth == depth;
    for (int i = 0; same && i < depth; i++) same = bucket->stack[i] == stack[i];
    if (same) return bucket;
  }
  auto* bucket = static_cast<ProfileBucket*>(PersistentAlloc(sizeof(ProfileBucket), 8));
  table_bytes.FetchAddRelaxed(sizeof(ProfileBucket));  // a statistic
  bucket->hash = hash;
  bucket->size = size;
  bucket->kind = kind;
  bucket->depth = depth;
  bucket->caught_up = published.LoadRelaxed();
  for (int i = 0; i < depth; i++) bucket->stack[i] = stack[i];
  bucket->next_of_hash = *head;
  *head = bucket;
  bucket->next_of_kind = buckets[static_cast<int>(kind)];
  buckets[static_cast<int>(kind)] = bucket;
  return bucket;
}

void AddSpecial(ProfileSpecial* special, uintptr_t object) {
  Span* s = FindSpan(object);
  special->kind = Special::kProfile;
  special->offset = object - s->base;
  SpecialsGuard guard(s);
  Special** at = FindSpecial(s, special->offset, special->kind);
  special->next = *at;
  *at = special;
}

}  // namespace

void InitProfiles() {
  table = static_cast<ProfileBucket**>(PersistentAlloc(kHashSize * abi::kWord, 8));
  table_bytes.StoreRelaxed(kHashSize * abi::kWord);  // a statistic
}

int64_t ProfileRate() {
  // Without Go code there is no such variable.
  if (abi::roots == nullptr || abi::roots->memProfileRate == nullptr) return 0;
  int64_t rate = *abi::roots->memProfileRate;
  return rate < 0 ? 0 : rate;
}

uint64_t DrawNextSample(int64_t rate) {
  if (rate <= 0) return ~uint64_t{0};
  if (rate == 1) return 0;  // every object, with no scaling
  // -ln(u) * rate for u in (0, 1] is the distance of two events.
  double u = (static_cast<double>(lang::NextRandom()) + 1) / 4294967296.0;
  return static_cast<uint64_t>(-std::log(u) * static_cast<double>(rate));
}

void SampleAllocation(uintptr_t object, uintptr_t size) {
  M* m = arch::GetG()->m;
  if (m->curg == nullptr) return;  // the runtime's own, of no goroutine
  uintptr_t stack[kProfileDepth];
  // The entry, newobject or growslice, is left out.
  int depth = unwind::CallersOf(m->curg, 1, stack, kProfileDepth);
  ProfileSpecial* special = profile_specials.Alloc();
  {
    LockGuard guard(&profile_lock);
    special->bucket = FindBucket(ProfileKind::kMemory, size, stack, depth);
    MemoryCounts* counts = CountsOf(special->bucket, cycle.LoadRelaxed() + 2);
    counts->allocs++;
    counts->alloc_bytes += size;
  }
  AddSpecial(special, object);
}

void SampledObjectDied(Special* special, uintptr_t size) {
  auto* sampled = static_cast<ProfileSpecial*>(special);
  {
    LockGuard guard(&profile_lock);
    MemoryCounts* counts = CountsOf(sampled->bucket, cycle.LoadRelaxed() + 1);
    counts->frees++;
    counts->free_bytes += size;
  }
  profile_specials.Free(sampled);
}

void NextProfileCycle() {
  LockGuard guard(&profile_lock);
  uint32_t next = cycle.LoadRelaxed() + 1;
  cycle.StoreRelaxed(next);
  published.StoreRelaxed(next);
}

void ProfileCycleSwept() {
  LockGuard guard(&profile_lock);
  published.StoreRelaxed(cycle.LoadRelaxed() + 1);
}

void AddProfileEvent(ProfileKind kind, int64_t cycles, const uintptr_t* stack, int depth) {
  LockGuard guard(&profile_lock);
  ProfileBucket* bucket = FindBucket(kind, 0, stack, depth);
  bucket->count++;
  bucket->cycles += cycles;
}

void ForEachProfileBucket(ProfileKind kind, void (*visit)(ProfileBucket*, void*), void* arg) {
  LockGuard guard(&profile_lock);
  for (ProfileBucket* bucket = buckets[static_cast<int>(kind)]; bucket != nullptr;
       bucket = bucket->next_of_kind) {
    if (kind == ProfileKind::kMemory) CatchUp(bucket);
    visit(bucket, arg);
  }
}

void PublishAll(ProfileBucket* bucket) {
  for (MemoryCounts& counts : bucket->future) {
    bucket->active.Add(counts);
    counts = {};
  }
}

uintptr_t ProfileTableBytes() { return table_bytes.LoadRelaxed(); }

}  // namespace gort::mem
