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
#include "runtime/unwind/func_table.h"
#include "runtime/unwind/pc_value.h"

namespace gort::unwind {

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
  abi::FuncID func_id;
  PcRow* row;                  // of pc; valid until other pcs are looked up

  // The address whose predecessor is in the instruction to report: what runtime.Callers stores.
  uintptr_t call_pc() const { return trap || pc == func.fn->entry ? pc + 1 : pc; }
};

struct UnwindFlags {
  bool trap = false;         // the innermost pc is a faulting or preempted instruction, not a return address
  bool best_effort = false;  // stop quietly instead of throwing when a frame makes no sense (printing, profiling)
  bool in_signal = false;    // the M may have been interrupted anywhere: its cache is not touched
  bool jump_stack = false;   // on a system stack continue with the goroutine it works for
};

class Unwinder {
 public:
  // g is not running, or running this on its M's system stack: starts at g->sched (or syscallsp).
  explicit Unwinder(G* g, UnwindFlags flags = {});
  // Starts at the given registers (signal contexts, callers of entries).
  // fp: the frame pointer register, needed only when pc may be leaf C++ code.
  Unwinder(G* g, uintptr_t pc, uintptr_t sp, uintptr_t lr, UnwindFlags flags = {}, uintptr_t fp = 0);

  bool valid() const { return valid_; }
  const Frame& frame() const { return frame_; }
  // To the caller; valid() is false after the outermost frame.
  void Next();

 private:
  void Start(uintptr_t pc, uintptr_t sp, uintptr_t lr, uintptr_t fp);
  bool ResolveLeaf(uintptr_t lr, bool innermost);
  bool JumpToGoroutine();
  void Resolve(bool innermost, bool after_sigpanic);
  void ResolveReflectStub();
  void NextIsNotGo();
  void BadPc(const char* what, uintptr_t pc);
  void End();

  G* g_;
  UnwindFlags flags_;
  PcCache* cache_;
  uintptr_t fp_register_ = 0;              // while the frame is leaf C++
  const abi::funcval* context_ = nullptr;  // closure of the innermost function while it is at its entry
  Frame frame_{};
  PcRow scratch_{};
  bool valid_ = false;
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

// Pending records of g with an argument block, newest first.
class DeferFrames {
 public:
  explicit DeferFrames(G* g) : record_(g->_defer) { SkipToPending(); }
  bool valid() const { return record_ != nullptr; }
  abi::_defer* record() const { return record_; }
  // fp/argp/arglen/argmap describe the argument block; continpc = entry of fn.
  Frame frame();
  void Next() {
    record_ = record_->link;
    SkipToPending();
  }

 private:
  void SkipToPending() {
    while (record_ != nullptr && (record_->fn == nullptr || record_->siz == 0)) record_ = record_->link;
  }
  abi::_defer* record_;
  PcRow scratch_{};
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
void InitTraceback(const char* gotraceback);  // boot; nullptr: not set
void SetTraceback(const char* text, intptr_t n);

}  // namespace gort::unwind

#endif  // GORT_RUNTIME_UNWIND_UNWINDER_H_
