// SPDX-License-Identifier: BSD-3-Clause
//
// Profiles. The goroutine and the thread profile are exact; memory, block and mutex profiles are
// made of samples (mem/profile.h); who samples waits is sched/wait_profile.h. The CPU profile is
// runtime/sched/cpu_profile.cc.
//
// A profile is an array the caller made: when it is too small only the number wanted is returned.
//
// Before: runtime/api/sync.cc   After: docs/design.md
#include "runtime/mem/profile.h"
#include "arch/arch.h"
#include "asm/gen/entries.h"
#include "runtime/abi/roots.h"
#include "runtime/base/check.h"
#include "runtime/base/lock.h"
#include "runtime/base/print.h"
#include "runtime/base/upcalls.h"
#include "runtime/mem/heap_slot.h"
#include "runtime/mem/malloc.h"
#include "runtime/sched/scheduler.h"
#include "runtime/unwind/unwinder.h"

namespace gort::api {

namespace {

constexpr int kDepth = 32;
struct StackRecord {
  uintptr_t pcs[kDepth];
};

void Save(G* g, uintptr_t pc, uintptr_t sp, uintptr_t lr, StackRecord* record) {
  int n = unwind::Callers(g, pc, sp, lr, 0, record->pcs, kDepth);
  if (n < kDepth) record->pcs[n] = 0;
}

struct GoroutineWalk {
  G* self;
  StackRecord* next;
  void** labels;
  intptr_t count;
  intptr_t room;
};

bool Listed(const G* g) { return StatusOf(g) != abi::kGDead && !g->is_system; }

void CountG(G* g, void* arg) {
  if (Listed(g)) ++static_cast<GoroutineWalk*>(arg)->count;
}

void SaveG(G* g, void* arg) {
  auto* walk = static_cast<GoroutineWalk*>(arg);
  if (g == walk->self || !Listed(g) || walk->room == 0) return;
  bool in_call = g->syscallsp != 0;
  Save(g, in_call ? g->syscallpc : g->sched.pc, in_call ? g->syscallsp : g->sched.sp, g->sched.lr,
       walk->next++);
  if (walk->labels != nullptr) mem::StoreHeapPointer(walk->labels++, g->labels);
  --walk->room;
}

template <typename Entry>
void Goroutines(abi::Slice (*records)(Entry*), abi::Slice (*labels)(Entry*)) {
  G* g = arch::GetG()->m->curg;
  sched::StopTheWorld("profile");
  auto* a = arch::ArgsOf<Entry>(g);  // the stack may have moved while this waited for its turn
  abi::Slice p = records(a);
  abi::Slice l = labels(a);
  GoroutineWalk walk{g, static_cast<StackRecord*>(p.array), nullptr, 0, p.len};
  if (l.array != nullptr && l.len == p.len) walk.labels = static_cast<void**>(l.array);
  sched::ForEachG(CountG, &walk);
  a->n = walk.count;
  a->ok = walk.count <= p.len;
  if (a->ok && walk.count != 0) {
    arch::GoCaller caller = arch::CallerOf(g->sched);
    Save(g, caller.pc, caller.sp, 0, walk.next++);
    if (walk.labels != nullptr) mem::StoreHeapPointer(walk.labels++, g->labels);
    --walk.room;
    sched::ForEachG(SaveG, &walk);
  }
  sched::StartTheWorld();
}

void CopyStack(const mem::ProfileBucket* bucket, StackRecord* record) {
  for (int i = 0; i < kDepth; i++) record->pcs[i] = i < bucket->depth ? bucket->stack[i] : 0;
}

// ---- Memory ----

struct MemoryRecord {  // runtime.MemProfileRecord
  int64_t alloc_bytes, free_bytes;
  int64_t alloc_objects, free_objects;
  StackRecord stack;
};

struct MemoryWalk {
  MemoryRecord* next;
  intptr_t count;
  bool in_use_zero;
  bool empty;
};

bool Listed(const mem::MemoryCounts& counts, bool in_use_zero) {
  return in_use_zero || counts.alloc_bytes != counts.free_bytes;
}

void CountMemory(mem::ProfileBucket* bucket, void* arg) {
  auto* walk = static_cast<MemoryWalk*>(arg);
  if (Listed(bucket->active, walk->in_use_zero)) walk->count++;
  if (bucket->active.allocs != 0 || bucket->active.frees != 0) walk->empty = false;
}

// No collection has published anything: what there is must do.
void PublishMemory(mem::ProfileBucket* bucket, void* arg) {
  mem::PublishAll(bucket);
  CountMemory(bucket, arg);
}

void SaveMemory(mem::ProfileBucket* bucket, void* arg) {
  auto* walk = static_cast<MemoryWalk*>(arg);
  const mem::MemoryCounts& counts = bucket->active;
  if (!Listed(counts, walk->in_use_zero) || walk->count == 0) return;
  walk->count--;
  MemoryRecord* record = walk->next++;
  record->alloc_bytes = static_cast<int64_t>(counts.alloc_bytes);
  record->free_bytes = static_cast<int64_t>(counts.free_bytes);
  record->alloc_objects = static_cast<int64_t>(counts.allocs);
  record->free_objects = static_cast<int64_t>(counts.frees);
  CopyStack(bucket, &record->stack);
}

// ---- Waiting ----

struct WaitRecord {  // runtime.BlockProfileRecord
  int64_t count, cycles;
  StackRecord stack;
};

struct WaitWalk {
  WaitRecord* next;
  intptr_t count;
};

void CountWait(mem::ProfileBucket*, void* arg) { static_cast<WaitWalk*>(arg)->count++; }

void SaveWait(mem::ProfileBucket* bucket, void* arg) {
  auto* walk = static_cast<WaitWalk*>(arg);
  if (walk->count == 0) return;
  walk->count--;
  WaitRecord* record = walk->next++;
  record->count = bucket->count;
  record->cycles = bucket->cycles;
  CopyStack(bucket, &record->stack);
}

template <typename Entry>
void WaitProfile(mem::ProfileKind kind, Entry* a) {
  WaitWalk walk{static_cast<WaitRecord*>(a->p.array), 0};
  mem::ForEachProfileBucket(kind, CountWait, &walk);
  a->n = walk.count;
  a->ok = walk.count <= a->p.len;
  if (a->ok) mem::ForEachProfileBucket(kind, SaveWait, &walk);
}

}  // namespace

// ---- Entered from Go ----

extern "C" void gort_GoroutineProfile(entry::GoroutineProfile*) {
  using Entry = entry::GoroutineProfile;
  Goroutines<Entry>([](Entry* a) { return a->p; }, [](Entry*) { return abi::Slice{}; });
}

extern "C" void gort_goroutineProfileWithLabels(entry::goroutineProfileWithLabels*) {
  using Entry = entry::goroutineProfileWithLabels;
  Goroutines<Entry>([](Entry* a) { return a->p; }, [](Entry* a) { return a->labels; });
}

extern "C" void gort_runtime_goroutineProfileWithLabels(
    entry::runtime_goroutineProfileWithLabels*) {
  using Entry = entry::runtime_goroutineProfileWithLabels;
  Goroutines<Entry>([](Entry* a) { return a->p; }, [](Entry* a) { return a->labels; });
}

// One record per thread; where a thread was made is not recorded.
extern "C" void gort_ThreadCreateProfile(entry::ThreadCreateProfile* a) {
  a->n = 0;
  auto* records = static_cast<StackRecord*>(a->p.array);
  for (M* m = sched::AllMsHead(); m != nullptr; m = m->alllink) {
    if (a->n < a->p.len) records[a->n] = {};
    ++a->n;
  }
  a->ok = a->n <= a->p.len;
}

// While the collector marks. It looks at a goroutine's labels once, with its stack; somebody else
// may have read the old ones, by a profile.
extern "C" void gort_runtime_setProfLabel_slow(entry::runtime_setProfLabel_slow* a) {
  G* g = arch::GetG()->m->curg;
  gc::Shade(g->labels);
  gc::Shade(a->labels);
  g->labels = a->labels;
}

extern "C" void gort_MemProfile(entry::MemProfile* a) {
  MemoryWalk walk{static_cast<MemoryRecord*>(a->p.array), 0, a->inuseZero, true};
  mem::ForEachProfileBucket(mem::ProfileKind::kMemory, CountMemory, &walk);
  if (walk.empty) {
    walk.count = 0;
    mem::ForEachProfileBucket(mem::ProfileKind::kMemory, PublishMemory, &walk);
  }
  a->n = walk.count;
  a->ok = walk.count <= a->p.len;
  // A bucket that comes into being here finds no room and waits for the next call.
  if (a->ok) mem::ForEachProfileBucket(mem::ProfileKind::kMemory, SaveMemory, &walk);
}

extern "C" void gort_BlockProfile(entry::BlockProfile* a) {
  WaitProfile(mem::ProfileKind::kBlock, a);
}

extern "C" void gort_MutexProfile(entry::MutexProfile* a) {
  WaitProfile(mem::ProfileKind::kMutex, a);
}

}  // namespace gort::api
