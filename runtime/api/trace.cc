// SPDX-License-Identifier: BSD-3-Clause
//
// The execution tracer's entry points. A trace has its header and its clock rate, and no events;
// user tasks, regions and log messages are dropped, which is what they are without a tracer.
//
// A reader (runtime/trace's goroutine) gets header, then waits for the end, then gets the footer,
// then nil; StopTrace returns when that has happened, so that the file is complete.
//
// Before: runtime/api/profile.cc   After: docs/design.md
#include <string.h>

#include "arch/arch.h"
#include "asm/gen/entries.h"
#include "runtime/abi/roots.h"
#include "runtime/base/lock.h"
#include "runtime/mem/malloc.h"
#include "runtime/panic/panic.h"
#include "runtime/sched/scheduler.h"

namespace gort::api {

namespace {

enum State { kOff, kHeader, kRunning, kFooter, kEnd };

Lock trace_lock(LockRank::kPollCache);
State state = kOff;
bool stopping = false;
G* reader = nullptr;   // parked until the end
G* stopper = nullptr;  // parked until the reader is done

bool Unlock(G* /*g*/, void* /*lock*/) {
  trace_lock.Release();
  return true;
}

abi::Slice Bytes(const void* data, size_t n) {
  void* copy = mem::Malloc(n, nullptr, false);
  memcpy(copy, data, n);
  return {copy, static_cast<intptr_t>(n), static_cast<intptr_t>(n)};
}

// One step of the reader; parks when it has to wait. Called with the lock held.
void Read(G* g);
void ResumeRead(G* g, void* /*arg*/) {
  trace_lock.Acquire();
  Read(g);
}

void Read(G* g) {
  auto* a = arch::ParkArgsOf<entry::ReadTrace>(g);
  a->ret = {};
  switch (state) {
    case kHeader:
      state = kRunning;
      trace_lock.Release();
      a->ret = Bytes("go 1.11 trace\0\0\0", 16);
      return;
    case kRunning:
      if (!stopping) {
        reader = g;
        sched::SetResume(g, ResumeRead, nullptr);
        sched::Park(Unlock, nullptr, abi::kWaitTraceReaderBlocked);
      }
      [[fallthrough]];
    case kFooter: {
      state = kEnd;
      trace_lock.Release();
      constexpr uint8_t kFrequencyEvent[] = {2, 0x80, 0x89, 0x7a};  // 2,000,000 ticks per second
      a->ret = Bytes(kFrequencyEvent, sizeof(kFrequencyEvent));
      return;
    }
    case kEnd: {
      state = kOff;
      G* waiting = stopper;
      stopper = nullptr;
      stopping = false;
      trace_lock.Release();
      if (waiting != nullptr) sched::Ready(waiting);
      return;
    }
    case kOff:
      trace_lock.Release();
      return;
  }
}

}  // namespace

// ---- Entered from Go ----

extern "C" void gort_StartTrace(entry::StartTrace* a) {
  a->ret = {};
  LockGuard guard(&trace_lock);
  if (state != kOff) {
    static const char kText[] = "tracing is already enabled";
    auto* text = static_cast<abi::String*>(mem::NewObject(abi::TypeOf(abi::roots->stringPtr)));
    *text = {reinterpret_cast<const uint8_t*>(kText), sizeof(kText) - 1};
    a->ret = {abi::roots->errorStringError.tab, text};
    return;
  }
  state = kHeader;
}

extern "C" void gort_StopTrace(entry::StopTrace*) {
  G* g = arch::GetG()->m->curg;
  trace_lock.Acquire();
  if (state == kOff || stopping) {
    trace_lock.Release();
    sched::Continue(g);
  }
  stopping = true;
  G* waiting = reader;
  reader = nullptr;
  stopper = g;
  if (waiting != nullptr) sched::Ready(waiting);
  sched::Park(Unlock, nullptr, abi::kWaitSemacquire);
}

extern "C" void gort_ReadTrace(entry::ReadTrace*) {
  G* g = arch::GetG()->m->curg;
  trace_lock.Acquire();
  Read(g);
  sched::Continue(g);
}

extern "C" void gort_trace_userTaskCreate(entry::trace_userTaskCreate*) {}
extern "C" void gort_trace_userTaskEnd(entry::trace_userTaskEnd*) {}
extern "C" void gort_trace_userRegion(entry::trace_userRegion*) {}
extern "C" void gort_trace_userLog(entry::trace_userLog*) {}

}  // namespace gort::api
