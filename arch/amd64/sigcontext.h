// SPDX-License-Identifier: BSD-3-Clause
//
// amd64: the registers of the code that a signal interrupted, by name, and what a handler may do to
// them.
//
// InjectCall makes the interrupted code look as if its instruction at pc had called fn: the handler
// returns, fn runs on the interrupted stack, and its return address is that pc. Two uses: sigpanic
// after a fault (never returns) and asyncPreempt (saves every register, and returns to the very
// instruction).
//
// Before: arch/amd64/unwind.h   After: arch/signal.cc
#ifndef GORT_ARCH_AMD64_SIGCONTEXT_H_
#define GORT_ARCH_AMD64_SIGCONTEXT_H_

#include <signal.h>
#include <ucontext.h>

#include <cstdint>

namespace gort::arch {

class SigContext {
 public:
  SigContext(siginfo_t* info, void* context)
      : info_(info), context_(static_cast<ucontext_t*>(context)) {}

  uintptr_t pc() const { return Get(REG_RIP); }
  uintptr_t sp() const { return Get(REG_RSP); }
  uintptr_t fp() const { return Get(REG_RBP); }
  uintptr_t lr() const { return 0; }
  int code() const { return info_->si_code; }
  uintptr_t fault_address() const { return reinterpret_cast<uintptr_t>(info_->si_addr); }
  sigset_t* mask() const { return &context_->uc_sigmask; }

  void set_pc(uintptr_t pc) { Set(REG_RIP, pc); }
  void set_sp(uintptr_t sp) { Set(REG_RSP, sp); }
  void set_lr(uintptr_t /*lr*/) {}

  // The word for the return address is below SP: no code of gc or of ours uses what is there.
  void InjectCall(uintptr_t fn) {
    set_sp(sp() - 8);
    *reinterpret_cast<uintptr_t*>(sp()) = pc();
    set_pc(fn);
  }

  // Continues in the Go caller of a leaf, at its call instruction: what InjectCall needs before a
  // fault in leaf code becomes a panic of the caller. return_pc and caller_sp as LeafReturnPcSlot
  // and LeafCallerSp tell.
  void UnwindToCaller(uintptr_t return_pc, uintptr_t caller_sp) {
    set_sp(caller_sp);
    set_pc(return_pc - 1);
  }

  // For fatal messages, in the order stock prints them: visit(name, value).
  template <typename Visitor>
  void ForEachRegister(Visitor visit) const {
    visit("rax", Get(REG_RAX));
    visit("rbx", Get(REG_RBX));
    visit("rcx", Get(REG_RCX));
    visit("rdx", Get(REG_RDX));
    visit("rdi", Get(REG_RDI));
    visit("rsi", Get(REG_RSI));
    visit("rbp", Get(REG_RBP));
    visit("rsp", Get(REG_RSP));
    visit("r8", Get(REG_R8));
    visit("r9", Get(REG_R9));
    visit("r10", Get(REG_R10));
    visit("r11", Get(REG_R11));
    visit("r12", Get(REG_R12));
    visit("r13", Get(REG_R13));
    visit("r14", Get(REG_R14));
    visit("r15", Get(REG_R15));
    visit("rip", Get(REG_RIP));
    visit("rflags", Get(REG_EFL));
    visit("cs", Get(REG_CSGSFS) & 0xffff);
    visit("fs", Get(REG_CSGSFS) >> 32 & 0xffff);
    visit("gs", Get(REG_CSGSFS) >> 16 & 0xffff);
  }

 private:
  uintptr_t Get(int reg) const { return static_cast<uintptr_t>(context_->uc_mcontext.gregs[reg]); }
  void Set(int reg, uintptr_t value) {
    context_->uc_mcontext.gregs[reg] = static_cast<greg_t>(value);
  }

  siginfo_t* info_;
  ucontext_t* context_;
};

}  // namespace gort::arch

#endif  // GORT_ARCH_AMD64_SIGCONTEXT_H_
