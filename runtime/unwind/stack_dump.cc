// SPDX-License-Identifier: BSD-3-Clause
//
// Two words to a line, each with a mark in front and, if it is an address in Go text, the function
// behind:
//
//   stack: frame={sp:0xc000046778, fp:0xc0000467d0} stack=[0xc000046000,0xc000046800)
//   000000c000046778: <0000000000000003  000000c0000467a8
//   000000c0000467c8: !0000000000000bad >0000000000000000        < sp   > fp   ! what is wrong
//
// Before: runtime/unwind/stack_dump.h   After: runtime/unwind/inline_tree.h
#include "runtime/unwind/stack_dump.h"

#include "runtime/base/print.h"
#include "runtime/unwind/func_table.h"

namespace gort::unwind {
namespace {

constexpr uintptr_t kMargin = 32 * abi::kWord;     // shown on both sides of the frame
constexpr uintptr_t kFarthest = 256 * abi::kWord;  // from sp, however large the frame is

uintptr_t Least(uintptr_t a, uintptr_t b) { return a < b ? a : b; }
uintptr_t Most(uintptr_t a, uintptr_t b) { return a < b ? b : a; }

}  // namespace

void DumpStack(const abi::Stack& stack, uintptr_t sp, uintptr_t fp, uintptr_t bad) {
  const uintptr_t first = fp != 0 ? Least(sp, fp) : sp;
  const uintptr_t last = Most(sp, fp);
  const uintptr_t lo = Most(Most(first - kMargin, sp - kFarthest), stack.lo);
  const uintptr_t hi = Least(Least(last + kMargin, sp + kFarthest), stack.hi);
  Print("stack: frame={sp:", Hex{sp}, ", fp:", Hex{fp}, "} stack=[", Hex{stack.lo}, ",",
        Hex{stack.hi}, ")\n");
  PrintLock();
  for (uintptr_t at = lo; at < hi; at += abi::kWord) {
    const uintptr_t word = *reinterpret_cast<const uintptr_t*>(at);
    if ((at - lo) % (2 * abi::kWord) == 0) {
      if (at != lo) PrintText("\n");
      PrintWord(at);
      PrintText(": ");
    }
    PrintText(at == fp ? ">" : at == sp ? "<" : at == bad ? "!" : " ");
    PrintWord(word);
    PrintText(" ");
    if (const FuncInfo f = FindFunc(word))
      Print("<", FuncName(f), "+", static_cast<uint64_t>(word - f.fn->entry), "> ");
  }
  PrintText("\n");
  PrintUnlock();
}

}  // namespace gort::unwind
