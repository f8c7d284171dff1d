// SPDX-License-Identifier: BSD-3-Clause
//
// The walk from a frame to its caller.
//
// Each step is arithmetic on two facts, the size of the frame at its pc and the place of the return
// pc:
//
//   amd64   fp = sp + delta(pc) + 8, return pc at fp - 8      arm64   fp = sp + delta(pc), return
//           pc at sp saved BP at fp - 16 when delta > 0                        (in LR while the
//           frame does not exist)
//
// Special frames:
//   goexit, mstart, rt0_go, mcall, morestack   the outermost: no caller
//   sigpanic      was injected at a faulting instruction: its caller's pc is that instruction, and
//                 where the caller can continue is its deferreturn, if it has one
//   sigpanic, asyncPreempt on cpus with a link register: the injection pushed LR in a 16-byte block
//   of its own leaf C++      innermost only; its caller comes from the leaf table a stub at its
//   entry   an entry that works on the system stack: an ordinary frame of size 0 with arguments
//
// A walk that must be right (stack copy, collection) throws at the first address that makes no
// sense, and at the end when the outermost frame is not where the goroutine was started.
//
// Before: runtime/unwind/unwinder.h   After: runtime/unwind/stack_dump.h
#include "runtime/unwind/unwinder.h"

#include "arch/arch.h"
#include "runtime/base/check.h"
#include "runtime/base/print.h"
#include "runtime/unwind/leaf_table.h"
#include "runtime/unwind/stack_dump.h"

namespace gort::unwind {
namespace {

// What reflect.makeFuncStub and methodValueCall take as their closure.
struct ReflectClosure {
  uintptr_t fn;
  abi::bitvector* stack;  // arguments and results
  uintptr_t arg_bytes;    // of the arguments alone
};

void ReflectArguments(const ReflectClosure* closure, bool results_valid, Frame* frame) {
  if (closure->fn != frame->func.fn->entry) {
    Print("runtime: confused by ", FuncName(frame->func), "\n");
    Throw("reflect mismatch");
  }
  frame->argmap = closure->stack;
  frame->arglen = results_valid ? static_cast<uintptr_t>(closure->stack->n) * abi::kWord
                                : closure->arg_bytes & ~(abi::kWord - 1);
}

}  // namespace

Unwinder::Unwinder(G* g, UnwindFlags flags) : g_(g), flags_(flags) {
  scratch_.pc = 0;
  cache_ = flags.in_signal ? nullptr : CurrentPcCache();
  // One look: it may become 0 while g comes back from a system call, and then both are right.
  const uintptr_t syscallsp = __atomic_load_n(&g->syscallsp, __ATOMIC_RELAXED);
  if (syscallsp != 0) {
    Start(g->syscallpc, syscallsp, SyscallLr(g), 0);
  } else {
    context_ = static_cast<const abi::funcval*>(g->sched.ctxt);
    Start(g->sched.pc, g->sched.sp, arch::kReturnPcOnStack ? 0 : g->sched.lr, g->sched.bp);
  }
}

Unwinder::Unwinder(G* g, uintptr_t pc, uintptr_t sp, uintptr_t lr, UnwindFlags flags, uintptr_t fp)
    : g_(g), flags_(flags) {
  scratch_.pc = 0;
  cache_ = flags.in_signal ? nullptr : CurrentPcCache();
  Start(pc, sp, lr, fp);
}

void Unwinder::Start(uintptr_t pc, uintptr_t sp, uintptr_t lr, uintptr_t fp) {
  if (pc == 0) {
    // A call of a nil function: begin at the caller.
    pc = Load(sp);
    if (arch::kReturnPcOnStack) sp += abi::kWord;
    lr = 0;
  }
  frame_.pc = pc;
  frame_.sp = sp;
  frame_.lr = lr;
  frame_.row = LookupRow(cache_, pc, &scratch_);
  if (GORT_LIKELY(frame_.row != nullptr)) return Resolve(true, false);
  fp_register_ = fp;
  if (ResolveLeaf(lr, true)) return;
  if (JumpToGoroutine()) return;
  BadPc();
}

// From the system stack to the goroutine that it works for, if the caller wants that and there is
// one.
bool Unwinder::JumpToGoroutine() {
  G* curg = flags_.jump_stack && g_->m != nullptr ? g_->m->curg : nullptr;
  if (curg == nullptr || curg == g_ || curg->sched.sp == 0) return false;
  g_ = curg;
  flags_.trap = false;
  flags_.jump_stack = false;
  Start(curg->sched.pc, curg->sched.sp, arch::kReturnPcOnStack ? 0 : curg->sched.lr,
        curg->sched.bp);
  return true;
}

// The frame at pc, sp and fp_register_ as leaf C++; lr: the link register, for the innermost.
bool Unwinder::ResolveLeaf(uintptr_t lr, bool innermost) {
  if (&gort_leaf_table == nullptr) return false;
  const bool trap = innermost && flags_.trap;
  const LeafRow* row = FindLeafRow(gort_leaf_table, trap ? frame_.pc : frame_.pc - 1);
  if (row == nullptr) return false;
  const LeafCaller caller = StepLeaf(*row, frame_.sp, fp_register_, lr);
  frame_.func = {};
  frame_.func_id = abi::kFuncNormal;
  flags_of_row_ = kRowSpecial;
  frame_.row = nullptr;
  frame_.continpc = frame_.pc;
  frame_.lr = caller.pc;
  frame_.fp = caller.sp;
  frame_.varp = 0;
  frame_.argp = 0;
  frame_.arglen = 0;
  frame_.argmap = nullptr;
  frame_.is_leaf_cxx = true;
  frame_.trap = trap;
  fp_register_ = caller.fp;
  valid_ = true;
  return true;
}

// Everything about the frame whose pc, sp and row are set; lr is set if it is in a register.
void Unwinder::Resolve(bool innermost, bool after_sigpanic) {
  const PcRow* row = frame_.row;
  Describe(row);
  frame_.trap = after_sigpanic || (innermost && flags_.trap);
  if (GORT_UNLIKELY(row->sp_delta < 0)) {
    valid_ = false;  // text without frame information: foreign code
    return;
  }
  if (GORT_UNLIKELY((row->flags & kRowTop) != 0)) {
    frame_.lr = 0;
  } else if (!arch::kReturnPcOnStack && row->func_id == abi::kFuncJmpdefer) {
    // Between two frames: its registers do not fit together.
    if (!flags_.best_effort) Throw("found jmpdefer in a precise traceback");
    frame_.lr = 0;
  } else if (arch::kReturnPcOnStack || frame_.lr == 0 || (innermost && row->sp_delta > 0)) {
    const uintptr_t slot = arch::ReturnPcSlot(frame_.sp, row->sp_delta);
    frame_.lr = Load(slot != 0 ? slot : frame_.sp);
  }
  // A signal may have found the stub before it saved its closure; whoever samples wants no maps.
  if (GORT_UNLIKELY((row->flags & kRowReflectStub) != 0) && !flags_.in_signal) ResolveReflectStub();
  context_ = nullptr;
  if (GORT_UNLIKELY(after_sigpanic)) {
    // The function goes on only by returning from a deferproc a second time, after a recovery. The
    // address after the first byte of its deferreturn call selects the map of that call.
    const abi::_func* fn = row->func.fn;
    frame_.continpc = fn->deferreturn != 0 ? fn->entry + fn->deferreturn + 1 : 0;
  }
  valid_ = true;
}

void Unwinder::ResolveReflectStub() {
  if (context_ != nullptr) {
    ReflectArguments(reinterpret_cast<const ReflectClosure*>(context_), false, &frame_);
    return;
  }
  // The stub keeps its closure in the first word of its frame; the fourth says whether results have
  // been stored.
  const uintptr_t saved = frame_.sp + arch::kFixedFrame;
  const bool results_valid = *reinterpret_cast<const uint8_t*>(saved + 3 * abi::kWord) != 0;
  ReflectArguments(reinterpret_cast<const ReflectClosure*>(Load(saved)), results_valid, &frame_);
}

// Next where something is unusual; row: of the return pc, nullptr if there is none.
void Unwinder::NextSpecial(PcRow* row) {
  const uintptr_t lr = frame_.lr;
  if (lr == 0) return End();
  const bool sigpanic = frame_.func_id == abi::kFuncSigpanic;
  const uintptr_t callee_sp = frame_.sp;
  frame_.row = row;
  frame_.pc = lr;
  frame_.lr = 0;
  frame_.sp = frame_.fp;
  if (arch::kInjectedFrameHasLr && (sigpanic || frame_.func_id == abi::kFuncAsyncPreempt)) {
    const uintptr_t pushed = Load(frame_.sp);
    frame_.sp += arch::kInjectedFrame;
    if (row == nullptr) {
      frame_.pc = pushed;  // the fault was a jump to nowhere: go on at its caller
      frame_.row = row = LookupRow(cache_, pushed, &scratch_);
    } else if (row->sp_delta == 0) {
      frame_.lr = pushed;
    }
  }
  if (GORT_LIKELY(row != nullptr)) return Resolve(false, sigpanic);
  NextIsNotGo(callee_sp);
}

// The return pc, now in frame_.pc, is not Go text; func and is_leaf_cxx are still the callee's.
void Unwinder::NextIsNotGo(uintptr_t callee_sp) {
  if (frame_.is_leaf_cxx && ResolveLeaf(0, false)) return;
  // A Go function that C++ called on the system stack: the goroutine below is where the story goes
  // on.
  if (JumpToGoroutine()) return;
  if (flags_.best_effort || (g_->m != nullptr && g_ == g_->m->g0)) {
    valid_ = false;
    return;
  }
  frame_.lr = frame_.pc;
  frame_.sp = callee_sp;
  PrintBadCaller();
  Throw("unknown caller pc");
}

void Unwinder::PrintBadCaller() const {
  Print("runtime: unexpected return pc for ", FuncName(frame_.func), " called from ",
        Hex{frame_.lr}, "\n");
  const uintptr_t slot = arch::kReturnPcOnStack ? frame_.fp - abi::kWord : frame_.sp;
  DumpStack(g_->stack, frame_.sp, frame_.fp, slot);
}

void Unwinder::ReportBadCaller() {
  if (frame_.lr == 0 || frame_.is_leaf_cxx || (g_->m != nullptr && g_ == g_->m->g0)) return;
  // A row of its own: the frame's stays.
  PcRow scratch;
  scratch.pc = 0;
  if (LookupRow(nullptr, frame_.lr, &scratch) == nullptr) PrintBadCaller();
}

// An address that is not Go text where one is needed.
void Unwinder::BadPc() {
  valid_ = false;
  if (flags_.best_effort) return;
  Print("runtime: unknown pc ", Hex{frame_.pc}, "\n");
  DumpStack(g_->stack, frame_.sp, frame_.fp, 0);
  Throw("unknown pc");
}

void Unwinder::End() {
  valid_ = false;
  if (flags_.best_effort || frame_.sp == g_->stktopsp || (g_->m != nullptr && g_ == g_->m->g0))
    return;
  Print("runtime: g", g_->goid, ": frame.sp=", Hex{frame_.sp}, " top=", Hex{g_->stktopsp}, "\n");
  Print("\tstack=[", Hex{g_->stack.lo}, "-", Hex{g_->stack.hi}, "]\n");
  Throw("traceback did not unwind completely");
}

Frame DeferFrames::frame() {
  Frame frame = {};
  frame.pc = frame.continpc = record_->fn->fn;
  frame.row = LookupRow(CurrentPcCache(), frame.pc, &scratch_);
  if (GORT_UNLIKELY(frame.row == nullptr)) {
    Print("runtime: unknown pc in defer ", Hex{frame.pc}, "\n");
    Throw("unknown pc");
  }
  frame.func = frame.row->func;
  frame.func_id = frame.row->func_id;
  frame.argp = reinterpret_cast<uintptr_t>(record_->args());
  frame.arglen = static_cast<uintptr_t>(static_cast<intptr_t>(frame.func.fn->args));
  if (GORT_UNLIKELY((frame.row->flags & kRowReflectStub) != 0)) {
    ReflectArguments(reinterpret_cast<const ReflectClosure*>(record_->fn), false, &frame);
  }
  return frame;
}

}  // namespace gort::unwind
