// SPDX-License-Identifier: BSD-3-Clause
//
// Growing: when a stack moves.
//
// A prologue compares SP with g.stackguard0 and calls morestack when its frame would not fit.
// morestack saves the function's state at its entry (g.sched) and its caller's (m.morebuf) and
// comes here on the system stack. The function is then started again, and its check passes. The
// same check is how a goroutine is stopped: who wants it to stop sets the guard to kStackPreempt,
// above every address.
//
//   lo            guard                            hi
//   |-- 928 --------|----------- frames -----------|      the 928 bytes are for what does not check
//
//   frame <= 128: SP >= guard; larger: SP - frame + 128 >= guard
//
// Sizes double, so a goroutine copies each byte at most once for every byte it uses, amortised.
//
// Stress mode gortmovestack: the guard is always kStackPreempt, so each check comes here; whether a
// stop is really wanted is in g.preempt. The stack is moved to another of the same size, if the
// frame fits (a large stack at every n-th check only, so that a check costs a bounded time), and
// the function is resumed behind its check, since the check cannot pass. gc marks the check as an
// unsafe point (no asynchronous preemption), and where that mark ends, the check ends. Registers:
// the check leaves g in the register that wrappers use next, which GoGo loads as well.
//
// Before: runtime/stack/copy.cc   After: runtime/sched/sched.h
#include "arch/arch.h"
#include "asm/gen/entries.h"
#include "runtime/base/check.h"
#include "runtime/base/debug_vars.h"
#include "runtime/base/print.h"
#include "runtime/sched/sched.h"  // upward: a stack check is where preemption happens
#include "runtime/stack/stack.h"
#include "runtime/unwind/unwinder.h"

namespace gort::stack {

uintptr_t max_stack_size = 1000000000;

namespace {

constexpr int32_t kUnsafePoint =
    -2;  // value of the PCDATA table where a goroutine cannot be stopped by a signal
constexpr uintptr_t kMovedPerCheck = 4096;
constexpr uintptr_t kLongestCheckStart =
    64;  // the check begins within this many bytes of a function

void ChangeStatus(G* g, abi::GStatus from, abi::GStatus to) {
  uint32_t expected = from;
  while (!g->atomicstatus.CasAcqRel(&expected, to)) {
    // A scanner holds the status for a moment.
    GORT_CHECK(expected == (from | abi::kGScan), "casgstatus: bad incoming values");
    expected = from;
    arch::CpuRelax();
  }
}

void CopyRunning(G* g, uintptr_t size) {
  ChangeStatus(g, abi::kGRunning, abi::kGCopystack);
  Copy(g, size);
  ChangeStatus(g, abi::kGCopystack, abi::kGRunning);
}

bool CanPreempt(const M* m) {
  return m->locks.LoadRelaxed() == 0 && m->mallocing == 0 && m->preemptoff == nullptr &&
         m->p != nullptr && m->p->status.LoadRelaxed() == abi::kPRunning;
}

void PrintRegisters(const G* g, const abi::gobuf& morebuf) {
  Print("\tmorebuf={pc:", Hex{morebuf.pc}, " sp:", Hex{morebuf.sp}, " lr:", Hex{morebuf.lr}, "}\n");
  Print("\tsched={pc:", Hex{g->sched.pc}, " sp:", Hex{g->sched.sp}, " lr:", Hex{g->sched.lr},
        " ctxt:", Hex{reinterpret_cast<uintptr_t>(g->sched.ctxt)}, "}\n");
}

// In the middle of something that a move would break (a system call, a fork).
[[noreturn]] void BadTime(G* g, const abi::gobuf& morebuf) {
  g->syscallsp = morebuf.sp;
  g->syscallpc = morebuf.pc;
  const unwind::FuncInfo f = unwind::FindFunc(g->sched.pc);
  Print("runtime: newstack at ", f ? unwind::FuncName(f) : "(unknown)", "+",
        Hex{f ? g->sched.pc - f.fn->entry : 0}, " sp=", Hex{g->sched.sp}, " stack=[",
        Hex{g->stack.lo}, ", ", Hex{g->stack.hi}, "]\n");
  PrintRegisters(g, morebuf);
  g->m->traceback = 2;
  unwind::Traceback(g, morebuf.pc, morebuf.sp, morebuf.lr, false);
  Throw("runtime: stack split at bad time");
}

// Bytes that the function about to run needs, with what must stay free below it.
uintptr_t Needed(const G* g) {
  const unwind::FuncInfo f = unwind::FindFunc(g->sched.pc);
  return (f ? static_cast<uintptr_t>(unwind::MaxPcValue(f, f.fn->pcsp)) : 0) + abi::kStackGuard;
}

[[noreturn]] void Overflow(const G* g, uintptr_t sp) {
  Print("runtime: goroutine stack exceeds ", static_cast<uint64_t>(max_stack_size),
        "-byte limit\n");
  Print("runtime: sp=", Hex{sp}, " stack=[", Hex{g->stack.lo}, ", ", Hex{g->stack.hi}, "]\n");
  Throw("stack overflow");
}

// The address behind the stack check of the function that has called morestack; 0: not known.
uintptr_t EndOfCheck(uintptr_t morestack_return) {
  const unwind::FuncInfo f = unwind::FindFunc(morestack_return);
  if (!f) return 0;
  const uint32_t table = unwind::PcDataOffset(f, abi::kPcdataUnsafePoint);
  for (uintptr_t pc = f.fn->entry; pc < f.fn->entry + kLongestCheckStart;) {
    const unwind::PcValue range = unwind::PcValueAt(f, table, pc);
    if (range.end == 0) return 0;
    if (range.value == kUnsafePoint) {
      return range.end < morestack_return ? arch::EndOfStackCheck(pc, range.end) : 0;
    }
    pc = range.end;
  }
  return 0;
}

// Whether a check on a stack of this size moves it (a move may fill all of it with poison). Up to
// kMovedPerCheck bytes always; a larger one when as many checks have gone by as keep the mean at
// kMovedPerCheck, or a program that calls deep down would take time in the square of its depth.
bool TurnToMove(M* m, uintptr_t size) {
  m->move_credit += kMovedPerCheck;
  if (size > m->move_credit) return false;
  m->move_credit = 0;
  return true;
}

[[noreturn]] void MoveAtCheck(G* g, uintptr_t sp) {
  uintptr_t size = g->stack.size();
  const uintptr_t used = g->stack.hi - sp;
  while (used + Needed(g) > size) size *= 2;
  if (size > max_stack_size) Overflow(g, sp);
  if (size != g->stack.size() || TurnToMove(g->m, size)) CopyRunning(g, size);
  const uintptr_t resume = EndOfCheck(g->sched.pc);
  if (resume != 0) {
    g->sched.pc = resume;
  } else {
    g->stackguard0 = g->stack.lo + abi::kStackGuard;
  }
  arch::GoGo(&g->sched);
}

}  // namespace

}  // namespace gort::stack

// ---- Entered from Go ----

// From morestack, on the system stack: g.sched is the function's state at its entry, with pc behind
// its call of morestack, from where it starts over; m.morebuf is its caller.
extern "C" [[noreturn]] void gort_newstack() {
  using namespace gort;
  using namespace gort::stack;
  M* m = arch::GetG()->m;
  G* g = m->curg;
  const abi::gobuf morebuf = m->morebuf;
  G* caller = reinterpret_cast<G*>(morebuf.g);
  GORT_CHECK(caller->stackguard0 != abi::kStackFork, "stack growth after fork");
  if (caller != g) {
    Print("runtime: newstack called from g=", Hex{morebuf.g},
          "\n\tm=", Hex{reinterpret_cast<uintptr_t>(m)},
          " m->curg=", Hex{reinterpret_cast<uintptr_t>(g)},
          " m->g0=", Hex{reinterpret_cast<uintptr_t>(m->g0)},
          " m->gsignal=", Hex{reinterpret_cast<uintptr_t>(m->gsignal)}, "\n");
    unwind::Traceback(caller, morebuf.pc, morebuf.sp, morebuf.lr, false);
    Throw("runtime: wrong goroutine in newstack");
  }
  if (GORT_UNLIKELY(g->throwsplit)) BadTime(g, morebuf);
  m->morebuf = {};

  // Another thread may ask for preemption at any moment: one look decides.
  const bool at_every_check = debug_vars.gortmovestack != 0;
  const uintptr_t guard = reinterpret_cast<Atomic<uintptr_t>*>(&g->stackguard0)->LoadRelaxed();
  bool preempt = guard == abi::kStackPreempt && (!at_every_check || g->preempt);
  if (preempt && !CanPreempt(m)) {
    // Not now; g->preempt stays set, and the next who lets go of what forbids it asks again.
    if (!at_every_check) {
      ResetGuard(g);
      arch::GoGo(&g->sched);
    }
    preempt = false;
  }

  const uintptr_t sp =
      g->sched.sp - (arch::kReturnPcOnStack ? abi::kWord : 0);  // the call of morestack took a word
  if (GORT_UNLIKELY(sp < g->stack.lo)) {
    Print("runtime: newstack sp=", Hex{sp}, " stack=[", Hex{g->stack.lo}, ", ", Hex{g->stack.hi},
          "]\n");
    PrintRegisters(g, morebuf);
    Print("runtime: split stack overflow: ", Hex{sp}, " < ", Hex{g->stack.lo}, "\n");
    Throw("runtime: split stack overflow");
  }

  if (preempt) {
    GORT_CHECK(g != m->g0, "runtime: preempt g0");
    if (g->preemptShrink) {
      g->preemptShrink = false;
      Shrink(g);
    }
    if (g->preemptStop) sched::PreemptPark(g);
    sched::YieldPreempted(g);
  }
  if (GORT_UNLIKELY(at_every_check)) MoveAtCheck(g, sp);

  const uintptr_t old_size = g->stack.size();
  const uintptr_t needed = Needed(g);
  uintptr_t size = old_size * 2;
  while (size - old_size < needed) size *= 2;
  if (size > max_stack_size) Overflow(g, sp);
  CopyRunning(g, size);
  arch::GoGo(&g->sched);
}

extern "C" void gort_setMaxStack(gort::entry::setMaxStack* a) {
  a->out = static_cast<intptr_t>(gort::stack::max_stack_size);
  gort::stack::max_stack_size = static_cast<uintptr_t>(a->in);
}
