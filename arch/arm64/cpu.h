// SPDX-License-Identifier: BSD-3-Clause
//
// arm64: the constants that portable code needs to know about the cpu and about gc's code for it.
//
// A call leaves the return address in LR (R30); a callee with a frame stores it at its own SP, so
// that word lies between a frame's SP and its outgoing arguments:
//
//      RSP at the call ->  | (slot of the frame's own saved LR)
//      RSP + 8         ->  | argument block ...         (higher addresses above)
//
// Before: arch/arch.h   After: arch/arm64/tls.h
#ifndef GORT_ARCH_ARM64_CPU_H_
#define GORT_ARCH_ARM64_CPU_H_

#include <cstddef>
#include <cstdint>

namespace gort::arch {

inline constexpr char kName[] = "arm64";
inline constexpr size_t kPcQuantum = 4;          // instructions begin at any multiple of this
inline constexpr size_t kCallSize = 4;           // of the CALL that jmpdefer executes again
inline constexpr size_t kStackAlign = 16;        // the cpu faults otherwise
inline constexpr size_t kFixedFrame = 8;         // between a frame's SP and its outgoing arguments
inline constexpr bool kReturnPcOnStack = false;  // LR
inline constexpr bool kFramePointer = true;      // frames save R29 in the word below their SP
inline constexpr size_t kCacheLine = 64;
inline constexpr size_t kPhysPageSize = 4096;  // the smallest; the kernel tells the real one
inline constexpr int kAddressBits = 48;

// Tells the cpu that this is a wait loop.
inline void CpuRelax() { __asm__ volatile("yield"); }

// A counter that runs on while the thread sleeps; cheap, not serialised.
inline int64_t CpuTicks() {
  uint64_t ticks;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
  return static_cast<int64_t>(ticks);
}

// The two halves of the 128-bit product, joined by exclusive or.
inline uint64_t FoldedProduct(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

// Ends the process with SIGTRAP: a state that cannot be.
[[noreturn]] inline void Trap() {
  __asm__ volatile("brk #0");
  __builtin_unreachable();
}

}  // namespace gort::arch

#endif  // GORT_ARCH_ARM64_CPU_H_
