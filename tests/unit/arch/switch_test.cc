// SPDX-License-Identifier: BSD-3-Clause
//
// gobuf, GoGo, RunThread, CallOnStack, CallGo: the same claims on every cpu.
//
// Before: arch/switch.h   After: tests/unit/arch/port_test.cc
#include "arch/switch.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "arch/arch.h"

extern "C" {
void test_go_add();
void test_go_entry();
void test_entered(void* context, uintptr_t result, uintptr_t sp);
}

namespace gort {
namespace {

struct Entered {
  void* context;
  uintptr_t result;
  uintptr_t sp;
  abi::g* g;
  int count;
};
thread_local Entered entered;
thread_local abi::g* test_g0;

// One M with a g0 on this thread's stack and one goroutine with a stack of its own.
class Switch : public ::testing::Test {
 protected:
  Switch() : stack_(64 * 1024) {
    m_.g0 = &g0_;
    g0_.m = &m_;
    g_.m = &m_;
    m_.curg = &g_;
    g_.stack.lo = reinterpret_cast<uintptr_t>(stack_.data());
    g_.stack.hi = (g_.stack.lo + stack_.size()) & ~uintptr_t{15};
    test_g0 = &g0_;
  }

  void RunAsM(std::function<void()> body) {
    arch::SetThreadG0(&g0_);
    arch::RunThread(
        &g0_, [](void* arg) { (*static_cast<std::function<void()>*>(arg))(); }, &body);
  }

  static abi::funcval* Closure(void (*fn)()) {
    static thread_local abi::funcval closures[8];
    static thread_local int next;
    abi::funcval* closure = &closures[next++ % 8];
    closure->fn = reinterpret_cast<uintptr_t>(fn);
    return closure;
  }

  abi::m m_{};
  abi::g g0_{};
  abi::g g_{};
  std::vector<uint8_t> stack_;
};

TEST_F(Switch, RunThreadSetsGAndReturns) {
  abi::g* seen = nullptr;
  RunAsM([&] { seen = arch::GetG(); });
  EXPECT_EQ(seen, &g0_);
  EXPECT_NE(g0_.sched.sp, 0u);
  EXPECT_EQ(g0_.sched.sp % 16, 0u);
}

TEST_F(Switch, GoGoToG0EndsTheThread) {
  bool after = false;
  RunAsM([&] {
    arch::GoGo(&g0_.sched);
    after = true;
  });
  EXPECT_FALSE(after);
}

TEST_F(Switch, GoGoStartsAClosureOnTheStackOfItsG) {
  entered = {};
  abi::funcval* fn = Closure(test_go_entry);
  RunAsM([&] {
    arch::InitGobuf(&g_.sched, &g_, g_.stack.hi - 64, 0x1234, fn);
    g_.sched.ret = 7;
    arch::GoGo(&g_.sched);
  });
  EXPECT_EQ(entered.count, 1);
  EXPECT_EQ(entered.context, fn);
  EXPECT_EQ(entered.result, 7u);
  EXPECT_EQ(entered.g, &g_);
  // The argument block of the function is where InitGobuf promises it.
  EXPECT_EQ(entered.sp + 8, g_.stack.hi - 64 + arch::kFixedFrame);
}

TEST_F(Switch, GoGoLeavesNothingInTheGobuf) {
  abi::funcval* fn = Closure(test_go_entry);
  RunAsM([&] {
    arch::InitGobuf(&g_.sched, &g_, g_.stack.hi - 64, 0x1234, fn);
    g_.sched.bp = 0;
    arch::GoGo(&g_.sched);
  });
  EXPECT_EQ(g_.sched.sp, 0u);
  EXPECT_EQ(g_.sched.ctxt, nullptr);
  EXPECT_EQ(g_.sched.ret, 0u);
  EXPECT_EQ(g_.sched.bp, 0u);
}

TEST_F(Switch, PushCallMakesThePcTheReturnAddress) {
  abi::gobuf buf{};
  buf.sp = g_.stack.hi - 128;
  buf.pc = 0xabcd;
  arch::PushCall(&buf, 0x4000, nullptr);
  EXPECT_EQ(buf.pc, 0x4000u);
  EXPECT_EQ(arch::CallerOf(buf).pc, 0xabcdu);
  EXPECT_EQ(arch::CallerOf(buf).sp, g_.stack.hi - 128);
}

TEST_F(Switch, CallGoPassesTheBlockAndTheContextAndBringsTheResults) {
  struct {
    intptr_t a, b, sum;
    void* context;
  } block{40, 2, 0, nullptr};
  abi::funcval* fn = Closure(test_go_add);
  abi::g* seen = nullptr;
  RunAsM([&] {
    arch::CallGo(fn, &block, sizeof block);
    seen = arch::GetG();
  });
  EXPECT_EQ(block.sum, 42);
  EXPECT_EQ(block.context, fn);
  EXPECT_EQ(seen, &g0_);
}

TEST_F(Switch, CallGoKeepsTheCalleeSavedRegistersOfCxx) {
  uint64_t sum = 0;
  RunAsM([&] {
    // Enough live values that some are in every callee-saved register across the call.
    volatile uint64_t source = 3;
    uint64_t a = source, b = source * 5, c = source * 7, d = source * 11, e = source * 13,
             f = source * 17;
    double x = source * 0.5, y = source * 0.25;
    struct {
      intptr_t a, b, sum;
      void* context;
    } block{1, 1, 0, nullptr};
    arch::CallGo(Closure(test_go_add), &block, sizeof block);
    sum = a + b + c + d + e + f + static_cast<uint64_t>(4 * (x + y));
  });
  EXPECT_EQ(sum, 3u * (1 + 5 + 7 + 11 + 13 + 17) + 9);
}

TEST_F(Switch, CallOnStackRunsThereAndComesBack) {
  uintptr_t where = 0;
  RunAsM([&] {
    arch::CallOnStack(
        [](void* arg) {
          *static_cast<uintptr_t*>(arg) = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
        },
        &where, g_.stack.hi);
  });
  EXPECT_GE(where, g_.stack.lo);
  EXPECT_LT(where, g_.stack.hi);
}

TEST_F(Switch, InterruptedGIsFoundByTheStackPointer) {
  abi::g* on_g0 = nullptr;
  abi::g* on_g = nullptr;
  RunAsM([&] {
    on_g0 = arch::InterruptedG(g0_.sched.sp);
    arch::SetG(&g_);
    on_g = arch::InterruptedG(g_.stack.hi - 8);
    arch::SetG(&g0_);
  });
  EXPECT_EQ(on_g0, &g0_);
  EXPECT_EQ(on_g, &g_);
}

TEST_F(Switch, EveryThreadHasItsOwnG) {
  abi::g* other = nullptr;
  abi::g* mine = nullptr;
  RunAsM([&] {
    std::thread([&] {
      static abi::m m;
      static abi::g g0;
      m.g0 = &g0;
      g0.m = &m;
      arch::RunThread(
          &g0, [](void* arg) { *static_cast<abi::g**>(arg) = arch::GetG(); }, &other);
      EXPECT_EQ(other, &g0);
    }).join();
    mine = arch::GetG();
  });
  EXPECT_EQ(mine, &g0_);
}

}  // namespace
}  // namespace gort

extern "C" void test_entered(void* context, uintptr_t result, uintptr_t sp) {
  using namespace gort;
  entered = {context, result, sp, arch::GetG(), entered.count + 1};
  arch::GoGo(&test_g0->sched);
}
