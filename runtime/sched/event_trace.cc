// SPDX-License-Identifier: BSD-3-Clause
//
// The execution tracer: what every goroutine and every P did, as `go tool trace` reads it.
//
//   "go 1.11 trace\0\0\0"
//   batch   {Batch, P, time} event event ...            of one P, in order of time
//   event   {type | n << 6, time since the event before, n numbers}     n = 3: length in bytes
//           first, then any number of numbers
//   numbers are little-endian base 128; the last number of many events is a stack
//   at the end: {Frequency}, and a batch of {String, id, text} and {Stack, id, frames}
//
// Readers put the batches of all Ps into one order with sequence numbers that each goroutine
// counts (traceseq): an event that makes it run or runnable has to follow the one before it.
//
//    GoCreate      GoStart(seq)       GoBlock, GoSysBlock       GoUnblock(seq), GoSysExit(seq)
//   --------> runnable ------> running ----------------> waiting ----------------> runnable
//
// A trace that starts tells what is there: GoCreate for every goroutine, GoWaiting or GoInSyscall
// for those that do not run; the world is stopped for that, and again at the end.
//
// Events are written under one lock, each into the batch of the P that it belongs to, so times and
// order agree, and a P that lost its goroutine to a system call can be written for by another
// thread. What is done without a P (the system monitor readies a goroutine) goes to P -1.
//
// A blocked goroutine's event names the wait by its reason. The stack begins at the function that
// a program called: entries that std packages reach by link name, what a mutex gives as frames to
// skip, and newproc are left out.
//
// Stacks and strings live in plain memory of libc until the trace ends.
//
// Before: runtime/sched/event_trace.h   After: runtime/api/profile.cc
#include "runtime/sched/event_trace.h"

#include <string.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "asm/gen/entries.h"
#include "runtime/abi/roots.h"
#include "runtime/base/lock.h"
#include "runtime/mem/malloc.h"
#include "runtime/os/clock.h"
#include "runtime/sched/scheduler.h"
#include "runtime/unwind/symbols.h"

namespace gort::sched::event_trace {

Atomic<uint32_t> enabled;
Atomic<uint32_t> reader_is_due;

namespace {

enum Event : uint8_t {
  kBatch = 1,
  kFrequency = 2,
  kStack = 3,
  kGomaxprocs = 4,
  kProcStart = 5,
  kProcStop = 6,
  kGCStart = 7,
  kGCDone = 8,
  kGoCreate = 13,
  kGoStart = 14,
  kGoEnd = 15,
  kGoStop = 16,
  kGoSched = 17,
  kGoPreempt = 18,
  kGoSleep = 19,
  kGoBlock = 20,
  kGoUnblock = 21,
  kGoBlockSend = 22,
  kGoBlockRecv = 23,
  kGoBlockSelect = 24,
  kGoBlockSync = 25,
  kGoBlockCond = 26,
  kGoBlockNet = 27,
  kGoSysCall = 28,
  kGoSysExit = 29,
  kGoSysBlock = 30,
  kGoWaiting = 31,
  kGoInSyscall = 32,
  kString = 37,
  kGoBlockGC = 42,
  kUserTaskCreate = 45,
  kUserTaskEnd = 46,
  kUserRegion = 47,
  kUserLog = 48,
};

constexpr int kMaxFrames = 128;
constexpr int kArgumentsShift = 6;
constexpr size_t kChunk = 32 << 10;  // a batch is given to the reader when it has so many bytes
constexpr int32_t kNoProcessor = -1;
constexpr uint64_t kTicksPerSecond = 1000000000;

using Bytes = std::vector<uint8_t>;
using Pcs = std::vector<uintptr_t>;

void Append(Bytes* out, uint64_t v) {
  for (; v >= 0x80; v >>= 7) out->push_back(static_cast<uint8_t>(0x80 | v));
  out->push_back(static_cast<uint8_t>(v));
}

void AppendText(Bytes* out, const char* text, size_t n) {
  Append(out, n);
  out->insert(out->end(), text, text + n);
}

struct Batch {
  Bytes bytes;
  int64_t last = 0;  // time of the last event
};

struct PcsHash {
  size_t operator()(const Pcs& pcs) const {
    size_t h = 0;
    for (uintptr_t pc : pcs) h = (h ^ pc) * 0x9e3779b97f4a7c15;
    return h;
  }
};

// Everything of one trace.
struct Trace {
  std::unordered_map<int32_t, Batch> batches;  // by P
  std::vector<Bytes> full;
  size_t read = 0;  // of full
  std::unordered_map<Pcs, uint64_t, PcsHash> stacks;
  std::unordered_map<std::string, uint64_t> strings;
  uint64_t collections = 0;
  bool in_collection = false;
  bool header_read = false;
  bool complete = false;  // nothing will be added
};

Lock trace_lock(LockRank::kTrace);  // guards what follows
Trace* trace = nullptr;
G* reader = nullptr;   // parked until there is something to read
G* stopper = nullptr;  // parked until everything has been read

// ---- Writing; trace_lock is held. ----

void Close(Batch* batch) {
  if (batch->bytes.empty()) return;
  trace->full.push_back(std::move(batch->bytes));
  batch->bytes = Bytes();
  if (reader != nullptr) reader_is_due.StoreRelease(1);
}

Batch* BatchOf(int32_t p) {
  Batch* batch = &trace->batches[p];
  if (batch->bytes.size() >= kChunk) Close(batch);
  if (batch->bytes.empty()) {
    batch->last = os::Nanotime();
    batch->bytes.reserve(kChunk + 4096);
    batch->bytes.push_back(kBatch | 1 << kArgumentsShift);
    Append(&batch->bytes, static_cast<uint64_t>(int64_t{p}));
    Append(&batch->bytes, static_cast<uint64_t>(batch->last));
  }
  return batch;
}

// stack: the last argument of an event that has one.
void Write(int32_t p, Event event, std::initializer_list<uint64_t> args,
           std::optional<uint64_t> stack = {}) {
  Batch* batch = BatchOf(p);
  Bytes* out = &batch->bytes;
  const int64_t now = os::Nanotime();
  const size_t count = args.size() + (stack ? 1 : 0);
  const size_t n = count < 3 ? count : 3;
  out->push_back(static_cast<uint8_t>(event | n << kArgumentsShift));
  const size_t length_at = out->size();
  if (n == 3) out->push_back(0);  // one byte: no event has so many numbers that it takes two
  Append(out, static_cast<uint64_t>(now - batch->last));
  batch->last = now;
  for (uint64_t a : args) Append(out, a);
  if (stack) Append(out, *stack);
  if (n == 3) (*out)[length_at] = static_cast<uint8_t>(out->size() - length_at - 1);
}

uint64_t StringId(int32_t p, const abi::String& string) {
  const char* text = reinterpret_cast<const char*>(string.str);
  size_t n = static_cast<size_t>(string.len);
  if (n == 0) return 0;
  constexpr size_t kLongest = 1 << 10;
  if (n > kLongest) {
    text += n - kLongest;
    n = kLongest;
  }
  auto [at, is_new] = trace->strings.emplace(std::string(text, n), trace->strings.size() + 1);
  if (is_new) {
    Bytes* out = &BatchOf(p)->bytes;
    out->push_back(kString);
    Append(out, at->second);
    AppendText(out, text, n);
  }
  return at->second;
}

uint64_t StackId(const Pcs& pcs) {
  if (pcs.empty()) return 0;
  return trace->stacks.emplace(pcs, trace->stacks.size() + 1).first->second;
}

void WriteStack(uint64_t id, const Pcs& pcs) {
  Bytes data;
  Append(&data, id);
  Append(&data, pcs.size());
  for (uintptr_t pc : pcs) {
    const unwind::CallSite site = unwind::DescribeCallPc(pc);
    Append(&data, site.pc);
    Append(&data, StringId(0, site.function));
    Append(&data, StringId(0, site.file));
    Append(&data, static_cast<uint64_t>(site.line));
  }
  Bytes* out = &BatchOf(0)->bytes;
  out->push_back(kStack | 3 << kArgumentsShift);
  Append(out, data.size());
  out->insert(out->end(), data.begin(), data.end());
}

// ---- Stacks ----

bool StartsWith(const abi::String& s, const char* prefix) {
  const size_t n = strlen(prefix);
  return static_cast<size_t>(s.len) >= n && memcmp(s.str, prefix, n) == 0;
}

bool LeftOut(uintptr_t pc) {
  const unwind::CallSite site = unwind::DescribeCallPc(pc);
  for (const char* prefix :
       {"sync.runtime_", "sync.(*Mutex).lockSlow", "sync.(*Mutex).unlockSlow",
        "sync.(*RWMutex).rUnlockSlow", "internal/poll.runtime_", "internal/poll.(*pollDesc).",
        "runtime.newproc", "runtime.entersyscall", "runtime.Gosched", "runtime/trace.user",
        "syscall.Syscall", "syscall.RawSyscall"}) {
    if (StartsWith(site.function, prefix)) return true;
  }
  return false;
}

// Of a goroutine that waits, or that this M works for.
Pcs StackOf(G* g) {
  if (g == nullptr || g->sched.sp == 0) return {};
  uintptr_t pcs[kMaxFrames];
  int n = unwind::CallersOf(g, 0, pcs, kMaxFrames);
  if (n > 0) n--;                  // goexit
  if (n > 0 && g->goid == 1) n--;  // runtime.main
  int begin = 0;
  while (begin < n && LeftOut(pcs[begin])) begin++;
  return Pcs(pcs + begin, pcs + n);
}

Pcs StackHere() { return StackOf(CurrentM()->curg); }

// ---- One event ----

int32_t ProcessorHere() {
  const P* p = CurrentM()->p;
  return p == nullptr ? kNoProcessor : p->id;
}

// write() with the lock held, if a trace is running: numbers of strings and stacks belong to one
// trace, so they are asked for in there.
template <typename F>
void WhileTracing(F write) {
  LockGuard guard(&trace_lock);
  if (enabled.LoadRelaxed() != 0) write();  // written under the lock
}

void EmitOn(int32_t p, Event event, std::initializer_list<uint64_t> args) {
  WhileTracing([&] { Write(p, event, args); });
}

void EmitWithStack(Event event, std::initializer_list<uint64_t> args, const Pcs& stack) {
  WhileTracing([&] { Write(ProcessorHere(), event, args, StackId(stack)); });
}

uint64_t Id(const G* g) { return static_cast<uint64_t>(g->goid); }
// The stack of one frame that stands for g's function.
uint64_t StartOf(const G* g) { return StackId({unwind::MarkerPc(g->startpc)}); }

Event BlockEvent(abi::WaitReason reason) {
  switch (reason) {
    case abi::kWaitChanSend:
      return kGoBlockSend;
    case abi::kWaitChanReceive:
      return kGoBlockRecv;
    case abi::kWaitSelect:
      return kGoBlockSelect;
    case abi::kWaitSemacquire:
      return kGoBlockSync;
    case abi::kWaitSyncCondWait:
      return kGoBlockCond;
    case abi::kWaitIOWait:
      return kGoBlockNet;
    case abi::kWaitSleep:
      return kGoSleep;
    case abi::kWaitGCAssistWait:
      return kGoBlockGC;
    case abi::kWaitChanReceiveNilChan:
    case abi::kWaitChanSendNilChan:
    case abi::kWaitSelectNoCases:
      return kGoStop;
    default:
      return kGoBlock;
  }
}

}  // namespace

void ProcStart() { EmitOn(ProcessorHere(), kProcStart, {static_cast<uint64_t>(CurrentM()->id)}); }
void ProcStop(P* p) { EmitOn(p->id, kProcStop, {}); }

void Gomaxprocs(int32_t count) {
  Pcs stack = StackHere();
  if (!stack.empty())
    stack.insert(stack.begin(), {unwind::MarkerPc(roots->startTheWorld->fn),
                                 unwind::MarkerPc(roots->startTheWorldGC->fn)});
  EmitWithStack(kGomaxprocs, {static_cast<uint64_t>(count)}, stack);
}

void GoCreate(G* g) {
  g->traceseq = 0;
  g->sysblocktraced = false;
  const Pcs stack = StackHere();
  WhileTracing([&] { Write(ProcessorHere(), kGoCreate, {Id(g), StartOf(g)}, StackId(stack)); });
}

void GoStart(G* g) {
  if (g->sysblocktraced) GoSysExit(g);
  EmitOn(ProcessorHere(), kGoStart, {Id(g), ++g->traceseq});
}

void GoEnd() { EmitOn(ProcessorHere(), kGoEnd, {}); }

void GoBlock(abi::WaitReason reason) { EmitWithStack(BlockEvent(reason), {}, StackHere()); }

void GoYield(bool preempted) { EmitWithStack(preempted ? kGoPreempt : kGoSched, {}, StackHere()); }

void GoUnblock(G* g) { EmitWithStack(kGoUnblock, {Id(g), ++g->traceseq}, StackHere()); }

void GoSysCall() { EmitWithStack(kGoSysCall, {}, StackHere()); }

void GoSysBlock(P* p) { EmitOn(p->id, kGoSysBlock, {}); }

void GoSysExit(G* g) {
  g->sysblocktraced = false;
  EmitOn(ProcessorHere(), kGoSysExit, {Id(g), ++g->traceseq, 0});
}

void GCStart(G* caller) {
  const Pcs stack = StackOf(caller != nullptr ? caller : CurrentM()->curg);
  WhileTracing([&] {
    trace->in_collection = true;
    Write(ProcessorHere(), kGCStart, {trace->collections++}, StackId(stack));
  });
}

void GCDone() {
  WhileTracing([] {
    if (!trace->in_collection) return;
    trace->in_collection = false;
    Write(ProcessorHere(), kGCDone, {});
  });
}

void WakeReader() {
  G* due;
  {
    LockGuard guard(&trace_lock);
    reader_is_due.StoreRelaxed(0);  // under the lock
    due = reader;
    reader = nullptr;
  }
  if (due != nullptr) Ready(due);
}

// ---- The beginning and the end ----

namespace {

void Describe(G* g, void* creation_stack) {
  const uint32_t status = ReadStatus(g) & ~uint32_t{abi::kGScan};
  if (status == abi::kGDead || status == abi::kGIdle) return;
  const int32_t p = ProcessorHere();
  g->traceseq = 0;
  g->sysblocktraced = status == abi::kGSyscall;
  Write(p, kGoCreate, {Id(g), StartOf(g), *static_cast<uint64_t*>(creation_stack)});
  if (status == abi::kGWaiting || status == abi::kGPreempted) {
    g->traceseq = 1;
    Write(p, kGoWaiting, {Id(g)});
  } else if (status == abi::kGSyscall) {
    g->traceseq = 1;
    Write(p, kGoInSyscall, {Id(g)});
  }
}

// World stopped. False: a trace is running, or its reader has not finished.
bool Begin() {
  const Pcs stack = StackHere();
  LockGuard guard(&trace_lock);
  if (trace != nullptr) return false;
  trace = new Trace;
  uint64_t stack_id = StackId(stack);
  ForEachG(Describe, &stack_id);
  enabled.StoreRelaxed(1);  // world stopped, and under the lock
  Write(ProcessorHere(), kProcStart, {static_cast<uint64_t>(CurrentM()->id)});
  G* g = CurrentM()->curg;
  Write(ProcessorHere(), kGoStart, {Id(g), ++g->traceseq});
  return true;
}

// World stopped. False: no trace is running.
bool End() {
  if (enabled.LoadRelaxed() == 0) return false;
  GoYield(false);
  LockGuard guard(&trace_lock);
  enabled.StoreRelaxed(0);  // world stopped, and under the lock
  for (auto& [p, batch] : trace->batches) Close(&batch);
  return true;
}

// After End, with the world running: what explains the numbers of the trace.
void WriteTables() {
  LockGuard guard(&trace_lock);
  Bytes frequency;
  frequency.push_back(kFrequency);
  Append(&frequency, kTicksPerSecond);
  trace->full.push_back(std::move(frequency));
  for (const auto& [pcs, id] : trace->stacks) WriteStack(id, pcs);
  for (auto& [p, batch] : trace->batches) Close(&batch);
  trace->complete = true;
}

abi::Slice GoBytes(const void* data, size_t n) {
  void* copy = mem::Malloc(n, nullptr, false);
  memcpy(copy, data, n);
  return {copy, static_cast<intptr_t>(n), static_cast<intptr_t>(n)};
}

// One step of the reader. Called with the lock held, returns without it; parks when it has to wait.
void Read(G* g) {
  auto* a = arch::ParkArgsOf<entry::ReadTrace>(g);
  a->ret = {};
  if (trace == nullptr) {
    trace_lock.Release();
    return;
  }
  if (!trace->header_read) {
    trace->header_read = true;
    trace_lock.Release();
    a->ret = GoBytes("go 1.11 trace\0\0\0", 16);
    return;
  }
  if (trace->read < trace->full.size()) {
    const Bytes chunk = std::move(trace->full[trace->read++]);
    trace_lock.Release();
    abi::Slice bytes = GoBytes(chunk.data(), chunk.size());
    arch::ParkArgsOf<entry::ReadTrace>(g)->ret = bytes;
    return;
  }
  if (trace->complete) {
    delete trace;
    trace = nullptr;
    G* waiting = stopper;
    stopper = nullptr;
    trace_lock.Release();
    if (waiting != nullptr) Ready(waiting);
    return;
  }
  trace_lock.Release();
  SetResume(
      g,
      [](G* g, void*) {
        trace_lock.Acquire();
        Read(g);
      },
      nullptr);
  Park(
      [](G* g, void*) {
        LockGuard guard(&trace_lock);
        if (trace->read < trace->full.size() || trace->complete) return false;
        reader = g;
        return true;
      },
      nullptr, abi::kWaitTraceReaderBlocked);
}

}  // namespace

}  // namespace gort::sched::event_trace

// ---- Entered from Go ----

using namespace gort;
using namespace gort::sched;
using namespace gort::sched::event_trace;

extern "C" void gort_StartTrace(entry::StartTrace*) {
  G* g = CurrentM()->curg;
  StopTheWorld("start tracing");
  const bool started = Begin();
  StartTheWorld();
  auto* a = arch::ArgsOf<entry::StartTrace>(g);
  a->ret = {};
  if (started) return;
  auto* text = static_cast<abi::String*>(mem::NewObject(TypeOf(roots->stringPtr)));
  *text = unwind::TextOf("tracing is already enabled");
  arch::ArgsOf<entry::StartTrace>(g)->ret = {roots->errorStringError.tab, text};
}

extern "C" void gort_StopTrace(entry::StopTrace*) {
  G* g = CurrentM()->curg;
  StopTheWorld("stop tracing");
  const bool stopped = End();
  StartTheWorld();
  if (!stopped) Continue(g);
  WriteTables();
  WakeReader();
  Park(
      [](G* g, void*) {
        LockGuard guard(&trace_lock);
        if (trace == nullptr) return false;
        stopper = g;
        return true;
      },
      nullptr, abi::kWaitSemacquire);
}

extern "C" void gort_ReadTrace(entry::ReadTrace*) {
  G* g = CurrentM()->curg;
  trace_lock.Acquire();
  Read(g);
  Continue(g);
}

extern "C" void gort_trace_userTaskCreate(entry::trace_userTaskCreate* a) {
  if (!Enabled()) return;
  const Pcs stack = StackHere();
  WhileTracing([&] {
    const int32_t p = ProcessorHere();
    const uint64_t name = StringId(p, a->taskType);
    Write(p, kUserTaskCreate, {a->id, a->parentID, name}, StackId(stack));
  });
}

extern "C" void gort_trace_userTaskEnd(entry::trace_userTaskEnd* a) {
  if (Enabled()) EmitWithStack(kUserTaskEnd, {a->id}, StackHere());
}

extern "C" void gort_trace_userRegion(entry::trace_userRegion* a) {
  if (!Enabled()) return;
  const Pcs stack = StackHere();
  WhileTracing([&] {
    const int32_t p = ProcessorHere();
    const uint64_t name = StringId(p, a->name);
    Write(p, kUserRegion, {a->id, a->mode, name}, StackId(stack));
  });
}

// The message follows the event as it is.
extern "C" void gort_trace_userLog(entry::trace_userLog* a) {
  if (!Enabled()) return;
  const Pcs stack = StackHere();
  WhileTracing([&] {
    const int32_t p = ProcessorHere();
    const uint64_t category = StringId(p, a->category);
    Write(p, kUserLog, {a->id, category}, StackId(stack));
    AppendText(&trace->batches[p].bytes, reinterpret_cast<const char*>(a->message.str),
               static_cast<size_t>(a->message.len));
  });
}
