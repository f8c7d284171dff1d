// SPDX-License-Identifier: BSD-3-Clause
//
// What a cycle leaves behind: one line of GODEBUG=gctrace=1, three of gcpacertrace=1, one of
// scavtrace=1, and the sums of MemStats.
//
//   gc 12 @3.456s 2%: 0.021+1.4+0.013 ms clock, 0.042+0.11/1.2/0.40+0.026 ms cpu, 30->32->16 MB,
//   32 MB goal, 2 P
//
// clock: first stop, marking, last stop. cpu: the stops count for every P; between them assists /
// workers / idle workers. Sizes: heap at the first stop, at the last, and what of it is alive.
//
// Before: runtime/gc/cycle.cc   After: runtime/gc/trace.cc
#ifndef GORT_RUNTIME_GC_TRACE_H_
#define GORT_RUNTIME_GC_TRACE_H_

#include <cstdint>

#include "runtime/base/stack_rules.h"

namespace gort::gc {

struct CycleTrace {
  // Monotonic, ns: somebody asks the world to stop; Go code runs again; the last stop is asked for;
  // over.
  int64_t started, marking, stopping, ended;
  int64_t failed_stops;  // stops that found something left to mark
  int64_t assist_ns, worker_ns, idle_ns;
  uint64_t live_before, live_after_mark, live_after;
  uint64_t goal;
  int32_t procs;
  uint32_t number;
  bool forced;
  bool in_stop;  // all of it

  int64_t PauseNs() const {
    if (in_stop) return ended - started;
    return marking - started + ended - stopping + failed_stops;
  }
  // Idle workers took what nobody wanted.
  int64_t CpuNs() const {
    return (marking - started + ended - stopping) * procs + assist_ns + worker_ns +
           (in_stop ? (stopping - marking) * procs : 0);
  }
};

void PrintCycle(const CycleTrace& trace);

// What the pacer knows when a marking has ended; growths are over the last cycle's heap.
struct PacerTrace {
  uint64_t last_heap;
  double trigger_growth;
  uint64_t trigger;
  double growth;
  uint64_t heap;
  double planned_growth;
  double share;  // of the processors, which the marking took
  double planned_share;
  uint64_t work;
};

// gcpacertrace: marking begins and ends; everything is swept.
void PrintPacingBegins();
void PrintPacingEnds(const PacerTrace& trace);
GORT_SYSTEM_STACK void NoteSweepBegins();
void PrintSweepEnds();
// scavtrace: what went back to the system in this generation. forced: by FreeOSMemory.
GORT_SYSTEM_STACK void PrintScavenging(bool forced);
// Another one begins; the line of this one, if it is wanted.
GORT_SYSTEM_STACK void NextScavengeGeneration();

}  // namespace gort::gc

#endif  // GORT_RUNTIME_GC_TRACE_H_
