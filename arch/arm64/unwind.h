// SPDX-License-Identifier: BSD-3-Clause
//
// arm64: how a frame is left. A frame is described by its SP and by delta, the bytes that the
// function has subtracted since its entry (pcsp table). Everything else follows:
//
//   fp + 8     | caller's outgoing arguments   <- argp
//   fp ----->  | caller's saved LR
//   fp - 8     | caller's R29                  the caller wrote it below its own SP
//              +---------------------------    <- varp
//              | locals, outgoing arguments
//   sp ----->  | saved LR                      only when delta > 0, else in the register
//   sp - 8     | saved R29                     only when delta > 0
//                                              fp = sp + delta
//
// Before: arch/arm64/context.h   After: arch/arm64/sigcontext.h
#ifndef GORT_ARCH_ARM64_UNWIND_H_
#define GORT_ARCH_ARM64_UNWIND_H_

#include <cstddef>
#include <cstdint>

namespace gort::arch {

// The SP of the caller at the call.
inline uintptr_t FrameTop(uintptr_t sp, uintptr_t delta) { return sp + delta; }

// The first byte after the locals, which is what stack maps count down from.
inline uintptr_t LocalsEnd(uintptr_t sp, uintptr_t delta) {
  return delta > 0 ? sp + delta - 8 : sp;
}

// Where the frame's argument block begins.
inline uintptr_t ArgumentBlock(uintptr_t frame_top) { return frame_top + 8; }

// The word that holds the return pc; 0 when it is still in the link register.
inline uintptr_t ReturnPcSlot(uintptr_t sp, uintptr_t delta) { return delta > 0 ? sp : 0; }

// The word where the function saved its caller's frame pointer; 0 when it has not.
inline uintptr_t FramePointerSlot(uintptr_t sp, uintptr_t delta) { return delta > 0 ? sp - 8 : 0; }

// The frame pointer register while a function with a frame runs: it points below SP, at the saved
// one.
inline uintptr_t FramePointerOf(uintptr_t sp, uintptr_t /*varp*/) { return sp - 8; }

// A call injected by a signal handler (SigContext::InjectCall) leaves this much between the SP of
// the callee's frame top and the SP of the interrupted frame, beside what any call leaves.
inline constexpr uintptr_t kInjectedFrame = 16;
// Whether the word at the injected frame's top is the interrupted function's own link register,
// needed when that function had not saved it.
inline constexpr bool kInjectedFrameHasLr = true;

// A pc in C++ text on a goroutine stack: given the CFA that its unwind row yields, where is the Go
// caller. LEAF_STUB (stub.h) lies between. SP of the Go caller at its call, and the word that holds
// the return pc into it.
inline uintptr_t LeafCallerSp(uintptr_t cfa) { return cfa + 16; }
inline uintptr_t LeafReturnPcSlot(uintptr_t cfa) { return cfa; }

// DWARF's numbers of the registers by which C++ frames are described.
inline constexpr unsigned kDwarfSp = 31;
inline constexpr unsigned kDwarfFp = 29;
inline constexpr unsigned kDwarfReturn = 30;

// The stack check of a prologue begins at pc and is part of the unsafe range that ends at
// unsafe_end: where the check itself ends. gc sets up frames of more than 240 bytes through R27,
// which is unsafe too and follows without a gap; the check's last instruction is its conditional
// branch to the call of morestack.
inline uintptr_t EndOfStackCheck(uintptr_t pc, uintptr_t unsafe_end) {
  uintptr_t end = unsafe_end;
  for (; pc < unsafe_end; pc += 4) {
    const uint32_t instruction = *reinterpret_cast<const uint32_t*>(pc);
    if ((instruction & 0xff000010) == 0x54000000) end = pc + 4;  // B.cond
  }
  return end;
}

}  // namespace gort::arch

#endif  // GORT_ARCH_ARM64_UNWIND_H_
