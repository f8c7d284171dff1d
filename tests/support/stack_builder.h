// SPDX-License-Identifier: BSD-3-Clause
//
// Lays out a goroutine's stack as if functions had called each other, for tests that walk or move
// it.
//
//   StackBuilder stack(&g, 8192);
//   stack.Push(goexit, pc, 0);          the outermost frame
//   stack.Push(f, pc in f, 32);         called by it: pc is where f goes on, 32 its frame size
//                                       there
//   stack.Finish();                     g.sched, g.stktopsp
//
// Before: tests/support/module_builder.h   After: tests/unit/unwind/unwinder_test.cc
#ifndef GORT_TESTS_SUPPORT_STACK_BUILDER_H_
#define GORT_TESTS_SUPPORT_STACK_BUILDER_H_

#include <cstdint>
#include <vector>

#include "arch/arch.h"
#include "runtime/abi/g.h"

namespace gort::testing_support {

class StackBuilder {
 public:
  struct Placed {
    uintptr_t pc, sp, fp, varp, argp, delta;
    uintptr_t* locals_end() const { return reinterpret_cast<uintptr_t*>(varp); }
    uintptr_t* args() const { return reinterpret_cast<uintptr_t*>(argp); }
  };

  // Room of `arguments` bytes is left above every frame for what it is called with.
  StackBuilder(abi::g* g, abi::Stack stack) : g_(g), sp_(stack.hi - 64) {
    g->stack = stack;
    g->stackguard0 = stack.lo + abi::kStackGuard;
  }

  Placed& Push(uintptr_t pc, uintptr_t delta) {
    const uintptr_t sp = sp_ - arch::FrameTop(0, delta);
    Placed frame = {.pc = pc,
                    .sp = sp,
                    .fp = sp_,
                    .varp = arch::LocalsEnd(sp, delta),
                    .argp = arch::ArgumentBlock(sp_),
                    .delta = delta};
    const uintptr_t slot = arch::ReturnPcSlot(sp, delta);
    if (slot != 0) *reinterpret_cast<uintptr_t*>(slot) = frames_.empty() ? 0 : frames_.back().pc;
    sp_ = sp;
    frames_.push_back(frame);
    return frames_.back();
  }

  // The goroutine is stopped in the last frame.
  void Finish() {
    g_->sched = {};
    g_->sched.pc = frames_.back().pc;
    g_->sched.sp = frames_.back().sp;
    g_->sched.g = reinterpret_cast<uintptr_t>(g_);
    if (!arch::kReturnPcOnStack && frames_.size() > 1)
      g_->sched.lr = frames_[frames_.size() - 2].pc;
    g_->stktopsp = frames_.front().sp;
  }

  // Outermost first.
  const std::vector<Placed>& frames() const { return frames_; }

 private:
  abi::g* g_;
  uintptr_t sp_;
  std::vector<Placed> frames_;
};

}  // namespace gort::testing_support

#endif  // GORT_TESTS_SUPPORT_STACK_BUILDER_H_
