// SPDX-License-Identifier: BSD-3-Clause
//
// What the collector does, in an execution trace.
//
//   one cycle      STWStart   GCStart  STWDone  ...marking...   STWStart   GCDone  STWDone
//   an assist      MarkAssistStart  MarkAssistDone              of the goroutine that pays
//   a mark worker  GoCreate or GoUnblock, GoStartLabel  GoBlock
//   sweeping       SweepStart  SweepDone{bytes swept, bytes freed}
//   the heap       HeapAlloc{bytes}, NextGC{bytes}
//
// A mark worker is not a goroutine here (gc/worker.h), but readers know marking by the label of a
// goroutine that runs: so each P has a number of one, which is made with the P's first slice.
//
// Sweeping is traced where a goroutine does it to get memory, not where it is done in idle time,
// and only if a span was swept: SweepScope is the attempt, its first span begins the event. A scope
// does not contain a safe point, so one trace has both ends.
//
// Before: runtime/sched/event_trace.cc   After: runtime/api/profile.cc
#include "runtime/abi/roots.h"
#include "runtime/sched/event_trace_write.h"

namespace gort::sched::event_trace {

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

void GCStopStart(Stop stop) { EmitOn(ProcessorHere(), kGCSTWStart, {static_cast<uint64_t>(stop)}); }

void GCStopDone() { EmitOn(ProcessorHere(), kGCSTWDone, {}); }

void GCAssistStart() { EmitWithStack(kGCMarkAssistStart, {}, StackHere()); }
void GCAssistDone() { EmitOn(ProcessorHere(), kGCMarkAssistDone, {}); }

void GCSliceStart(Slice slice) {
  static const char* const kLabels[] = {"GC (dedicated)", "GC (fractional)", "GC (idle)"};
  WhileTracing([&] {
    const int32_t p = ProcessorHere();
    auto [at, is_new] = trace->workers.try_emplace(p);
    MarkWorker* worker = &at->second;
    if (is_new) {
      worker->id = static_cast<uint64_t>(NextGoid(CurrentM()->p));
      Write(p, kGoCreate, {worker->id, StartOf(roots->gcBgMarkWorker->fn)}, 0);
    } else {
      Write(p, kGoUnblock, {worker->id, ++worker->seq}, 0);
    }
    const uint64_t label = StringId(p, unwind::TextOf(kLabels[static_cast<int>(slice)]));
    Write(p, kGoStartLabel, {worker->id, ++worker->seq, label});
  });
}

void GCSliceEnd() { EmitWithStack(kGoBlock, {}, {}); }

void HeapAlloc(uint64_t live) { EmitOn(ProcessorHere(), kHeapAlloc, {live}); }
void NextGC(uint64_t goal) { EmitOn(ProcessorHere(), kNextGC, {goal}); }

void SweepScope::Open() {
  P* p = CurrentM()->p;
  if (p == nullptr || p->trace_sweep) return;
  open_ = true;
  p->trace_sweep = true;
  p->trace_swept = 0;
  p->trace_freed = 0;
}

void SweepScope::Close() {
  P* p = CurrentM()->p;
  p->trace_sweep = false;
  if (p->trace_swept != 0) EmitOn(p->id, kGCSweepDone, {p->trace_swept, p->trace_freed});
}

void GCSweepSpan(uintptr_t swept, uintptr_t freed) {
  P* p = CurrentM()->p;
  if (p == nullptr || !p->trace_sweep) return;
  if (p->trace_swept == 0) EmitWithStack(kGCSweepStart, {}, StackHere());
  p->trace_swept += swept;
  p->trace_freed += freed;
}

}  // namespace gort::sched::event_trace
