// SPDX-License-Identifier: BSD-3-Clause
//
// Stacks as arrays of addresses: inlined calls, skipping, wrappers.
//
// Before: tests/unit/unwind/unwinder_test.cc   After: tests/unit/stack/copy_test.cc
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "runtime/mem/malloc.h"
#include "runtime/unwind/symbols.h"
#include "runtime/unwind/unwinder.h"
#include "tests/support/m_with_p.h"
#include "tests/support/module_builder.h"
#include "tests/support/stack_builder.h"

namespace gort::unwind {
namespace {

using testing_support::ModuleBuilder;
using testing_support::StackBuilder;

constexpr uintptr_t kText = 0x600000;
constexpr uintptr_t kBytes = 256;

enum Function { kGoexit, kOuter, kWrapper, kGopanic, kPlain, kInlinedWrapper };
uintptr_t Entry(Function f) { return kText + f * kBytes; }

class CallersTest : public testing::Test {
 protected:
  CallersTest() : memory_(4096) {
    module_.Add({.name = "runtime.goexit",
                 .entry = Entry(kGoexit),
                 .size = kBytes,
                 .id = abi::kFuncGoexit,
                 .frame_size = {{0, 0}}});
    // main.outer calls main.middle at 40, which calls main.inner at 80; both inlined.
    module_.Add({.name = "main.outer",
                 .entry = Entry(kOuter),
                 .size = kBytes,
                 .frame_size = {{0, 0}, {16, 32}},
                 .line = {{0, 10}, {80, 30}, {112, 11}, {128, 20}, {160, 12}},
                 .inline_index = {{0, -1}, {80, 1}, {112, -1}, {128, 0}, {160, -1}},
                 .inlined = {{-1, "main.middle", 40}, {0, "main.inner", 132}}});
    module_.Add({.name = "main.T.M",
                 .entry = Entry(kWrapper),
                 .size = kBytes,
                 .id = abi::kFuncWrapper,
                 .frame_size = {{0, 0}, {16, 32}}});
    module_.Add({.name = "runtime.gopanic",
                 .entry = Entry(kGopanic),
                 .size = kBytes,
                 .id = abi::kFuncGopanic,
                 .frame_size = {{0, 0}, {16, 64}}});
    module_.Add({.name = "main.plain",
                 .entry = Entry(kPlain),
                 .size = kBytes,
                 .frame_size = {{0, 0}, {16, 32}}});
    module_.Add({.name = "main.holder",
                 .entry = Entry(kInlinedWrapper),
                 .size = kBytes,
                 .frame_size = {{0, 0}, {16, 32}},
                 .inline_index = {{0, -1}, {32, 0}, {64, -1}},
                 .inlined = {{-1, "main.(*T).M", 20, abi::kFuncWrapper}}});
    SetModules(module_.Build());
    const uintptr_t lo = reinterpret_cast<uintptr_t>(memory_.data());
    stack_ = new StackBuilder(&g_, {lo, lo + memory_.size() * sizeof(memory_[0])});
    stack_->Push(Entry(kGoexit) + 4, 0);
  }
  ~CallersTest() override {
    SetModules(nullptr);
    if (m_.m.unwind_cache != nullptr) mem::SysFree(m_.m.unwind_cache, sizeof(PcCache));
    delete stack_;
  }

  // Names of the frames that Callers reports.
  std::vector<std::string> Names(int skip = 0, int max = 100) {
    stack_->Finish();
    std::vector<uintptr_t> pcs(max);
    pcs.resize(CallersOf(&g_, skip, pcs.data(), max));
    std::vector<std::string> names;
    for (uintptr_t pc : pcs) {
      const CallSite site = DescribeCallPc(pc);
      names.emplace_back(reinterpret_cast<const char*>(site.function.str), site.function.len);
    }
    return names;
  }

  using Strings = std::vector<std::string>;
  ModuleBuilder module_;
  std::vector<uintptr_t> memory_;
  StackBuilder* stack_;
  G g_{};
  testing_support::MWithP m_;
};

TEST_ON_M(CallersTest, InlinedCallsAreFramesOfTheirOwn) {
  stack_->Push(Entry(kOuter) + 92, 32);
  stack_->Push(Entry(kPlain) + 32, 32);
  EXPECT_EQ(Names(),
            (Strings{"main.plain", "main.inner", "main.middle", "main.outer", "runtime.goexit"}));
}

TEST_ON_M(CallersTest, SkippingCutsThroughAnInlinedChain) {
  stack_->Push(Entry(kOuter) + 92, 32);
  stack_->Push(Entry(kPlain) + 32, 32);
  EXPECT_EQ(Names(2, 2), (Strings{"main.middle", "main.outer"}));
  EXPECT_EQ(Names(5), Strings{});
}

TEST_ON_M(CallersTest, EachEntryHasTheLineOfItsOwnCall) {
  stack_->Push(Entry(kOuter) + 92, 32);
  stack_->Finish();
  uintptr_t pcs[3];
  ASSERT_EQ(CallersOf(&g_, 0, pcs, 3), 3);
  EXPECT_EQ(DescribeCallPc(pcs[0]).line, 30);
  EXPECT_EQ(DescribeCallPc(pcs[1]).line, 20);
  EXPECT_EQ(DescribeCallPc(pcs[2]).line, 10);
}

TEST_ON_M(CallersTest, WrappersAreLeftOutUnlessTheyPanic) {
  stack_->Push(Entry(kWrapper) + 32, 32);
  stack_->Push(Entry(kPlain) + 32, 32);
  EXPECT_EQ(Names(), (Strings{"main.plain", "runtime.goexit"}));
  stack_->Push(Entry(kWrapper) + 32, 32);
  stack_->Push(Entry(kGopanic) + 32, 64);
  EXPECT_EQ(Names(), (Strings{"runtime.gopanic", "main.T.M", "main.plain", "runtime.goexit"}));
}

TEST_ON_M(CallersTest, InlinedWrappersAreLeftOutToo) {
  stack_->Push(Entry(kInlinedWrapper) + 40, 32);
  stack_->Push(Entry(kPlain) + 32, 32);
  EXPECT_EQ(Names(), (Strings{"main.plain", "main.holder", "runtime.goexit"}));
}

TEST_ON_M(CallersTest, AFrameAtItsEntryIsReportedInside) {
  stack_->Push(Entry(kPlain), 0);
  EXPECT_EQ(Names()[0], "main.plain");
}

}  // namespace
}  // namespace gort::unwind
