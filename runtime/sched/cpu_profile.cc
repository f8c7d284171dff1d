// SPDX-License-Identifier: BSD-3-Clause
//
// While a CPU profile runs, the kernel sends SIGPROF after every 1/hz seconds of processor time of
// the process, to a thread that is using it. The handler walks the stack that it interrupted.
//
// Where the time goes to, by what was interrupted:
//
//   Go text                   the goroutine's frames, from the instruction on
//   leaf C++                  the same, from its Go caller on (unwind/leaf_table.h)
//   C++ on the system stack   that works for a goroutine: the frames of the goroutine, innermost
//                             the entry's stub, so the time is that of runtime.mallocgc or
//                             runtime.selectgo as in stock; runtime.newstack while a stack grows
//   C++ without a goroutine   runtime._ExternalCode, called by _GC while the M marks, sweeps or
//                             stops the world, else by _System. Stock, whose scheduler and workers
//                             are Go, shows their functions.
//   between two stacks        SP is not in g's stack: as above
//
// A record is {length in words, time, 1, pcs...} with one label word beside it; the first of a
// profile is {3, time, hz}, and {4, time, 0, n} stands for n samples that were lost.
//
// The handler may interrupt anything, so records go into memory of our own under a spin lock that
// is held only where SIGPROF is blocked: in handlers, and in the few lines that say so here. There
// are two buffers. Handlers fill one; the reader takes it when the one that it had is used up.
//
//            handlers --> filling              reading --> runtime/pprof (until its next read)
//                            \___ swapped ___/
//
// A label is a pointer to the heap that the buffer keeps alive (ForEachProfileLabel).
//
// Before: runtime/sched/cpu_profile.h   After: runtime/api/profile.cc
#include "runtime/sched/cpu_profile.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>

#include <initializer_list>

#include "asm/gen/entries.h"
#include "runtime/abi/roots.h"
#include "runtime/base/check.h"
#include "runtime/base/print.h"
#include "runtime/mem/malloc.h"
#include "runtime/sched/scheduler.h"
#include "runtime/unwind/symbols.h"

namespace gort::sched {
namespace {

constexpr int kMaxFrames = 64;
constexpr intptr_t kHeader = 3;  // length, time, count
constexpr intptr_t kWords = 1 << 16;
constexpr intptr_t kRecords = 1 << 13;

struct Buffer {
  uint64_t words[kWords];
  void* labels[kRecords];
  intptr_t used;
  intptr_t records;
};

// Held with SIGPROF blocked. What follows is guarded by it.
Atomic<uint32_t> spin;
Buffer* filling = nullptr;
Buffer* reading = nullptr;
uint64_t lost = 0;       // samples since the last record
int64_t lost_since = 0;  // time of the first of them
bool reader_waits = false;

// Rate of the running profile; 0: none. Written under spin, read anywhere as a hint.
Atomic<int32_t> rate;

// Samples of foreign threads: nobody to say where they were.
Atomic<uint64_t> foreign;

Lock start_lock(LockRank::kLeaf);  // start and stop
bool unread = false;               // a profile has been started whose end has not been read

Note reader_note;

void AcquireSpin() {
  while (!spin.CasAcqRel(0, 1)) arch::CpuRelax();
}
void ReleaseSpin() { spin.StoreRelease(0); }

// For code outside handlers.
class SpinWithSignalsBlocked {
 public:
  SpinWithSignalsBlocked() {
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, SIGPROF);
    pthread_sigmask(SIG_BLOCK, &one, &old_);
    AcquireSpin();
  }
  ~SpinWithSignalsBlocked() {
    ReleaseSpin();
    pthread_sigmask(SIG_SETMASK, &old_, nullptr);
  }

 private:
  sigset_t old_;
};

bool Append(int64_t time, uint64_t head, const uintptr_t* pcs, intptr_t n, void* label) {
  Buffer* b = filling;
  if (b->used + kHeader + n > kWords || b->records == kRecords) return false;
  uint64_t* record = b->words + b->used;
  record[0] = static_cast<uint64_t>(kHeader + n);
  record[1] = static_cast<uint64_t>(time);
  record[2] = head;
  for (intptr_t i = 0; i < n; ++i) record[kHeader + i] = pcs[i];
  b->labels[b->records++] = label;
  b->used += kHeader + n;
  return true;
}

void AppendLost() {
  const uintptr_t count = lost;
  if (count != 0 && Append(lost_since, 0, &count, 1, nullptr)) lost = 0;
}

void WakeReader() {
  if (!reader_waits) return;
  reader_waits = false;
  reader_note.Wake();
}

void AddSample(const uintptr_t* pcs, intptr_t n, void* label) {
  AcquireSpin();
  if (rate.LoadRelaxed() != 0) {  // spin orders it
    const int64_t now = Nanotime();
    AppendLost();
    if (lost != 0 || !Append(now, 1, pcs, n, label)) {
      if (lost++ == 0) lost_since = now;
    }
    WakeReader();
  }
  ReleaseSpin();
}

// The frames of the goroutine that C++ on this M's system stack works for.
int Sponsor(M* m, uintptr_t* pcs) {
  G* curg = m->curg;
  if (curg == nullptr || curg->sched.sp == 0 || !curg->stack.ContainsSp(curg->sched.sp)) return 0;
  int n = 0;
  // A function that has called morestack is at its call of it, without a frame, and not at its
  // entry, where a system entry's stub is, nor at a park stub's way out.
  const unwind::FuncInfo f = unwind::FindFunc(curg->sched.pc);
  constexpr uintptr_t kPastStubs = 32;
  if (f && curg->sched.pc - f.fn->entry > kPastStubs &&
      unwind::PcValueAt(f, static_cast<uint32_t>(f.fn->pcsp), curg->sched.pc - 1).value == 0) {
    pcs[n++] = unwind::MarkerPc(roots->newstack->fn);
  }
  return n + unwind::CallersInSignal(curg, pcs + n, kMaxFrames - n);
}

int Sample(const arch::SigContext& context, G* g, uintptr_t* pcs) {
  M* m = g->m;
  const uintptr_t pc = context.pc();
  const uintptr_t sp = context.sp();
  const bool go = static_cast<bool>(unwind::FindFunc(pc));
  int n = 0;
  if (g->stack.ContainsSp(sp)) {
    if (go || g == m->curg) {
      n = unwind::CallersInSignal(g, pc, sp, context.lr(), context.fp(), pcs, kMaxFrames);
    }
    if (n == 0 && g == m->g0) n = Sponsor(m, pcs);
  }
  if (n > 0) return n;
  pcs[0] = go ? pc : unwind::MarkerPc(roots->ExternalCode->fn);
  const bool collects = m->collecting || m->preemptoff != nullptr;
  pcs[1] = unwind::MarkerPc((collects ? roots->GC : roots->System)->fn);
  return 2;
}

void SetTimer(int32_t hz) {
  struct itimerval timer = {};
  if (hz != 0) {
    timer.it_interval.tv_sec = hz == 1 ? 1 : 0;
    timer.it_interval.tv_usec = hz == 1 ? 0 : 1000000 / hz;
    timer.it_value = timer.it_interval;
  }
  setitimer(ITIMER_PROF, &timer, nullptr);
}

Buffer* NewBuffer() { return static_cast<Buffer*>(mem::SysAlloc(sizeof(Buffer))); }

void Clear(Buffer* b) { b->used = b->records = 0; }

void Start(int32_t hz) {
  Buffer* first = filling != nullptr ? filling : NewBuffer();
  Buffer* second = reading != nullptr ? reading : NewBuffer();
  {
    SpinWithSignalsBlocked held;
    filling = first;
    reading = second;
    Clear(filling);
    Clear(reading);
    lost = 0;
    Append(Nanotime(), static_cast<uint64_t>(hz), nullptr, 0, nullptr);
    rate.StoreRelaxed(hz);
  }
  SetTimer(hz);
}

void Stop() {
  SetTimer(0);
  SpinWithSignalsBlocked held;
  rate.StoreRelaxed(0);
  if (const uint64_t n = foreign.ExchangeAcqRel(0)) {
    const uintptr_t pcs[] = {unwind::MarkerPc(roots->ExternalCode->fn),
                             unwind::MarkerPc(roots->System->fn)};
    Append(Nanotime(), n, pcs, 2, nullptr);
  }
  AppendLost();
  WakeReader();
}

// Something to read, or the end. If not, the note will be woken.
bool Readable() {
  SpinWithSignalsBlocked held;
  if (filling == nullptr || filling->used != 0 || rate.LoadRelaxed() == 0) return true;
  reader_note.Clear();
  reader_waits = true;
  return false;
}

}  // namespace

void ProfileSample(const arch::SigContext& context, G* g) {
  if (rate.LoadRelaxed() == 0) return;  // AddSample looks again
  uintptr_t pcs[kMaxFrames];
  const int n = Sample(context, g, pcs);
  const G* labelled = g == g->m->g0 && g->m->curg != nullptr ? g->m->curg : g;
  AddSample(pcs, n, labelled->labels);
}

void ProfileLostSample() {
  if (rate.LoadRelaxed() != 0) foreign.FetchAddAcqRel(1);
}

void ForEachProfileLabel(void (*visit)(void*, void*), void* arg) {
  SpinWithSignalsBlocked held;
  for (const Buffer* b : {filling, reading}) {
    for (intptr_t i = 0; b != nullptr && i < b->records; ++i) visit(b->labels[i], arg);
  }
}

}  // namespace gort::sched

// ---- Entered from Go ----

using namespace gort;
using namespace gort::sched;

extern "C" void gort_SetCPUProfileRate(entry::SetCPUProfileRate* a) {
  const intptr_t hz = a->hz < 0 ? 0 : a->hz > 1000000 ? 1000000 : a->hz;
  LockGuard guard(&start_lock);
  if (hz > 0) {
    if (unread) {
      PrintText("runtime: cannot set cpu profile rate until previous profile has finished.\n");
      return;
    }
    unread = true;
    Start(static_cast<int32_t>(hz));
  } else if (rate.LoadRelaxed() != 0) {  // start_lock orders it
    Stop();
  }
}

extern "C" void gort_CPUProfile(entry::CPUProfile*) {
  ThrowMisuse("CPUProfile no longer available");
}

// Waits for a record. The memory that it returns is valid until the next call.
extern "C" void gort_runtime_pprof_readProfile(entry::runtime_pprof_readProfile*) {
  while (!Readable()) {
    BlockInPlace([](void*) { reader_note.Sleep(); }, nullptr, abi::kWaitZero);
  }
  auto* a = arch::ArgsOf<entry::runtime_pprof_readProfile>(CurrentM()->curg);
  a->data = {};
  a->tags = {};
  a->eof = false;
  if (filling != nullptr) {
    SpinWithSignalsBlocked held;
    Buffer* full = filling;
    filling = reading;
    reading = full;
    Clear(filling);
    AppendLost();
    a->data = {full->words, full->used, full->used};
    a->tags = {full->labels, full->records, full->records};
  }
  if (a->data.len == 0) {
    a->data = {};
    a->tags = {};
    a->eof = true;
    LockGuard guard(&start_lock);
    unread = false;
  }
}
