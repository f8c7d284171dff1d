// SPDX-License-Identifier: BSD-3-Clause
//
// The one way of seeing a goroutine's frames, and the one way of seeing its pending deferred calls.
//
// Unwinder walks the physical frames of a stack, innermost first, and knows nothing of who asks:
// stack copying, the collector, Callers, profiles and tracebacks are its visitors. DeferFrames
// reports every pending heap or frame defer record as a frame that has been called but has not
// started: pc = entry of fn, argument block = the bytes after the record, argument map = the
// function's own. GC roots = Unwinder + DeferFrames.
//
//   Frame, stack growing down        argp ->  | arguments            |   caller's outgoing area
//   (amd64; arm64 has the LR at sp)     fp ->  +----------------------+   fp = sp of the caller at
//                                              the call
//                                             | return pc            |
//                                             | saved frame pointer  |   (frames with size > 0)
//                                    varp ->  +----------------------+
//                                             | locals               |   map: words ending at varp
//                                      sp ->  +----------------------+
//
// Before: runtime/unwind/func_table.h   After: runtime/unwind/traceback.cc
#ifndef GORT_RUNTIME_UNWIND_UNWINDER_H_
#define GORT_RUNTIME_UNWIND_UNWINDER_H_

#include "arch/arch.h"
#include "runtime/abi/module.h"
#include "runtime/abi/p.h"
#include "runtime/base/stack_rules.h"
#include "runtime/unwind/func_table.h"
#include "runtime/unwind/pc_value.h"

namespace gort::unwind {

struct Frame {
  FuncInfo func;  // empty: leaf C++ (only innermost)
  uintptr_t pc;   // where execution continues in this frame
  uintptr_t
      continpc;  // where it can continue at all: 0 when the frame is dead (after a panic passed it)
  uintptr_t lr;  // return pc: in the caller
  uintptr_t sp;
  uintptr_t fp;
  uintptr_t varp;
  uintptr_t argp;
  uintptr_t arglen;  // bytes of arguments and results
  const abi::bitvector*
      argmap;        // overrides the function's (reflect stubs); nullptr: take the function's
  bool trap;         // pc is an instruction that faulted, not a return address
  bool is_leaf_cxx;  // the frame is leaf C++ code, found through the leaf table
  abi::FuncID func_id;
  PcRow* row;  // of pc; valid until other pcs are looked up

  // The address whose predecessor is in the instruction to report: what runtime.Callers stores.
  uintptr_t call_pc() const { return trap || pc == func.fn->entry ? pc + 1 : pc; }
};

struct UnwindFlags {
  bool trap =
      false;  // the innermost pc is a faulting or preempted instruction, not a return address
  bool best_effort =
      false;  // stop quietly instead of throwing when a frame makes no sense (printing, profiling)
  bool in_signal = false;   // the M may have been interrupted anywhere: its cache is not touched
  bool jump_stack = false;  // on a system stack continue with the goroutine it works for
};

class Unwinder {
 public:
  // g is not running, or running this on its M's system stack: starts at g->sched (or syscallsp).
  explicit Unwinder(G* g, UnwindFlags flags = {});
  // Starts at the given registers (signal contexts, callers of entries).
  // fp: the frame pointer register, needed only when pc may be leaf C++ code.
  Unwinder(G* g, uintptr_t pc, uintptr_t sp, uintptr_t lr, UnwindFlags flags = {},
           uintptr_t fp = 0);

  bool valid() const { return valid_; }
  // For a walk that is printed, before its frame is: says so when the return pc is no code's.
  void ReportBadCaller();
  const Frame& frame() const { return frame_; }
  // To the caller; valid() is false after the outermost frame.
  void Next() {
    PcRow* row = GORT_LIKELY(frame_.lr != 0) ? LookupRow(cache_, frame_.lr, &scratch_) : nullptr;
    if (GORT_UNLIKELY(row == nullptr || ((row->flags | flags_of_row_) & kRowSpecial) != 0))
      return NextSpecial(row);
    frame_.row = row;
    frame_.pc = frame_.lr;
    frame_.sp = frame_.fp;
    frame_.trap = false;
    Describe(row);
    frame_.lr =
        Load(arch::kReturnPcOnStack ? arch::ReturnPcSlot(frame_.sp, row->sp_delta) : frame_.sp);
  }

 private:
  static uintptr_t Load(uintptr_t address) { return *reinterpret_cast<const uintptr_t*>(address); }
  // What follows from sp, pc and the row alone.
  void Describe(const PcRow* row) {
    const uintptr_t delta = static_cast<uintptr_t>(row->sp_delta);
    frame_.func = row->func;
    frame_.func_id = row->func_id;
    flags_of_row_ = row->flags;
    frame_.is_leaf_cxx = false;
    frame_.continpc = frame_.pc;
    frame_.fp = arch::FrameTop(frame_.sp, delta);
    frame_.varp = arch::LocalsEnd(frame_.sp, delta);
    frame_.argp = arch::ArgumentBlock(frame_.fp);
    frame_.arglen = static_cast<uintptr_t>(static_cast<intptr_t>(row->args_size));
    frame_.argmap = nullptr;
  }
  void Start(uintptr_t pc, uintptr_t sp, uintptr_t lr, uintptr_t fp);
  bool ResolveLeaf(uintptr_t lr, bool innermost);
  bool JumpToGoroutine();
  void Resolve(bool innermost, bool after_sigpanic);
  void NextSpecial(PcRow* row);
  void ResolveReflectStub();
  void NextIsNotGo(uintptr_t callee_sp);
  void PrintBadCaller() const;
  void BadPc();
  void End();

  G* g_;
  UnwindFlags flags_;
  PcCache* cache_;
  uintptr_t fp_register_ = 0;  // while the frame is leaf C++
  const abi::funcval* context_ =
      nullptr;  // closure of the innermost function while it is at its entry
  Frame frame_{};
  PcRow scratch_;  // used where there is no cache; its pc is set
  uint8_t flags_of_row_ = 0;
  bool valid_ = false;
};

// The link register where g entered its system call: the frame there is that of a stub at its entry
// when the runtime blocks on behalf of g (sched's BlockInPlace).
inline uintptr_t SyscallLr(const G* g) {
  return !arch::kReturnPcOnStack && g->syscallpc == g->sched.pc ? g->sched.lr : 0;
}

// Pointer maps of a frame at its continpc, and its stack objects. locals: the words ending at varp;
// args: from argp. locals_word, args_word: the first 64 bits of each, which is all of most.
struct FrameMaps {
  abi::bitvector locals;
  abi::bitvector args;
  uint64_t locals_word;
  uint64_t args_word;
  const abi::stackObjectRecord* objects;
  intptr_t object_count;
};

// A frame no larger than this has no locals, only what the calling convention needs.
inline constexpr uintptr_t kBareFrame = arch::kReturnPcOnStack ? 0 : arch::kStackAlign;

// The row that says where frame goes on, with its maps filled.
const PcRow* MapRowOf(const Frame& frame, PcRow* scratch);
// Throws: gc promises a map and there is none.
[[noreturn]] void MissingLocalsMap(const Frame& frame, const PcRow* row);
[[noreturn]] void MissingArgsMap(const Frame& frame, const PcRow* row);
// Of a reflect stub, whose map came with its closure.
void SetClosureArgs(const Frame& frame, FrameMaps* maps);

// A visitor of every frame of a stack calls it: hence inline.
inline FrameMaps MapsOf(const Frame& frame) {
  FrameMaps maps = {};
  if (GORT_UNLIKELY(frame.continpc == 0)) return maps;
  const PcRow* row = frame.row;
  PcRow scratch;
  if (GORT_UNLIKELY(row->pc != frame.continpc || (row->flags & kRowMaps) == 0))
    row = MapRowOf(frame, &scratch);

  if (frame.varp - frame.sp > kBareFrame) {
    if (GORT_UNLIKELY((row->flags & kRowBadLocals) != 0)) MissingLocalsMap(frame, row);
    maps.locals = {row->locals_bits, const_cast<uint8_t*>(row->locals)};
    maps.locals_word = row->locals_word;
  }
  if (frame.arglen > 0) {
    if (GORT_UNLIKELY(frame.argmap != nullptr)) {
      SetClosureArgs(frame, &maps);
    } else {
      if (GORT_UNLIKELY((row->flags & kRowBadArgs) != 0)) MissingArgsMap(frame, row);
      maps.args = {row->args_bits, const_cast<uint8_t*>(row->args)};
      maps.args_word = row->args_word;
    }
  }
  // A deferred call that has not started has arguments but no frame.
  if (frame.varp != 0) {
    maps.objects = row->objects;
    maps.object_count = row->object_count;
  }
  return maps;
}

// Pending records of g with an argument block, newest first. A record that runs is pending until
// its arguments are in the frame of the call: they are the callee's from then on, which may drop
// them.
class DeferFrames {
 public:
  explicit DeferFrames(G* g) : record_(g->_defer), used_(g->stack.hi - g->sched.sp) {
    SkipToPending();
  }
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
    while (record_ != nullptr && (record_->fn == nullptr || record_->siz == 0 || HasBegun()))
      record_ = record_->link;
  }
  // gopanic, Goexit or runOpenDeferFrame calls reflectcall, which goes on in a callN with a frame
  // that holds the arguments. A stack that reaches farther than that frame's arguments is past
  // their copying, which nothing interrupts.
  bool HasBegun() const {
    return record_->started &&
           used_ > record_->depth + abi::kWord + static_cast<uintptr_t>(record_->siz);
  }
  abi::_defer* record_;
  uintptr_t used_;  // bytes of the stack
  PcRow scratch_{};
};

// Fills pcs with the logical frames (inlined ones expanded the way runtime.Callers wants) of g,
// `skip` of them left out; returns how many. For the running g: pc, sp of the entry's Go caller.
GORT_SYSTEM_STACK int Callers(G* g, uintptr_t pc, uintptr_t sp, uintptr_t lr, int skip,
                              uintptr_t* pcs, int max);

// Prints g's frames as stock does (gotraceback level decides what is hidden), with "created by".
// fp: the frame pointer register, needed when pc may be C++ code.
GORT_SYSTEM_STACK void Traceback(G* g, uintptr_t pc, uintptr_t sp, uintptr_t lr, bool trap,
                                 uintptr_t fp = 0);
// "goroutine N [state, M minutes]:\n"
GORT_SYSTEM_STACK void PrintGoroutineHeader(G* g);
// GODEBUG=tracebackancestors=N (unwind/ancestors.cc): what g, which is running an entry that makes
// a goroutine, leaves to it: the frames of g and of up to N - 1 of those before it. nullptr:
// nothing.
GORT_SYSTEM_STACK void* SaveAncestors(G* g);
void FreeAncestors(G* g);
// The goroutine that this thread works for, on its system stack.
GORT_SYSTEM_STACK void TracebackCurrent();
// All goroutines but `me`, as a fatal error or SIGQUIT prints them.
GORT_SYSTEM_STACK void TracebackOthers(G* me);

// GOTRACEBACK: level 0 none, 1 single, 2 all/system..; all: print all goroutines; crash: abort at
// the end.
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
