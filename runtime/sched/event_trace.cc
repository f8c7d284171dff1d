// SPDX-License-Identifier: BSD-3-Clause
//
// The execution tracer: what every goroutine and every P did.
//
// Readers put the batches of all Ps into one order with sequence numbers that each goroutine
// counts (traceseq): an event that makes it run or runnable has to follow the one before it.
//
//    GoCreate      GoStart(seq)       GoBlock, GoSysBlock       GoUnblock(seq), GoSysExit(seq)
//   --------> runnable ------> running ----------------> waiting ----------------> runnable
//
// A trace that starts tells what is there: GoCreate for every goroutine, GoWaiting or GoInSyscall
// for those that do not run; the world is stopped for that, and again at the end. What a thread
// without a P does to a goroutine meanwhile must not fall between its description and the first
// event: Outsider.
//
// A blocked goroutine's event names the wait by its reason.
//
// Before: runtime/sched/event_trace_write.cc   After: runtime/sched/event_trace_gc.cc
#include "runtime/sched/event_trace.h"

#include <string.h>

#include "asm/gen/entries.h"
#include "runtime/abi/roots.h"
#include "runtime/mem/malloc.h"
#include "runtime/os/clock.h"
#include "runtime/sched/event_trace_write.h"

namespace gort::sched::event_trace {

Atomic<uint32_t> enabled;
Atomic<uint32_t> reader_is_due;

namespace {

// Outsiders read, a trace that begins writes.
ReadWriteWord outsiders;
G* stopper = nullptr;  // parked until everything has been read; guarded by trace_lock

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
  WhileTracing([&] {
    Write(ProcessorHere(), kGoCreate, {Id(g), StartOf(g->startpc)}, StackId(stack));
  });
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

void EnterOutside() {
  while (!outsiders.TryAcquireRead()) os::SleepMicroseconds(20);
}
void LeaveOutside() { outsiders.ReleaseRead(); }

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

void DescribeG(G* g, void* creation_stack) {
  const uint32_t status = StatusOf(g);
  if (status == abi::kGDead || status == abi::kGIdle) return;
  const int32_t p = ProcessorHere();
  g->traceseq = 0;
  g->sysblocktraced = status == abi::kGSyscall;
  Write(p, kGoCreate, {Id(g), StartOf(g->startpc), *static_cast<uint64_t*>(creation_stack)});
  if (status == abi::kGWaiting || status == abi::kGPreempted) {
    g->traceseq = 1;
    Write(p, kGoWaiting, {Id(g)});
  } else if (status == abi::kGSyscall) {
    g->traceseq = 1;
    Write(p, kGoInSyscall, {Id(g)});
  }
}

bool Describe(const Pcs& stack) {
  LockGuard guard(&trace_lock);
  if (trace != nullptr) return false;
  trace = new Trace;
  uint64_t stack_id = StackId(stack);
  ForEachG(DescribeG, &stack_id);
  enabled.StoreRelaxed(1);  // world stopped, and under the lock
  Write(ProcessorHere(), kProcStart, {static_cast<uint64_t>(CurrentM()->id)});
  G* g = CurrentM()->curg;
  Write(ProcessorHere(), kGoStart, {Id(g), ++g->traceseq});
  return true;
}

// World stopped. False: a trace is running, or its reader has not finished.
bool Begin() {
  const Pcs stack = StackHere();
  while (!outsiders.TryAcquireWrite()) os::SleepMicroseconds(20);
  const bool begun = Describe(stack);
  outsiders.ReleaseWrite();
  return begun;
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
