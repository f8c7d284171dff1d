// SPDX-License-Identifier: BSD-3-Clause
//
// The form of an execution trace, as `go tool trace` reads it, and how an event gets there.
//
//   "go 1.11 trace\0\0\0"
//   batch   {Batch, P, time} event event ...            of one P, in order of time
//   event   {type | n << 6, time since the event before, n numbers}     n = 3: length in bytes
//           first, then any number of numbers
//   numbers are little-endian base 128; the last number of many events is a stack
//   at the end: {Frequency}, and a batch of {String, id, text} and {Stack, id, frames}
//
// Events are written under one lock, each into the batch of the P that it belongs to, so times and
// order agree, and a P that lost its goroutine to a system call can be written for by another
// thread. What is done without a P (the system monitor readies a goroutine) goes to P -1.
//
// Stacks and strings live in plain memory of libc until the trace ends.
//
// Before: runtime/sched/event_trace.h   After: runtime/sched/event_trace_write.cc
#ifndef GORT_RUNTIME_SCHED_EVENT_TRACE_WRITE_H_
#define GORT_RUNTIME_SCHED_EVENT_TRACE_WRITE_H_

#include <initializer_list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/base/lock.h"
#include "runtime/sched/event_trace.h"
#include "runtime/sched/scheduler.h"
#include "runtime/unwind/symbols.h"

namespace gort::sched::event_trace {

enum Event : uint8_t {
  kBatch = 1,
  kFrequency = 2,
  kStack = 3,
  kGomaxprocs = 4,
  kProcStart = 5,
  kProcStop = 6,
  kGCStart = 7,
  kGCDone = 8,
  kGCSTWStart = 9,
  kGCSTWDone = 10,
  kGCSweepStart = 11,
  kGCSweepDone = 12,
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
  kHeapAlloc = 33,
  kNextGC = 34,
  kString = 37,
  kGoStartLabel = 41,
  kGoBlockGC = 42,
  kGCMarkAssistStart = 43,
  kGCMarkAssistDone = 44,
  kUserTaskCreate = 45,
  kUserTaskEnd = 46,
  kUserRegion = 47,
  kUserLog = 48,
};

constexpr int kArgumentsShift = 6;
constexpr int32_t kNoProcessor = -1;
constexpr uint64_t kTicksPerSecond = 1000000000;

using Bytes = std::vector<uint8_t>;
using Pcs = std::vector<uintptr_t>;

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

// A P's mark worker, which is no goroutine, but has to look like one to be seen.
struct MarkWorker {
  uint64_t id;
  uint64_t seq;
};

// Everything of one trace.
struct Trace {
  std::unordered_map<int32_t, Batch> batches;  // by P
  std::vector<Bytes> full;
  size_t read = 0;  // of full
  std::unordered_map<Pcs, uint64_t, PcsHash> stacks;
  std::unordered_map<std::string, uint64_t> strings;
  std::unordered_map<int32_t, MarkWorker> workers;  // by P
  uint64_t collections = 0;
  bool in_collection = false;
  bool header_read = false;
  bool complete = false;  // nothing will be added
};

extern Lock trace_lock;  // guards what follows
extern Trace* trace;
extern G* reader;  // parked until there is something to read

// ---- With the lock held ----

void Append(Bytes* out, uint64_t v);
void AppendText(Bytes* out, const char* text, size_t n);
// What is there can be read; the next event begins a new batch.
void Close(Batch* batch);
// p: a number of a P, or kNoProcessor. stack: the last argument of an event that has one.
void Write(int32_t p, Event event, std::initializer_list<uint64_t> args,
           std::optional<uint64_t> stack = {});
// Numbers that stand for a string and a stack; a new string is written, to p's batch.
uint64_t StringId(int32_t p, const abi::String& string);
uint64_t StackId(const Pcs& pcs);
void WriteStack(uint64_t id, const Pcs& pcs);

// ---- Without it ----

// Of a goroutine that waits, or that this M works for.
Pcs StackOf(G* g);
inline Pcs StackHere() { return StackOf(CurrentM()->curg); }

inline int32_t ProcessorHere() {
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

inline void EmitOn(int32_t p, Event event, std::initializer_list<uint64_t> args) {
  WhileTracing([&] { Write(p, event, args); });
}

inline void EmitWithStack(Event event, std::initializer_list<uint64_t> args, const Pcs& stack) {
  WhileTracing([&] { Write(ProcessorHere(), event, args, StackId(stack)); });
}

inline uint64_t Id(const G* g) { return static_cast<uint64_t>(g->goid); }
// The stack of one frame that stands for a function.
inline uint64_t StartOf(uintptr_t entry) { return StackId({unwind::MarkerPc(entry)}); }

}  // namespace gort::sched::event_trace

#endif  // GORT_RUNTIME_SCHED_EVENT_TRACE_WRITE_H_
