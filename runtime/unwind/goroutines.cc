// SPDX-License-Identifier: BSD-3-Clause
//
// Which goroutines a traceback shows, and how much of them: headers, GOTRACEBACK, runtime.Stack.
//
//   GOTRACEBACK      level   all goroutines   abort at the end
//   none             0
//   single, unset    1
//   all              1       yes
//   system           2       yes
//   crash            2       yes              yes
//   <number>         number  yes
//
// debug.SetTraceback can raise what the environment has set, not lower its flags. The setting is
// one word so that a dying thread reads it whole: flags in the low bits, level above.
//
// Before: runtime/unwind/ancestors.cc   After: runtime/unwind/executable.h
#include <string.h>

#include "arch/arch.h"
#include "asm/gen/entries.h"
#include "runtime/base/print.h"
#include "runtime/sched/sched.h"  // upward: the list of all goroutines
#include "runtime/unwind/traceback.h"

namespace gort::unwind {
namespace {

constexpr uint32_t kCrash = 1;
constexpr uint32_t kAll = 2;
constexpr int kLevelShift = 2;

// Written by boot and SetTraceback, read by anyone: a single word, no order needed.
Atomic<uint32_t> setting{1 << kLevelShift};
uint32_t from_environment;

bool Is(const char* text, intptr_t n, const char* word) {
  return static_cast<size_t>(n) == strlen(word) && memcmp(text, word, n) == 0;
}

// Decimal number without sign that fits into 32 bits; false otherwise.
bool ParseLevel(const char* text, intptr_t n, uint32_t* level) {
  uint64_t value = 0;
  if (n == 0 || n > 10) return false;
  for (intptr_t i = 0; i < n; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + static_cast<uint64_t>(text[i] - '0');
  }
  *level = static_cast<uint32_t>(value);
  return value == *level;
}

uint32_t ParseSetting(const char* text, intptr_t n) {
  if (Is(text, n, "none")) return 0;
  if (n == 0 || Is(text, n, "single")) return 1 << kLevelShift;
  if (Is(text, n, "all")) return 1 << kLevelShift | kAll;
  if (Is(text, n, "system")) return 2 << kLevelShift | kAll;
  if (Is(text, n, "crash")) return 2 << kLevelShift | kAll | kCrash;
  uint32_t level = 0;
  return ParseLevel(text, n, &level) ? level << kLevelShift | kAll : kAll;
}

const char* StatusText(uint32_t status) {
  switch (status) {
    case abi::kGIdle:
      return "idle";
    case abi::kGRunnable:
      return "runnable";
    case abi::kGRunning:
      return "running";
    case abi::kGSyscall:
      return "syscall";
    case abi::kGWaiting:
      return "waiting";
    case abi::kGDead:
      return "dead";
    case abi::kGCopystack:
      return "copystack";
    case abi::kGPreempted:
      return "preempted";
    default:
      return "???";
  }
}

struct OthersWalk {
  G* me;
  M* m;
  int32_t level;
};

void TracebackOne(G* g, void* arg) {
  const auto* walk = static_cast<const OthersWalk*>(arg);
  const uint32_t status = StatusOf(g);
  if (g == walk->me || g == walk->m->curg || status == abi::kGDead) return;
  if (g->is_system && walk->level < 2) return;
  PrintText("\n");
  PrintGoroutineHeader(g);
  // On this M a running g is one that the system stack works for: its frames are saved.
  if (g->m != walk->m && status == abi::kGRunning) {
    PrintText("\tgoroutine running on other thread; stack unavailable\n");
    PrintCreatedBy(g);
  } else {
    TracebackSaved(g);
  }
}

}  // namespace

TracebackSetting GetTracebackSetting() {
  const G* g = arch::GetG();
  const M* m = g != nullptr ? g->m : nullptr;
  const uint32_t bits = setting.LoadRelaxed();
  int32_t level = static_cast<int32_t>(bits >> kLevelShift);
  if (m != nullptr && m->traceback != 0) level = m->traceback;
  return {level, (bits & kAll) != 0 || (m != nullptr && m->throwing > 0), (bits & kCrash) != 0};
}

void SetTraceback(const char* text, intptr_t n) {
  setting.StoreRelaxed(ParseSetting(text, n) | from_environment);
}

void InitTraceback(const char* gotraceback) {
  SetTraceback(gotraceback,
               gotraceback != nullptr ? static_cast<intptr_t>(strlen(gotraceback)) : 0);
  from_environment = setting.LoadRelaxed();
}

void PrintGoroutineHeader(G* g) {
  const uint32_t found = g->atomicstatus.LoadAcquire();
  uint32_t status = found & ~uint32_t{abi::kGScan};
  // A system stack is nobody's goroutine.
  if (IsSystemStack(g)) status = abi::kGIdle;
  const char* text = StatusText(status);
  if (status == abi::kGWaiting && g->waitreason != abi::kWaitZero)
    text = sched::WaitReasonText(g->waitreason);
  int64_t minutes = 0;
  if ((status == abi::kGWaiting || status == abi::kGSyscall) && g->waitsince != 0) {
    minutes = (sched::Nanotime() - g->waitsince) / 60000000000;
  }
  Print("goroutine ", g->goid, " [", text);
  if ((found & abi::kGScan) != 0) PrintText(" (scan)");
  if (minutes >= 1) Print(", ", minutes, " minutes");
  if (g->lockedm != nullptr) PrintText(", locked to thread");
  PrintText("]:\n");
}

void TracebackCurrent() {
  G* current = arch::GetG()->m->curg;
  PrintText("\n");
  PrintGoroutineHeader(current);
  TracebackSaved(current);
}

void TracebackOthers(G* me) {
  M* m = arch::GetG()->m;
  // The goroutine that this thread runs comes first, if it has not been shown.
  if (m->curg != nullptr && m->curg != me) TracebackCurrent();
  OthersWalk walk = {me, m, GetTracebackSetting().level};
  sched::ForEachG(TracebackOne, &walk);
}

}  // namespace gort::unwind

// ---- Entered from Go ----

using namespace gort;
using namespace gort::unwind;

extern "C" void gort_setTraceback(entry::setTraceback* a) {
  SetTraceback(reinterpret_cast<const char*>(a->level.str), a->level.len);
}

extern "C" void gort_Stack(entry::Stack* a) {
  a->ret = 0;
  if (a->all) sched::StopTheWorld("stack trace");
  if (a->buf.len > 0) {
    G* g0 = arch::GetG();
    G* g = g0->m->curg;
    const arch::GoCaller caller = arch::CallerOf(g->sched);
    // What a program reads is the program's frames, whatever GOTRACEBACK says.
    g0->m->traceback = 1;
    g0->writebuf = {a->buf.array, 0, a->buf.len};
    PrintGoroutineHeader(g);
    Traceback(g, caller.pc, caller.sp, 0, false);
    if (a->all) TracebackOthers(g);
    g0->m->traceback = 0;
    a->ret = g0->writebuf.len;
    g0->writebuf = {};
  }
  if (a->all) sched::StartTheWorld();
}
