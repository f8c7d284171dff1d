// SPDX-License-Identifier: BSD-3-Clause
//
// Walks over stacks that the test lays out, on either cpu.
//
// Before: tests/support/stack_builder.h   After: tests/unit/unwind/callers_test.cc
#include "runtime/unwind/unwinder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "runtime/mem/malloc.h"
#include "tests/support/m_with_p.h"
#include "tests/support/module_builder.h"
#include "tests/support/stack_builder.h"

namespace gort::unwind {
namespace {

using testing_support::ModuleBuilder;
using testing_support::StackBuilder;

constexpr uintptr_t kText = 0x500000;
constexpr uintptr_t kBytes = 256;  // of every function

enum Function {
  kGoexit,
  kMain,
  kF,
  kLeaf,
  kSigpanic,
  kDeferring,
  kAsyncPreempt,
  kStub,
  kReflect,
  kNoMaps
};
uintptr_t Entry(Function f) { return kText + f * kBytes; }

class UnwinderTest : public testing::Test {
 protected:
  UnwinderTest() : memory_(4096) {
    module_.Add({.name = "runtime.goexit",
                 .entry = Entry(kGoexit),
                 .size = kBytes,
                 .id = abi::kFuncGoexit,
                 .frame_size = {{0, 0}}});
    module_.Add({.name = "main.main",
                 .entry = Entry(kMain),
                 .size = kBytes,
                 .frame_size = {{0, 0}, {16, 64}},
                 .stack_map = {{0, -1}, {32, 0}, {64, 1}},
                 .locals_maps = {"0000000", "0100001"}});
    module_.Add({.name = "main.f",
                 .entry = Entry(kF),
                 .size = kBytes,
                 .args = 24,
                 .frame_size = {{0, 0}, {16, 32}},
                 .stack_map = {{0, -1}, {32, 1}},
                 .args_maps = {"100", "101"},
                 .locals_maps = {"000", "010"},
                 .objects = {{-16, nullptr}, {8, nullptr}}});
    module_.Add({.name = "main.leaf",
                 .entry = Entry(kLeaf),
                 .size = kBytes,
                 .args = 8,
                 .frame_size = {{0, 0}},
                 .args_maps = {"1"}});
    module_.Add({.name = "runtime.sigpanic",
                 .entry = Entry(kSigpanic),
                 .size = kBytes,
                 .id = abi::kFuncSigpanic,
                 .frame_size = {{0, 0}, {16, 48}},
                 .locals_maps = {"00000"}});
    module_.Add({.name = "main.deferring",
                 .entry = Entry(kDeferring),
                 .size = kBytes,
                 .deferreturn = 128,
                 .frame_size = {{0, 0}, {16, 32}},
                 .stack_map = {{0, -1}, {32, 0}, {129, 1}},
                 .locals_maps = {"001", "100"}});
    module_.Add({.name = "runtime.asyncPreempt",
                 .entry = Entry(kAsyncPreempt),
                 .size = kBytes,
                 .id = abi::kFuncAsyncPreempt,
                 .frame_size = {{0, 0}, {16, 48}},
                 .locals_maps = {"00000"}});
    module_.Add({.name = "runtime.stub",
                 .entry = Entry(kStub),
                 .size = kBytes,
                 .args = 16,
                 .frame_size = {{0, 0}},
                 .args_maps = {"10", "11"}});
    module_.Add({.name = "reflect.makeFuncStub",
                 .entry = Entry(kReflect),
                 .size = kBytes,
                 .args = abi::kArgsUnknown,
                 .frame_size = {{0, 0}, {16, 64}},
                 .locals_maps = {"0000000"}});
    module_.Add({.name = "main.nomaps",
                 .entry = Entry(kNoMaps),
                 .size = kBytes,
                 .args = 8,
                 .frame_size = {{0, 0}, {16, 32}}});
    SetModules(module_.Build());
  }
  ~UnwinderTest() override {
    SetModules(nullptr);
    if (m_.m.unwind_cache != nullptr) mem::SysFree(m_.m.unwind_cache, sizeof(PcCache));
  }

  StackBuilder NewStack() {
    const uintptr_t lo = reinterpret_cast<uintptr_t>(memory_.data());
    return StackBuilder(&g_, {lo, lo + memory_.size() * sizeof(memory_[0])});
  }
  std::vector<Frame> Walk(UnwindFlags flags = {}) {
    std::vector<Frame> frames;
    for (Unwinder walk(&g_, flags); walk.valid(); walk.Next()) frames.push_back(walk.frame());
    return frames;
  }

  ModuleBuilder module_;
  std::vector<uintptr_t> memory_;
  G g_{};
  testing_support::MWithP m_;
};

std::string Bits(abi::bitvector v) {
  std::string text;
  for (int32_t i = 0; i < v.n; ++i) text += (v.bytedata[i / 8] >> i % 8 & 1) != 0 ? '1' : '0';
  return text;
}

TEST_ON_M(UnwinderTest, VisitsEveryFrameFromTheInnermostToGoexit) {
  StackBuilder stack = NewStack();
  stack.Push(Entry(kGoexit) + 4, 0);
  stack.Push(Entry(kMain) + 64, 64);
  stack.Push(Entry(kF) + 32, 32);
  stack.Push(Entry(kF) + 48, 32);
  stack.Finish();
  const std::vector<Frame> frames = Walk();
  ASSERT_EQ(frames.size(), 4u);
  for (size_t i = 0; i < 4; ++i) {
    const StackBuilder::Placed& placed = stack.frames()[3 - i];
    EXPECT_EQ(frames[i].pc, placed.pc);
    EXPECT_EQ(frames[i].sp, placed.sp);
    EXPECT_EQ(frames[i].fp, placed.fp);
    EXPECT_EQ(frames[i].varp, placed.varp);
    EXPECT_EQ(frames[i].argp, placed.argp);
    EXPECT_EQ(frames[i].continpc, placed.pc);
  }
  EXPECT_STREQ(FuncName(frames[0].func), "main.f");
  EXPECT_EQ(frames[0].arglen, 24u);
}

TEST_ON_M(UnwinderTest, AFunctionAtItsEntryHasNoFrameYet) {
  StackBuilder stack = NewStack();
  stack.Push(Entry(kGoexit) + 4, 0);
  stack.Push(Entry(kMain) + 64, 64);
  stack.Push(Entry(kF), 0);
  stack.Finish();
  const std::vector<Frame> frames = Walk();
  ASSERT_EQ(frames.size(), 3u);
  EXPECT_EQ(Bits(MapsOf(frames[0]).args), "100");
  EXPECT_EQ(MapsOf(frames[0]).locals.n, 0);
}

TEST_ON_M(UnwinderTest, MapsAreThoseOfTheCall) {
  StackBuilder stack = NewStack();
  stack.Push(Entry(kGoexit) + 4, 0);
  stack.Push(Entry(kMain) + 65, 64);  // the call ends at 65: its last byte has map 1
  stack.Push(Entry(kMain) + 64, 64);
  stack.Push(Entry(kF) + 33, 32);
  stack.Finish();
  const std::vector<Frame> frames = Walk();
  ASSERT_EQ(frames.size(), 4u);
  EXPECT_EQ(Bits(MapsOf(frames[2]).locals), "0100001");
  EXPECT_EQ(Bits(MapsOf(frames[1]).locals), "0000000");
  const FrameMaps maps = MapsOf(frames[0]);
  EXPECT_EQ(Bits(maps.args), "101");
  EXPECT_EQ(Bits(maps.locals), "010");
  ASSERT_EQ(maps.object_count, 2);
  EXPECT_EQ(maps.objects[0].off, -16);
  EXPECT_EQ(maps.objects[1].off, 8);
}

TEST_ON_M(UnwinderTest, AFaultedFrameGoesOnAtItsDeferreturnOrNowhere) {
  for (Function faulted : {kDeferring, kMain}) {
    StackBuilder stack = NewStack();
    stack.Push(Entry(kGoexit) + 4, 0);
    stack.Push(Entry(faulted) + 40, faulted == kMain ? 64 : 32);
    if (arch::kInjectedFrame != 0) continue;  // the injected block is tested on the real thing
    stack.Push(Entry(kSigpanic) + 32, 48);
    stack.Finish();
    const std::vector<Frame> frames = Walk();
    ASSERT_EQ(frames.size(), 3u);
    EXPECT_TRUE(frames[1].trap);
    EXPECT_EQ(frames[1].call_pc(), frames[1].pc + 1);
    if (faulted == kDeferring) {
      EXPECT_EQ(frames[1].continpc, Entry(kDeferring) + 129);
      EXPECT_EQ(Bits(MapsOf(frames[1]).locals), "001");
    } else {
      EXPECT_EQ(frames[1].continpc, 0u);
      EXPECT_EQ(MapsOf(frames[1]).locals.n, 0);
    }
    EXPECT_FALSE(frames[2].trap);
  }
}

TEST_ON_M(UnwinderTest, AStubThatWorksOnTheSystemStackShowsItsArguments) {
  StackBuilder stack = NewStack();
  stack.Push(Entry(kGoexit) + 4, 0);
  stack.Push(Entry(kMain) + 64, 64);
  stack.Push(Entry(kStub), 0);
  stack.Finish();
  const std::vector<Frame> frames = Walk();
  ASSERT_EQ(frames.size(), 3u);
  EXPECT_EQ(Bits(MapsOf(frames[0]).args), "10");
}

TEST_ON_M(UnwinderTest, ReflectStubsTakeTheirArgumentMapFromTheClosure) {
  uint8_t bits[] = {0b1010};
  abi::bitvector map = {4, bits};
  uintptr_t closure[] = {Entry(kReflect), reinterpret_cast<uintptr_t>(&map), 16};
  StackBuilder stack = NewStack();
  stack.Push(Entry(kGoexit) + 4, 0);
  stack.Push(Entry(kMain) + 64, 64);
  const StackBuilder::Placed stub = stack.Push(Entry(kReflect) + 32, 64);
  auto* words = reinterpret_cast<uintptr_t*>(stub.sp + arch::kFixedFrame);
  words[0] = reinterpret_cast<uintptr_t>(closure);
  words[3] = 0;
  stack.Finish();
  EXPECT_EQ(Bits(MapsOf(Walk()[0]).args), "01") << "results are not there yet";
  words[3] = 1;
  EXPECT_EQ(Bits(MapsOf(Walk()[0]).args), "0101");
}

TEST_ON_M(UnwinderTest, AGoroutineThatHasNotStartedTakesTheMapFromItsContext) {
  uint8_t bits[] = {0b0001};
  abi::bitvector map = {4, bits};
  uintptr_t closure[] = {Entry(kReflect), reinterpret_cast<uintptr_t>(&map), 8};
  StackBuilder stack = NewStack();
  stack.Push(Entry(kGoexit) + 4, 0);
  stack.Push(Entry(kReflect), 0);
  stack.Finish();
  g_.sched.ctxt = closure;
  EXPECT_EQ(Bits(MapsOf(Walk()[0]).args), "1");
}

TEST_ON_M(UnwinderTest, PendingDefersLookLikeCallsThatHaveNotBegun) {
  struct Record {
    abi::_defer header;
    uintptr_t args[3];
  };
  abi::funcval f = {Entry(kF)};
  Record first = {}, empty = {}, open = {};
  first.header.siz = 24;
  first.header.fn = &f;
  empty.header.fn = &f;  // no argument block
  empty.header.link = &first.header;
  open.header.siz = 16;  // no function yet
  open.header.link = &empty.header;
  g_._defer = &open.header;
  DeferFrames pending(&g_);
  ASSERT_TRUE(pending.valid());
  const Frame frame = pending.frame();
  EXPECT_EQ(frame.pc, Entry(kF));
  EXPECT_EQ(frame.argp, reinterpret_cast<uintptr_t>(first.args));
  const FrameMaps maps = MapsOf(frame);
  EXPECT_EQ(Bits(maps.args), "100");
  EXPECT_EQ(maps.locals.n, 0);
  EXPECT_EQ(maps.object_count, 0);
  pending.Next();
  EXPECT_FALSE(pending.valid());
}

TEST_ON_M(UnwinderTest, BestEffortEndsWhereAPreciseWalkIsFatal) {
  StackBuilder stack = NewStack();
  stack.Push(Entry(kGoexit) + 4, 0);
  stack.Push(0x1234, 0);  // not Go text
  stack.Push(Entry(kF) + 32, 32);
  stack.Finish();
  EXPECT_EQ(Walk({.best_effort = true}).size(), 1u);
  EXPECT_DEATH(Walk(), "unexpected return pc for main.f called from 0x1234");
}

TEST_ON_M(UnwinderTest, AStackThatDoesNotEndWhereItBeganIsFatal) {
  StackBuilder stack = NewStack();
  stack.Push(Entry(kGoexit) + 4, 0);
  stack.Push(Entry(kF) + 32, 32);
  stack.Finish();
  g_.stktopsp += 16;
  EXPECT_DEATH(Walk(), "traceback did not unwind completely");
}

TEST_ON_M(UnwinderTest, LocalsWithoutAMapAreFatal) {
  StackBuilder stack = NewStack();
  stack.Push(Entry(kGoexit) + 4, 0);
  stack.Push(Entry(kNoMaps) + 32, 32);
  stack.Finish();
  EXPECT_DEATH(MapsOf(Walk()[0]), "missing stackmap");
}

TEST_ON_M(UnwinderTest, SystemCallsShowTheFrameThatEnteredThem) {
  StackBuilder stack = NewStack();
  stack.Push(Entry(kGoexit) + 4, 0);
  stack.Push(Entry(kMain) + 64, 64);
  stack.Push(Entry(kF) + 32, 32);
  stack.Finish();
  g_.syscallpc = g_.sched.pc;
  g_.syscallsp = g_.sched.sp;
  g_.sched.pc = g_.sched.sp = 0x1111;
  EXPECT_EQ(Walk().size(), 3u);
}

}  // namespace
}  // namespace gort::unwind
