// SPDX-License-Identifier: BSD-3-Clause
//
// What a port supplies, as a list that the compiler reads. A folder arch/<cpu>/ that lacks a line,
// or has it with another type, does not compile; docs/porting.md explains the lines,
// tests/unit/arch/port_test.cc compares the folders' files and assembly symbols with each other.
//
// Before: arch/arch.h   After: arch/switch.h
#ifndef GORT_ARCH_PORT_H_
#define GORT_ARCH_PORT_H_

#include <concepts>
#include <type_traits>

#include "arch/features.h"

namespace gort::arch {

template <auto function, typename Signature>
concept Supplies = std::same_as<decltype(function), Signature*>;

template <typename T>
concept SignalContext = requires(T context, const T& same, uintptr_t word,
                                 void (*visit)(const char*, uintptr_t)) {
  T(static_cast<siginfo_t*>(nullptr), static_cast<void*>(nullptr));
  { same.pc() } -> std::same_as<uintptr_t>;
  { same.sp() } -> std::same_as<uintptr_t>;
  { same.fp() } -> std::same_as<uintptr_t>;
  { same.lr() } -> std::same_as<uintptr_t>;
  { same.code() } -> std::same_as<int>;
  { same.fault_address() } -> std::same_as<uintptr_t>;
  { same.mask() } -> std::same_as<sigset_t*>;
  context.set_pc(word);
  context.set_sp(word);
  context.set_lr(word);
  context.InjectCall(word);
  context.UnwindToCaller(word, word);
  same.ForEachRegister(visit);
};

// 1. cpu.h: constants, and a few instructions.
static_assert(sizeof(kName) > 1);
static_assert(kPcQuantum == 1 || kPcQuantum == 4);
static_assert(kCallSize % kPcQuantum == 0);
static_assert(kStackAlign == 8 || kStackAlign == 16);
static_assert(kFixedFrame == 0 || kFixedFrame == 8);
static_assert(kReturnPcOnStack == (kFixedFrame == 0));
static_assert(std::same_as<decltype(kFramePointer), const bool>);
static_assert((kCacheLine & (kCacheLine - 1)) == 0);
static_assert((kPhysPageSize & (kPhysPageSize - 1)) == 0);
static_assert(kAddressBits >= 47);
static_assert(Supplies<&CpuRelax, void()>);
static_assert(Supplies<&CpuTicks, int64_t()>);
static_assert(Supplies<&FoldedProduct, uint64_t(uint64_t, uint64_t)>);
static_assert(Supplies<&Trap, void()>);

// 2. tls.h
static_assert(Supplies<&GetG, abi::g*()>);
static_assert(Supplies<&SetG, void(abi::g*)>);
static_assert(Supplies<&SetThreadG0, void(abi::g*)>);
static_assert(Supplies<&InterruptedG, abi::g*(uintptr_t)>);

// 3. context.h
static_assert(Supplies<&PushCall, void(abi::gobuf*, uintptr_t, void*)>);
static_assert(
    Supplies<&InitGobuf, void(abi::gobuf*, abi::g*, uintptr_t, uintptr_t, abi::funcval*)>);
static_assert(Supplies<&CallerOf, GoCaller(const abi::gobuf&)>);
static_assert(Supplies<&CallerOfLeaf, GoCaller(void*)>);
static_assert(Supplies<&ParkCallerOf, GoCaller(const abi::gobuf&)>);
static_assert(Supplies<&RedirectReturn, void(abi::g*, uintptr_t)>);
static_assert(std::same_as<decltype(&ParkArgsOf<int>), int* (*)(abi::g*)>);

// 12. sigcontext.h
static_assert(SignalContext<SigContext>);

// 13. syscall.h
static_assert(std::same_as<decltype(RawSyscall(0)), intptr_t>);

// 14. unwind.h
static_assert(Supplies<&FrameTop, uintptr_t(uintptr_t, uintptr_t)>);
static_assert(Supplies<&LocalsEnd, uintptr_t(uintptr_t, uintptr_t)>);
static_assert(Supplies<&ArgumentBlock, uintptr_t(uintptr_t)>);
static_assert(Supplies<&ReturnPcSlot, uintptr_t(uintptr_t, uintptr_t)>);
static_assert(Supplies<&FramePointerSlot, uintptr_t(uintptr_t, uintptr_t)>);
static_assert(kInjectedFrame % kStackAlign == 0);
static_assert(std::same_as<decltype(kInjectedFrameHasLr), const bool>);
static_assert(Supplies<&EndOfStackCheck, uintptr_t(uintptr_t, uintptr_t)>);
static_assert(Supplies<&LeafCallerSp, uintptr_t(uintptr_t)>);
static_assert(Supplies<&LeafReturnPcSlot, uintptr_t(uintptr_t)>);
static_assert(kLeafArgs % 8 == 0);
static_assert(Supplies<&CallersFramePointer, uintptr_t()>);
static_assert(kDwarfSp != kDwarfFp && kDwarfFp != kDwarfReturn);

// 15. aes.h
static_assert(sizeof(AesRound(Block{}, Block{})) == 16);
static_assert(sizeof(AesMixWord(0, 0, nullptr)) == 8);
static_assert(sizeof(AesMixShort(0, 0, 0, 0, nullptr)) == 8);

// 16. features.cc
static_assert(Supplies<&DetectFeatures, void()>);

}  // namespace gort::arch

#endif  // GORT_ARCH_PORT_H_
