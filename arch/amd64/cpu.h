// SPDX-License-Identifier: BSD-3-Clause
//
// amd64: the constants that portable code needs to know about the cpu and about gc's code for it.
//
// A call pushes the return address, so a frame has nothing between the caller's outgoing arguments
// and that word:
//
//      SP at the call  ->  | argument block ...         (higher addresses above)
//      SP at callee    ->  | return address
//
// Before: arch/arch.h   After: arch/amd64/tls.h
#ifndef GORT_ARCH_AMD64_CPU_H_
#define GORT_ARCH_AMD64_CPU_H_

#include <cstddef>
#include <cstdint>

namespace gort::arch {

inline constexpr char kName[] = "amd64";
inline constexpr size_t kPcQuantum = 1;         // instructions begin at any multiple of this
inline constexpr size_t kCallSize = 5;          // of the CALL that jmpdefer executes again
inline constexpr size_t kStackAlign = 8;        // all that gc guarantees at a call
inline constexpr size_t kFixedFrame = 0;        // between a frame's SP and its outgoing arguments
inline constexpr bool kReturnPcOnStack = true;  // no link register
inline constexpr bool kFramePointer = true;  // frames save BP in the word below the return address
inline constexpr size_t kCacheLine = 64;
inline constexpr size_t kPhysPageSize = 4096;  // the smallest; the kernel tells the real one
inline constexpr int kAddressBits = 48;

// Tells the cpu that this is a wait loop.
inline void CpuRelax() { __asm__ volatile("pause"); }

// A counter that runs on while the thread sleeps; cheap, not serialised.
inline int64_t CpuTicks() {
  uint32_t low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return static_cast<int64_t>(static_cast<uint64_t>(high) << 32 | low);
}

// The two halves of the 128-bit product, joined by exclusive or. As an instruction because the
// compiler's 128-bit type is 16-aligned, and a leaf that holds one sets up an aligned frame.
inline uint64_t FoldedProduct(uint64_t a, uint64_t b) {
  uint64_t high;
  __asm__("mulq %2" : "+a"(a), "=d"(high) : "r"(b) : "cc");
  return a ^ high;
}

// Ends the process with SIGTRAP: a state that cannot be.
[[noreturn]] inline void Trap() {
  __asm__ volatile("int3");
  __builtin_unreachable();
}

}  // namespace gort::arch

#endif  // GORT_ARCH_AMD64_CPU_H_
