// SPDX-License-Identifier: BSD-3-Clause
//
// The registers of interrupted code by name, and what a handler may do to them: real signals on a
// real signal stack.
//
// Before: arch/signal.cc   After: tests/unit/arch/port_test.cc
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "arch/arch.h"
#include "arch/upcalls.h"

extern "C" {
void test_fault();
extern const char test_fault_pc[];
void test_injected();
void test_injected_returning();
void test_saw_injected(uintptr_t return_pc, uintptr_t sp);
uint64_t test_spin();
extern volatile uint64_t test_injections;
}

namespace gort {
namespace {

std::function<void(arch::SigContext&, abi::g*)> on_signal;
int foreign_signals;
uintptr_t injected_return_pc, injected_sp;
abi::g* injected_g;
abi::g* injected_g0;

// One M whose goroutine runs test functions on a stack of its own, with gort_signal_entry as the
// handler.
class Signal : public ::testing::Test {
 protected:
  Signal() : stack_(64 * 1024), signal_stack_(64 * 1024) {
    m_.g0 = &g0_;
    m_.gsignal = &gsignal_;
    m_.curg = &g_;
    g0_.m = gsignal_.m = g_.m = &m_;
    g_.stack.lo = reinterpret_cast<uintptr_t>(stack_.data());
    g_.stack.hi = (g_.stack.lo + stack_.size()) & ~uintptr_t{15};
    injected_g0 = &g0_;
    stack_t alternative{};
    alternative.ss_sp = signal_stack_.data();
    alternative.ss_size = signal_stack_.size();
    sigaltstack(&alternative, nullptr);
    struct sigaction action {};
    action.sa_sigaction = gort_signal_entry;
    action.sa_flags = SA_ONSTACK | SA_SIGINFO;
    sigaction(SIGSEGV, &action, nullptr);
    sigaction(SIGUSR1, &action, nullptr);
    foreign_signals = 0;
    injected_return_pc = injected_sp = 0;
    injected_g = nullptr;
    test_injections = 0;
  }

  ~Signal() override {
    signal(SIGSEGV, SIG_DFL);
    signal(SIGUSR1, SIG_DFL);
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    sigaltstack(&none, nullptr);
    arch::SetThreadG0(nullptr);
  }

  void RunAsM(std::function<void()> body) {
    arch::SetThreadG0(&g0_);
    arch::RunThread(
        &g0_, [](void* arg) { (*static_cast<std::function<void()>*>(arg))(); }, &body);
  }

  // Starts fn as a goroutine; it leaves by GoGo(&g0->sched).
  void RunOnGoroutine(void (*fn)()) {
    static abi::funcval closure;
    closure.fn = reinterpret_cast<uintptr_t>(fn);
    RunAsM([&] {
      arch::InitGobuf(&g_.sched, &g_, g_.stack.hi - 128, 0x1234, &closure);
      arch::GoGo(&g_.sched);
    });
  }

  abi::m m_{};
  abi::g g0_{}, gsignal_{}, g_{};
  std::vector<uint8_t> stack_, signal_stack_;
};

TEST_F(Signal, FaultIsSeenWithItsRegistersAndItsG) {
  uintptr_t pc = 0, address = 0, sp = 0;
  abi::g* g = nullptr;
  abi::g* handler_g = nullptr;
  bool first = false, second = false;
  on_signal = [&](arch::SigContext& context, abi::g* interrupted) {
    pc = context.pc();
    sp = context.sp();
    address = context.fault_address();
    g = interrupted;
    handler_g = arch::GetG();
    context.ForEachRegister([&](const char*, uintptr_t value) {
      first |= value == 0x1111;
      second |= value == 0x2222;
    });
    context.InjectCall(reinterpret_cast<uintptr_t>(test_injected));
  };
  RunOnGoroutine(test_fault);
  EXPECT_EQ(pc, reinterpret_cast<uintptr_t>(test_fault_pc));
  EXPECT_EQ(address, 0x10u);
  EXPECT_EQ(g, &g_);
  EXPECT_EQ(handler_g, &gsignal_);
  EXPECT_GT(sp, g_.stack.lo);
  EXPECT_LT(sp, g_.stack.hi);
  EXPECT_TRUE(first && second);
}

TEST_F(Signal, InjectedCallLooksAsIfTheFaultingInstructionHadMadeIt) {
  uintptr_t sp = 0;
  on_signal = [&](arch::SigContext& context, abi::g*) {
    sp = context.sp();
    context.InjectCall(reinterpret_cast<uintptr_t>(test_injected));
  };
  RunOnGoroutine(test_fault);
  EXPECT_EQ(injected_return_pc, reinterpret_cast<uintptr_t>(test_fault_pc));
  EXPECT_EQ(injected_sp, sp);
  EXPECT_EQ(injected_g, &g_);
}

TEST_F(Signal, UnwindToCallerAttributesTheFaultToTheCallInstruction) {
  uintptr_t caller_sp = 0;
  on_signal = [&](arch::SigContext& context, abi::g*) {
    caller_sp = g_.stack.hi - 96;
    context.UnwindToCaller(0x4000, caller_sp);
    EXPECT_LT(context.pc(), 0x4000u);
    EXPECT_GE(context.pc(), 0x4000u - arch::kCallSize);
    context.InjectCall(reinterpret_cast<uintptr_t>(test_injected));
  };
  RunOnGoroutine(test_fault);
  EXPECT_EQ(injected_return_pc, 0x4000u - arch::kPcQuantum);
  EXPECT_EQ(injected_sp, caller_sp);
}

TEST_F(Signal, InjectedCallMayReturnToTheInterruptedInstruction) {
  uint64_t disturbed = 1;
  on_signal = [&](arch::SigContext& context, abi::g*) {
    // Only the spinning function is a safe place here.
    const uintptr_t start = reinterpret_cast<uintptr_t>(test_spin);
    if (start + 16 < context.pc() && context.pc() < start + 40) {
      context.InjectCall(reinterpret_cast<uintptr_t>(test_injected_returning));
    }
  };
  const pthread_t self = pthread_self();
  RunAsM([&] {
    std::thread sender([self] {
      while (test_injections == 0) {
        pthread_kill(self, SIGUSR1);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    });
    disturbed = test_spin();
    sender.join();
  });
  EXPECT_EQ(disturbed, 0u);
  EXPECT_GE(test_injections, 1u);
}

TEST_F(Signal, GIsRestoredAfterTheHandler) {
  abi::g* after = nullptr;
  on_signal = [](arch::SigContext&, abi::g*) {};
  RunAsM([&] {
    raise(SIGUSR1);
    after = arch::GetG();
  });
  EXPECT_EQ(after, &g0_);
}

TEST_F(Signal, ThreadWithoutAnMIsForeign) {
  on_signal = [](arch::SigContext&, abi::g*) { ADD_FAILURE(); };
  std::thread([] { raise(SIGUSR1); }).join();
  EXPECT_EQ(foreign_signals, 1);
}

}  // namespace
}  // namespace gort

extern "C" {

void gort_signal(int, siginfo_t* info, void* context, gort::abi::g* g) {
  gort::arch::SigContext registers(info, context);
  gort::on_signal(registers, g);
}

void gort_signal_foreign(int, siginfo_t*, void*) { gort::foreign_signals++; }

void test_saw_injected(uintptr_t return_pc, uintptr_t sp) {
  gort::injected_return_pc = return_pc;
  gort::injected_sp = sp;
  gort::injected_g = gort::arch::GetG();
  gort::arch::GoGo(&gort::injected_g0->sched);
}

}  // extern "C"
