// SPDX-License-Identifier: BSD-3-Clause
//
// The walk through C++ frames, from functions of this file outwards, and what a dump of a stack
// shows.
//
// Before: runtime/unwind/cxx_frames.cc   After: tests/unit/unwind/callers_test.cc
#include "runtime/unwind/cxx_frames.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "runtime/unwind/executable.h"
#include "runtime/unwind/stack_dump.h"

namespace gort::unwind {

// Named by the symbol table, so not in the namespace without a name.
struct Seen {
  std::vector<std::string> names;
  uintptr_t stack_end;
  MemoryRange tables;
};

std::string Readable(const char* symbol) {
  char text[200];
  return std::string(text, static_cast<size_t>(ReadableName(symbol, text, sizeof(text))));
}

// The names of its callers.
__attribute__((noipa)) void Walk(Seen* seen) {
  CxxFrame frame = {reinterpret_cast<uintptr_t>(__builtin_return_address(0)),
                    reinterpret_cast<uintptr_t>(__builtin_dwarf_cfa()),
                    *static_cast<uintptr_t*>(__builtin_frame_address(0)), 0, false};
  do {
    const CxxSymbol symbol = FindSymbol(frame.call_pc());
    seen->names.push_back(symbol.name != nullptr ? Readable(symbol.name) : "?");
  } while (seen->names.size() < 50 && StepCxx(seen->tables, seen->stack_end, &frame));
}

__attribute__((noipa)) void Touch(void* /*p*/) {}

// Its size is known at run time only: the frame is found by the frame pointer.
__attribute__((noipa)) void FrameOfAnySize(Seen* seen, int n) {
  void* words = __builtin_alloca(static_cast<size_t>(n));
  Touch(words);
  Walk(seen);
  Touch(words);
}

// Its frame is aligned: the CFA is in memory.
__attribute__((noipa)) void AlignedFrame(Seen* seen, int n) {
  alignas(128) char bytes[256];
  Touch(bytes);
  FrameOfAnySize(seen, n);
  Touch(bytes);
}

namespace {

// Many saved registers.
__attribute__((noipa)) int Hidden(Seen* seen, int a, int b, int c, int d) {
  AlignedFrame(seen, a);
  Touch(&a);
  AlignedFrame(seen, b + c + d);
  return a * b + c * d;
}

Seen SeenFrom(uintptr_t stack_end) {
  Seen seen = {{}, stack_end, UnwindTables()};
  Hidden(&seen, 100, 20, 30, 40);
  return seen;
}

TEST(CxxFrames, AreWalkedAndNamed) {
  const Seen seen = SeenFrom(~uintptr_t{0});
  ASSERT_GT(seen.names.size(), 8u);
  EXPECT_EQ(seen.names[0], "gort::unwind::FrameOfAnySize");
  EXPECT_EQ(seen.names[1], "gort::unwind::AlignedFrame");
  EXPECT_EQ(seen.names[2], "gort::unwind::(anonymous)::Hidden");
}

TEST(CxxFrames, EndWithTheStack) {
  const Seen seen = SeenFrom(reinterpret_cast<uintptr_t>(__builtin_frame_address(0)));
  ASSERT_GE(seen.names.size(), 6u);
  // The two walks stop in front of the frame that calls, which is not wholly on the stack.
  EXPECT_LE(seen.names.size(), 10u);
}

TEST(CxxFrames, EndWithoutTables) {
  Seen seen = {{}, ~uintptr_t{0}, {}};
  Hidden(&seen, 100, 20, 30, 40);
  EXPECT_EQ(seen.names, (std::vector<std::string>(2, "gort::unwind::FrameOfAnySize")));
}

TEST(CxxFrames, EndWherePcIsNoCode) {
  uintptr_t words[4] = {};
  CxxFrame frame = {reinterpret_cast<uintptr_t>(&words), reinterpret_cast<uintptr_t>(&words), 0, 0,
                    true};
  EXPECT_FALSE(StepCxx(UnwindTables(), ~uintptr_t{0}, &frame));
}

TEST(ReadableName, IsWhatWasDeclared) {
  EXPECT_EQ(Readable("_Z5Sleepi"), "Sleep");
  EXPECT_EQ(Readable("_ZN4gort5sched5StopMEv"), "gort::sched::StopM");
  EXPECT_EQ(Readable("_ZNK4gort6unwind8Unwinder5validEv"), "gort::unwind::Unwinder::valid");
  EXPECT_EQ(Readable("_ZN4gort2os12_GLOBAL__N_111ThreadStartEPv"),
            "gort::os::(anonymous)::ThreadStart");
  EXPECT_EQ(Readable("_ZN4gortL9ThrowTextEv"), "gort::ThrowText");
  EXPECT_EQ(Readable("gort_newstack"), "gort_newstack");
  // More than names in namespaces.
  EXPECT_EQ(Readable("_ZN4gort4NoteC1Ev"), "_ZN4gort4NoteC1Ev");
  EXPECT_EQ(Readable("_Z3maxIiET_S0_S0_"), "_Z3maxIiET_S0_S0_");
  // Broken.
  EXPECT_EQ(Readable("_ZN4go"), "_ZN4go");
  EXPECT_EQ(Readable("_ZN99999gort"), "_ZN99999gort");
}

TEST(StackDump, MarksTheFrameAndStaysOnTheStack) {
  alignas(16) uintptr_t words[8] = {1, 2, 3, 0xbad, 5, 6, 7, 8};
  auto at = [&](int i) { return reinterpret_cast<uintptr_t>(&words[i]); };
  testing::internal::CaptureStderr();
  DumpStack({at(0), at(8)}, at(2), at(4), at(3));
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find(": <0000000000000003 !0000000000000bad \n"), std::string::npos) << text;
  EXPECT_NE(text.find(": >0000000000000005  0000000000000006 \n"), std::string::npos) << text;
  EXPECT_NE(text.find(":  0000000000000007  0000000000000008 \n"), std::string::npos) << text;
  EXPECT_EQ(text.find("0000000000000009"), std::string::npos) << text;
}

}  // namespace
}  // namespace gort::unwind
