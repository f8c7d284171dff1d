// SPDX-License-Identifier: BSD-3-Clause
//
// amd64: how a frame is left. A frame is described by its SP and by delta, the bytes that the
// function has pushed since its entry (pcsp table). Everything else follows:
//
//              | caller's outgoing arguments   <- argp
//   fp ----->  +---------------------------
//   fp - 8     | return address
//   fp - 16    | caller's BP                    only when delta > 0
//              +---------------------------     <- varp
//              | locals, outgoing arguments
//   sp ----->  +---------------------------     fp = sp + delta + 8
//
// Before: arch/amd64/context.h   After: arch/amd64/sigcontext.h
#ifndef GORT_ARCH_AMD64_UNWIND_H_
#define GORT_ARCH_AMD64_UNWIND_H_

#include <cstddef>
#include <cstdint>

namespace gort::arch {

// The SP of the caller at the call.
inline uintptr_t FrameTop(uintptr_t sp, uintptr_t delta) { return sp + delta + 8; }

// The first byte after the locals, which is what stack maps count down from.
inline uintptr_t LocalsEnd(uintptr_t sp, uintptr_t delta) {
  return delta > 0 ? sp + delta - 8 : sp;
}

// Where the frame's argument block begins.
inline uintptr_t ArgumentBlock(uintptr_t frame_top) { return frame_top; }

// The word that holds the return pc; 0 when it is still in the link register.
inline uintptr_t ReturnPcSlot(uintptr_t sp, uintptr_t delta) { return sp + delta; }

// The word where the function saved its caller's frame pointer; 0 when it has not.
inline uintptr_t FramePointerSlot(uintptr_t sp, uintptr_t delta) {
  return delta > 0 ? sp + delta - 8 : 0;
}

// The frame pointer register while a function with a frame runs: where it saved its caller's, which
// is where locals end.
inline uintptr_t FramePointerOf(uintptr_t /*sp*/, uintptr_t varp) { return varp; }

// A call injected by a signal handler (SigContext::InjectCall) leaves this much between the SP of
// the callee's frame top and the SP of the interrupted frame, beside what any call leaves.
inline constexpr uintptr_t kInjectedFrame = 0;
// Whether the word at the injected frame's top is the interrupted function's own link register,
// needed when that function had not saved it.
inline constexpr bool kInjectedFrameHasLr = false;

// A pc in C++ or gas text on a goroutine stack: given the CFA that its unwind row yields, where is
// the Go caller. SP of the Go caller at its call, and the word that holds the return pc into it.
inline uintptr_t LeafCallerSp(uintptr_t cfa) { return cfa; }
inline uintptr_t LeafReturnPcSlot(uintptr_t cfa) { return cfa - 8; }

// DWARF's numbers of the registers by which C++ frames are described.
inline constexpr unsigned kDwarfSp = 7;
inline constexpr unsigned kDwarfFp = 6;
inline constexpr unsigned kDwarfReturn = 16;

// The stack check of a prologue begins at pc and is part of the unsafe range that ends at
// unsafe_end: where the check itself ends.
inline uintptr_t EndOfStackCheck(uintptr_t /*pc*/, uintptr_t unsafe_end) { return unsafe_end; }

}  // namespace gort::arch

#endif  // GORT_ARCH_AMD64_UNWIND_H_
