// SPDX-License-Identifier: BSD-3-Clause
//
// arm64: the registers of the code that a signal interrupted, by name, and what a handler may do to
// them.
//
// InjectCall makes the interrupted code look as if its instruction at pc had called fn: the handler
// returns, fn runs on the interrupted stack, and its return address is that pc. Two uses: sigpanic
// after a fault (never returns) and asyncPreempt (saves every register, and returns to the very
// instruction). The interrupted function may still have its own return address in LR, so that is
// stored in a 16-byte frame between the two (unwind.h: kInjectedFrame); the word at SP - 8 is the
// function's saved R29 and stays as it is.
//
// Before: arch/arm64/unwind.h   After: arch/signal.cc
#ifndef GORT_ARCH_ARM64_SIGCONTEXT_H_
#define GORT_ARCH_ARM64_SIGCONTEXT_H_

#include <signal.h>
#include <ucontext.h>

#include <cstdint>

namespace gort::arch {

class SigContext {
 public:
  SigContext(siginfo_t* info, void* context)
      : info_(info), context_(static_cast<ucontext_t*>(context)) {}

  uintptr_t pc() const { return context_->uc_mcontext.pc; }
  uintptr_t sp() const { return context_->uc_mcontext.sp; }
  uintptr_t fp() const { return context_->uc_mcontext.regs[29]; }
  uintptr_t lr() const { return context_->uc_mcontext.regs[30]; }
  int code() const { return info_->si_code; }
  uintptr_t fault_address() const { return reinterpret_cast<uintptr_t>(info_->si_addr); }
  sigset_t* mask() const { return &context_->uc_sigmask; }

  void set_pc(uintptr_t pc) { context_->uc_mcontext.pc = pc; }
  void set_sp(uintptr_t sp) { context_->uc_mcontext.sp = sp; }
  void set_lr(uintptr_t lr) { context_->uc_mcontext.regs[30] = lr; }

  void InjectCall(uintptr_t fn) {
    set_sp(sp() - 16);
    *reinterpret_cast<uintptr_t*>(sp()) = lr();
    set_lr(pc());
    set_pc(fn);
  }

  // Continues in the Go caller of a leaf, at its call instruction: what InjectCall needs before a
  // fault in leaf code becomes a panic of the caller. return_pc and caller_sp as LeafReturnPcSlot
  // and LeafCallerSp tell.
  void UnwindToCaller(uintptr_t return_pc, uintptr_t caller_sp) {
    set_sp(caller_sp);
    set_lr(return_pc);
    set_pc(return_pc - 4);
  }

  // For fatal messages, in the order stock prints them: visit(name, value).
  template <typename Visitor>
  void ForEachRegister(Visitor visit) const {
    static constexpr const char* kNames[] = {
        "r0",  "r1",  "r2",  "r3",  "r4",  "r5",  "r6",  "r7",  "r8",  "r9",  "r10",
        "r11", "r12", "r13", "r14", "r15", "r16", "r17", "r18", "r19", "r20", "r21",
        "r22", "r23", "r24", "r25", "r26", "r27", "r28", "r29", "lr",
    };
    for (int i = 0; i < 31; i++)
      visit(kNames[i], static_cast<uintptr_t>(context_->uc_mcontext.regs[i]));
    visit("sp", sp());
    visit("pc", pc());
    visit("fault", static_cast<uintptr_t>(context_->uc_mcontext.fault_address));
  }

 private:
  siginfo_t* info_;
  ucontext_t* context_;
};

}  // namespace gort::arch

#endif  // GORT_ARCH_ARM64_SIGCONTEXT_H_
