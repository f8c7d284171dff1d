// SPDX-License-Identifier: BSD-3-Clause
//
// Sampling of waits, and how fast the cpu's counter ticks.
//
// The buckets are those of all profiles (mem/profile.h): an event that is chosen adds itself to the
// bucket of its stack.
//
// Before: runtime/sched/wait_profile.h   After: runtime/sched/park.cc
#include "runtime/sched/wait_profile.h"

#include "asm/gen/entries.h"
#include "runtime/abi/roots.h"
#include "runtime/mem/profile.h"
#include "runtime/os/clock.h"
#include "runtime/sched/scheduler.h"
#include "runtime/unwind/symbols.h"  // upward: whose wait it is

namespace gort::sched {

Atomic<uint64_t> block_profile_rate{0};

namespace {

constexpr int64_t kSecond = 1000000000;
// The speed of the counter is measured over this time at least.
constexpr int64_t kMeasured = kSecond / 10;

struct {
  int64_t ticks;
  int64_t ns;
} boot;
Atomic<int64_t> ticks_per_second{0};  // 0: not known yet

void Record(mem::ProfileKind kind, G* g, int64_t ticks, int skip) {
  uintptr_t stack[mem::kProfileDepth];
  int depth = unwind::CallersOf(g, skip, stack, mem::kProfileDepth);
  mem::AddProfileEvent(kind, ticks, stack, depth);
}

}  // namespace

void BlockEvent(G* g, int64_t ticks, int skip) {
  uint64_t rate = block_profile_rate.LoadRelaxed();
  uint64_t length = static_cast<uint64_t>(ticks);
  if (rate == 0 || (rate > length && FastRand() % rate > length)) return;
  Record(mem::ProfileKind::kBlock, g, ticks, skip);
}

void MutexEvent(G* g, int64_t ticks, int skip) {
  if (ticks < 0) ticks = 0;
  uint64_t fraction = MutexProfileFraction();
  if (fraction == 0 || FastRand() % fraction != 0) return;
  Record(mem::ProfileKind::kMutex, g, ticks, skip);
}

uint64_t MutexProfileFraction() {
  // A variable of Go: gc inlines its setter.
  return __atomic_load_n(abi::roots->mutexprofilerate, __ATOMIC_RELAXED);
}

void StartTickClock() { boot = {arch::CpuTicks(), Nanotime()}; }

int64_t TicksPerSecond() {
  int64_t known = ticks_per_second.LoadRelaxed();  // all who compute it come to nearly the same
  if (known != 0) return known;
  while (Nanotime() - boot.ns < kMeasured)
    os::SleepMicroseconds(static_cast<uint32_t>((boot.ns + kMeasured - Nanotime()) / 1000 + 1));
  int64_t ns = Nanotime() - boot.ns;
  int64_t ticks = arch::CpuTicks() - boot.ticks;
  int64_t rate =
      static_cast<int64_t>(static_cast<double>(ticks) * kSecond / static_cast<double>(ns));
  if (rate <= 0) rate = 1;
  ticks_per_second.StoreRelaxed(rate);
  return rate;
}

// ---- Entered from Go ----

extern "C" void gort_SetBlockProfileRate(entry::SetBlockProfileRate* a) {
  uint64_t rate = a->rate <= 0 ? 0 : static_cast<uint64_t>(a->rate);
  if (rate > 1) {
    // Go's rate is in ns.
    rate = static_cast<uint64_t>(static_cast<double>(rate) * static_cast<double>(TicksPerSecond()) /
                                 kSecond);
    if (rate == 0) rate = 1;
  }
  block_profile_rate.StoreRelaxed(rate);
}

extern "C" void gort_SetMutexProfileFraction(entry::SetMutexProfileFraction* a) {
  a->ret = static_cast<intptr_t>(MutexProfileFraction());
  if (a->rate >= 0)
    __atomic_store_n(abi::roots->mutexprofilerate, static_cast<uint64_t>(a->rate),
                     __ATOMIC_RELAXED);
}

// sync.event: a mutex event of whoever asks.
extern "C" void gort_mutexevent(entry::mutexevent* a) {
  MutexEvent(CurrentM()->curg, a->cycles, static_cast<int>(a->skip));
}

extern "C" void gort_runtime_pprof_runtime_cyclesPerSecond(
    entry::runtime_pprof_runtime_cyclesPerSecond* a) {
  a->ret = TicksPerSecond();
}

}  // namespace gort::sched
