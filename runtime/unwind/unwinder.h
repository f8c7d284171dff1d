// SPDX-License-Identifier: BSD-3-Clause
//
// The one way of seeing a goroutine's frames, and the one way of seeing its pending deferred calls.
//
// Unwinder walks the physical frames of a stack, innermost first, and knows nothing of who asks: stack copying, the
// collector, Callers, profiles and tracebacks are its visitors. DeferFrames reports every pending heap or frame defer
// record as a frame that has been called but has not started: pc = entry of fn, argument block = the bytes after the
// record, argument map = the function's own. GC roots = Unwinder + DeferFrames.
//
//   Frame, stack growing down        argp ->  | arguments            |   caller's outgoing area
//   (amd64; arm64 has the LR at sp)     fp ->  +----------------------+   fp = sp of the caller at the call
//                                             | return pc            |
//                                             | saved frame pointer  |   (frames with size > 0)
//                                    varp ->  +----------------------+
//                                             | locals               |   map: words ending at varp
//                                      sp ->  +----------------------+
//
// Before: runtime/unwind/func_table.h   After: runtime/unwind/traceback.cc
#ifndef GORT_RUNTIME_UNWIND_UNWINDER_H_
#define GORT_RUNTIME_UNWIND_UNWINDER_H_

#include "runtime/abi/module.h"
#include "runtime/abi/p.h"
#include "runtime/base/stack_rules.h"

namespace gort::unwind {

// A function of the program's Go text: its record and the module it is in. fn == nullptr: not Go text.
struct FuncInfo {
  const abi::_func* fn = nullptr;
  const abi::moduledata* module = nullptr;
  explicit operator bool() const { return fn != nullptr; }
};

FuncInfo FindFunc(uintptr_t pc);
const char* FuncName(FuncInfo f);      // NUL-terminated, in the module's read-only data; "" for none
const void* FuncDataOf(FuncInfo f, int kind);  // abi::FuncData; nullptr when absent
// Value of a PCDATA table (abi::PcData) at pc; -1 when the table is absent.
int32_t PcDataValue(FuncInfo f, int table, uintptr_t pc);
// File and line of pc; file is NUL-terminated ("?" when unknown).
struct FileLine {
  const char* file;
  int32_t line;
};
FileLine FileLineOf(FuncInfo f, uintptr_t pc);

struct Frame {
  FuncInfo func;       // empty: leaf C++ (only innermost)
  uintptr_t pc;        // where execution continues in this frame
  uintptr_t continpc;  // where it can continue at all: 0 when the frame is dead (after a panic passed it)
  uintptr_t lr;        // return pc: in the caller
  uintptr_t sp;
  uintptr_t fp;
  uintptr_t varp;
  uintptr_t argp;
  uintptr_t arglen;            // bytes of arguments and results
  const abi::bitvector* argmap;  // overrides the function's (reflect stubs); nullptr: take the function's
  bool trap;                   // pc is an instruction that faulted, not a return address
  bool is_leaf_cxx;            // the frame is leaf C++ code, found through the leaf table
};

struct UnwindFlags {
  bool trap = false;         // the innermost pc is a faulting or preempted instruction, not a return address
  bool best_effort = false;  // stop quietly instead of throwing when a frame makes no sense (printing, profiling)
  bool jump_stack = false;   // on a system stack continue with the goroutine it works for
};

class Unwinder {
 public:
  // g is not running, or running this on its M's system stack: starts at g->sched (or syscallsp).
  explicit Unwinder(G* g, UnwindFlags flags = {});
  // Starts at the given registers (signal contexts, callers of entries).
  Unwinder(G* g, uintptr_t pc, uintptr_t sp, uintptr_t lr, UnwindFlags flags = {});

  bool valid() const { return valid_; }
  const Frame& frame() const { return frame_; }
  // To the caller; valid() is false after the outermost frame.
  void Next();

 private:
  void Start(uintptr_t pc, uintptr_t sp, uintptr_t lr);
  void Resolve();

  G* g_;
  UnwindFlags flags_;
  Frame frame_{};
  bool valid_ = false;
  bool innermost_ = true;
  bool after_sigpanic_ = false;
};

// Pointer maps of a frame at its continpc, and its stack objects. locals: the words ending at varp; args: from argp.
// Throws when gc promises a map and there is none.
struct FrameMaps {
  abi::bitvector locals;
  abi::bitvector args;
  const abi::stackObjectRecord* objects;
  intptr_t object_count;
};
FrameMaps MapsOf(const Frame& frame);

// Calls visit(frame) for every pending record of g with an argument block; stops when visit returns false.
class DeferFrames {
 public:
  explicit DeferFrames(G* g) : record_(g->_defer) { SkipToPending(); }
  bool valid() const { return record_ != nullptr; }
  abi::_defer* record() const { return record_; }
  // fp/argp/arglen/argmap describe the argument block; continpc = entry of fn.
  Frame frame() const;
  void Next() {
    record_ = record_->link;
    SkipToPending();
  }

 private:
  void SkipToPending();
  abi::_defer* record_;
};

// Fills pcs with the logical frames (inlined ones expanded the way runtime.Callers wants) of g, `skip` of them left
// out; returns how many. For the running g: pc, sp of the entry's Go caller.
GORT_SYSTEM_STACK int Callers(G* g, uintptr_t pc, uintptr_t sp, uintptr_t lr, int skip, uintptr_t* pcs, int max);

// Prints g's frames as stock does (gotraceback level decides what is hidden), with "created by".
GORT_SYSTEM_STACK void Traceback(G* g, uintptr_t pc, uintptr_t sp, uintptr_t lr, bool trap);
// "goroutine N [state, M minutes]:\n"
GORT_SYSTEM_STACK void PrintGoroutineHeader(G* g);
// All goroutines but `me`, as a fatal error or SIGQUIT prints them.
GORT_SYSTEM_STACK void TracebackOthers(G* me);

// GOTRACEBACK: level 0 none, 1 single, 2 all/system..; all: print all goroutines; crash: abort at the end.
struct TracebackSetting {
  int32_t level;
  bool all;
  bool crash;
};
TracebackSetting GetTracebackSetting();

}  // namespace gort::unwind

#endif  // GORT_RUNTIME_UNWIND_UNWINDER_H_
