// SPDX-License-Identifier: BSD-3-Clause
//
// Moving stacks of random frames: a word changes exactly when a map says that it is a pointer and
// it points into the old stack.
//
// The model is one flag per word of the stack, set while the frames are laid out. Words that are
// not pointers are given values that look like pointers into the stack, so a move that adjusts too
// much is seen as well.
//
// Before: tests/unit/stack/alloc_test.cc   After: tests/unit/stack/grow_test.cc
#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <random>
#include <vector>

#include "runtime/base/debug_vars.h"
#include "runtime/stack/stack.h"
#include "runtime/unwind/unwinder.h"
#include "tests/support/m_with_p.h"
#include "tests/support/module_builder.h"
#include "tests/support/stack_builder.h"

namespace gort::stack {
namespace {

using testing_support::FunctionSpec;
using testing_support::ModuleBuilder;
using testing_support::StackBuilder;

constexpr uintptr_t kText = 0x700000;
constexpr uintptr_t kBytes = 256;
constexpr int kFunctions = 24;
constexpr int kLeaves = 4;

std::string RandomMap(std::mt19937* random, size_t words) {
  std::string map(words, '0');
  for (char& c : map) c = (*random)() % 2 ? '1' : '0';
  return map;
}

// gc's description of a value with the pointer mask `mask` (4 words at most).
abi::_type ObjectType(const uint8_t* mask, uintptr_t words) {
  abi::_type type = {};
  type.size = type.ptrdata = words * 8;
  type.gcdata = mask;
  return type;
}
const uint8_t kObjectMask[] = {0b1101};
const abi::_type kObjectType = ObjectType(kObjectMask, 4);

class StackCopyTest : public testing::Test {
 protected:
  void MakeFunctions(std::mt19937* random) {
    module_ = {};
    specs_.clear();
    module_.Add({.name = "runtime.goexit",
                 .entry = kText,
                 .size = kBytes,
                 .id = abi::kFuncGoexit,
                 .frame_size = {{0, 0}}});
    for (int i = 1; i <= kFunctions; ++i) {
      // A function that calls has room for arguments; the first ones are leaves without a frame.
      const int32_t delta = i <= kLeaves ? 0 : static_cast<int32_t>(48 + 16 * ((*random)() % 40));
      const size_t locals = delta > 0 ? arch::LocalsEnd(0, delta) / 8 - 4 - (*random)() % 2 : 0;
      FunctionSpec f = {.name = "main.f" + std::to_string(i),
                        .entry = kText + i * kBytes,
                        .size = kBytes,
                        .args = static_cast<int32_t>(8 * ((*random)() % 4))};
      if (delta == 0) {
        f.frame_size = {{0, 0}};
      } else {
        f.frame_size = {{0, 0}, {16, delta}};
      }
      f.stack_map = {{0, -1}, {32, 0}, {64, 1}};
      if (f.args > 0) f.args_maps = {RandomMap(random, f.args / 8), RandomMap(random, f.args / 8)};
      if (delta > 0) f.locals_maps = {RandomMap(random, locals), RandomMap(random, locals)};
      if (locals > 8 && (*random)() % 2) {
        // The object takes the four highest words, which no map may claim.
        for (std::string& map : f.locals_maps) map.replace(locals - 4, 4, "0000");
        f.objects = {{-32, const_cast<abi::_type*>(&kObjectType)}};
      }
      specs_.push_back(f);
      module_.Add(f);
    }
    unwind::SetModules(module_.Build());
    memset(static_cast<void*>(unwind::CurrentPcCache()), 0,
           sizeof(unwind::PcCache));  // other functions, same addresses
  }

  ~StackCopyTest() override { unwind::SetModules(nullptr); }

  testing_support::MWithP m_;
  ModuleBuilder module_;
  std::vector<FunctionSpec> specs_;
};

TEST_ON_M(StackCopyTest, ExactlyThePointersIntoTheStackAreAdjusted) {
  for (uint32_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    MakeFunctions(&random);
    G g = {};
    g.m = &m_.m;
    g.atomicstatus.StoreRelease(abi::kGRunning);
    const abi::Stack old = Alloc(32768);
    const size_t words = old.size() / 8;
    auto* memory = reinterpret_cast<uintptr_t*>(old.lo);
    for (size_t i = 0; i < words; ++i) memory[i] = old.lo + random() % old.size();

    std::map<uintptr_t, bool> is_pointer;  // words of frames, by address
    StackBuilder stack(&g, old);
    stack.Push(kText + 4, 0);
    const int depth = 2 + static_cast<int>(random() % 30);
    for (int i = 0; i < depth; ++i) {
      const size_t first = i + 1 < depth ? kLeaves : 0;
      const FunctionSpec& f = specs_[first + random() % (specs_.size() - first)];
      const int map = random() % 2;
      const uintptr_t delta = static_cast<uintptr_t>(f.frame_size.back().value);
      const StackBuilder::Placed frame = stack.Push(f.entry + (map == 0 ? 40 : 80), delta);
      if (arch::kReturnPcOnStack && delta > 0)
        is_pointer[frame.varp] = true;  // saved frame pointer
      if (!f.locals_maps.empty()) {
        const std::string& bits = f.locals_maps[map];
        for (size_t w = 0; w < bits.size(); ++w) {
          if (bits[w] == '1') is_pointer[frame.varp - 8 * (bits.size() - w)] = true;
        }
      }
      if (!f.args_maps.empty()) {
        for (size_t w = 0; w < f.args_maps[map].size(); ++w) {
          if (f.args_maps[map][w] == '1') is_pointer[frame.argp + 8 * w] = true;
        }
      }
      for (const abi::stackObjectRecord& object : f.objects) {
        for (size_t w = 0; w < 4; ++w) {
          if (kObjectMask[0] >> w & 1) is_pointer[frame.varp + object.off + 8 * w] = true;
        }
      }
    }
    for (const auto& [address, pointer] : is_pointer) {
      if (random() % 3 == 0)
        *reinterpret_cast<uintptr_t*>(address) = random() % 2 ? 0 : 0xc000000000;
    }
    stack.Finish();
    g.sched.ctxt = reinterpret_cast<void*>(old.lo + 8);
    g.sched.bp = old.hi - 16;

    // A record in a frame, a record elsewhere; arguments of the second point into the stack.
    struct Record {
      abi::_defer header;
      uintptr_t args[3];
    };
    abi::funcval fn = {specs_[0].entry};
    Record heap = {};
    heap.header.siz = specs_[0].args;
    heap.header.heap = true;
    heap.header.fn = &fn;
    heap.header.sp = g.sched.sp;
    for (uintptr_t& word : heap.args) word = old.lo + 256;
    g._defer = &heap.header;

    const std::vector<uintptr_t> before(memory, memory + words);
    const uintptr_t sp = g.sched.sp;
    const uintptr_t size = random() % 2 ? 65536 : 32768;
    Copy(&g, size);

    ASSERT_EQ(g.stack.size(), size);
    const uintptr_t delta = g.stack.hi - old.hi;
    ASSERT_EQ(g.sched.sp, sp + delta);
    EXPECT_EQ(g.stackguard0, g.stack.lo + abi::kStackGuard);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(g.sched.ctxt), old.lo + 8 + delta);
    EXPECT_EQ(g.sched.bp, old.hi - 16 + delta);
    auto moved = [&](uintptr_t v) { return v - old.lo < old.size() ? v + delta : v; };
    for (uintptr_t address = sp; address < old.hi; address += 8) {
      const uintptr_t was = before[(address - old.lo) / 8];
      const uintptr_t is = *reinterpret_cast<uintptr_t*>(address + delta);
      const auto found = is_pointer.find(address);
      ASSERT_EQ(is, found != is_pointer.end() ? moved(was) : was) << "word at sp+" << address - sp;
    }
    EXPECT_EQ(heap.header.sp, g.sched.sp);
    for (size_t w = 0; w < 3; ++w) {
      const bool pointer =
          w < static_cast<size_t>(specs_[0].args) / 8 && specs_[0].args_maps[0][w] == '1';
      EXPECT_EQ(heap.args[w], old.lo + 256 + (pointer ? delta : 0));
    }
    g._defer = nullptr;
    size_t frames = 0;
    for (unwind::Unwinder walk(&g); walk.valid(); walk.Next()) ++frames;
    EXPECT_EQ(frames, static_cast<size_t>(depth) + 1);
    Free(g.stack);
  }
}

TEST_ON_M(StackCopyTest, RecordsInFramesAreLinkedOnTheNewStack) {
  std::mt19937 random(3);
  MakeFunctions(&random);
  G g = {};
  g.m = &m_.m;
  StackBuilder stack(&g, Alloc(8192));
  stack.Push(kText + 4, 0);
  stack.Finish();
  // Two records above the frame, linked, the inner one first; a panic beside them.
  auto* inner = reinterpret_cast<abi::_defer*>(g.sched.sp + 8);
  memset(static_cast<void*>(inner), 0, 48);
  const uintptr_t old_hi = g.stack.hi;
  inner->sp = g.sched.sp;
  inner->_panic = reinterpret_cast<abi::_panic*>(g.sched.sp + 16);
  g._defer = inner;
  g._panic = inner->_panic;
  Copy(&g, 16384);
  const uintptr_t delta = g.stack.hi - old_hi;
  EXPECT_EQ(reinterpret_cast<uintptr_t>(g._defer), reinterpret_cast<uintptr_t>(inner) + delta);
  EXPECT_EQ(g._defer->sp, g.sched.sp);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(g._defer->_panic), g.sched.sp + 16);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(g._panic), g.sched.sp + 16);
  Free(g.stack);
}

TEST_ON_M(StackCopyTest, ShrinkHalvesAStackThatIsHardlyUsed) {
  std::mt19937 random(4);
  MakeFunctions(&random);
  G g = {};
  g.m = &m_.m;
  StackBuilder stack(&g, Alloc(32768));
  stack.Push(kText + 4, 0);
  stack.Finish();
  Shrink(&g);
  EXPECT_EQ(g.stack.size(), 16384u);
  for (int i = 0; i < 5; ++i) Shrink(&g);
  EXPECT_EQ(g.stack.size(), abi::kStackMin);
  Free(g.stack);
}

TEST_ON_M(StackCopyTest, AWrongPointerInAFrameIsFatal) {
  std::mt19937 random(5);
  MakeFunctions(&random);
  G g = {};
  g.m = &m_.m;
  StackBuilder stack(&g, Alloc(8192));
  stack.Push(kText + 4, 0);
  for (const FunctionSpec& f : specs_) {
    if (f.locals_maps.empty() || f.locals_maps[0].find('1') == std::string::npos) continue;
    const auto frame = stack.Push(f.entry + 40, static_cast<uintptr_t>(f.frame_size.back().value));
    memset(reinterpret_cast<void*>(frame.sp + 8), 0, frame.varp - frame.sp - 8);
    const std::string& bits = f.locals_maps[0];
    *reinterpret_cast<uintptr_t*>(frame.varp - 8 * (bits.size() - bits.find('1'))) = 17;
    break;
  }
  stack.Finish();
  debug_vars.invalidptr = 1;
  EXPECT_DEATH(Copy(&g, 16384), "bad pointer in frame main.f[0-9]+ at 0x[0-9a-f]+: 0x11");
  debug_vars.invalidptr = 0;
  Copy(&g, 16384);
  Free(g.stack);
}

TEST_ON_M(StackCopyTest, PoisonMarksWhatTheFramesDoNotUse) {
  std::mt19937 random(6);
  MakeFunctions(&random);
  G g = {};
  g.m = &m_.m;
  StackBuilder stack(&g, Alloc(8192));
  stack.Push(kText + 4, 0);
  stack.Finish();
  debug_vars.gortpoison = 1;
  Copy(&g, 16384);
  debug_vars.gortpoison = 0;
  for (uintptr_t p = g.stack.lo; p < g.sched.sp; ++p)
    ASSERT_EQ(*reinterpret_cast<uint8_t*>(p), 0xfb);
  Free(g.stack);
}

}  // namespace
}  // namespace gort::stack
