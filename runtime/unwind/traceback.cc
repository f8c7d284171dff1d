// SPDX-License-Identifier: BSD-3-Clause
//
// Tracebacks as text.
//
//   goroutine 1 [running]:
//   main.inner(...)                                  inlined: no arguments
//           /home/u/x.go:7
//   main.outer(0x1, 0xc000012345)                    argument words, results included, ten at most
//           /home/u/x.go:12 +0x2d                    offset of the return pc in the function
//   created by main.start                            pc of the go statement; not for goroutine 1
//           /home/u/x.go:20 +0x40
//
// What is shown depends on the level (GOTRACEBACK, debug.SetTraceback, or m.traceback for one M):
//
//   0 none   1 frames of the program: not runtime's, except its exported API and panics in the
//            middle; no wrappers
//   2 all frames, with fp, sp and pc
//
// A thread that throws shows every frame of the goroutine it throws for. A walk ends after 100
// physical frames.
//
// The texts are stock's to the byte: tools read them.
//
// Before: runtime/unwind/symbols.cc   After: runtime/unwind/ancestors.cc
#include "runtime/unwind/traceback.h"

#include <string.h>

#include "arch/arch.h"
#include "runtime/base/print.h"
#include "runtime/unwind/inline_tree.h"

namespace gort::unwind {
namespace {

constexpr uintptr_t kMaxArguments = 10;

bool HasPrefix(const char* text, const char* prefix) {
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

// Function of package runtime that programs can name.
bool IsRuntimeApi(const char* name) {
  return HasPrefix(name, "runtime.") && name[8] >= 'A' && name[8] <= 'Z';
}

bool ShowFrame(FuncInfo f, const G* g, bool first, abi::FuncID id, abi::FuncID callee) {
  const M* m = arch::GetG()->m;
  if (m->throwing > 0 && g != nullptr && (g == m->curg || g == m->caughtsig)) return true;
  return ShowFunction(f, first, id, callee);
}

void PrintPlace(FuncInfo f, uintptr_t pc) {
  const FileLine where = FileLineOf(f, pc);
  Print("\t", where.file, ":", where.line);
}

void PrintPhysical(const Frame& frame, const G* g, uintptr_t instruction) {
  const char* name = FuncName(frame.func);
  Print(strcmp(name, "runtime.gopanic") == 0 ? "panic" : name, "(");
  const auto* args = reinterpret_cast<const uintptr_t*>(frame.argp);
  // Of reflect's stubs only the closure says how many: the function's own number is -1 << 31.
  const auto bytes = static_cast<uintptr_t>(static_cast<intptr_t>(frame.func.fn->args));
  for (uintptr_t i = 0; i < bytes / abi::kWord; ++i) {
    if (i >= kMaxArguments) {
      PrintText(", ...");
      break;
    }
    if (i != 0) PrintText(", ");
    PrintHex(args[i]);
  }
  PrintText(")\n");
  PrintPlace(frame.func, instruction);
  if (frame.pc > frame.func.fn->entry) Print(" +", Hex{frame.pc - frame.func.fn->entry});
  if ((g->m != nullptr && g->m->throwing > 0 && g == g->m->curg) ||
      GetTracebackSetting().level >= 2) {
    Print(" fp=", Hex{frame.fp}, " sp=", Hex{frame.sp}, " pc=", Hex{frame.pc});
  }
  PrintText("\n");
}

void PrintLogical(const Frame& frame, const G* g, const LogicalFrames& logical) {
  const uintptr_t instruction = logical.call_pc() - 1;
  if (!logical.inlined()) return PrintPhysical(frame, g, instruction);
  Print(logical.name(), "(...)\n");
  PrintPlace(frame.func, instruction);
  PrintText("\n");
}

// Prints the frames of a walk; returns how many. all: hide nothing.
int PrintFrames(Unwinder walk, const G* g, bool all) {
  PcCache* cache = CurrentPcCache();
  abi::FuncID callee = abi::kFuncNormal;
  int printed = 0;
  for (int n = 0; walk.valid() && n < kMaxFrames; walk.Next(), ++n) {
    const Frame& frame = walk.frame();
    walk.ReportBadCaller();
    if (frame.is_leaf_cxx) continue;
    LogicalFrames logical(cache, frame);
    do {
      const abi::FuncID id = logical.id();
      if (id == abi::kFuncHidden) continue;
      if (all || ShowFrame(frame.func, g, printed == 0, id, callee)) {
        PrintLogical(frame, g, logical);
        printed++;
      }
      callee = id;
    } while (logical.Next());
  }
  return printed;
}

}  // namespace

void PrintFrame(const Frame& frame, const G* g) {
  LogicalFrames logical(CurrentPcCache(), frame);
  do {
    PrintLogical(frame, g, logical);
  } while (logical.Next());
}

bool ShowFunction(FuncInfo f, bool first, abi::FuncID id, abi::FuncID callee) {
  if (GetTracebackSetting().level > 1) return true;
  if (!f) return false;
  if (id == abi::kFuncWrapper && ElideWrapperCalling(callee)) return false;
  const char* name = FuncName(f);
  // The border between a program's frames and the deferred calls that a panic runs.
  if (strcmp(name, "runtime.gopanic") == 0 && !first) return true;
  return strchr(name, '.') != nullptr && (!HasPrefix(name, "runtime.") || IsRuntimeApi(name));
}

void PrintCreatedBy(const G* g) {
  const FuncInfo f = FindFunc(g->gopc);
  if (!f || g->goid == 1 || !ShowFrame(f, g, false, abi::kFuncNormal, abi::kFuncNormal)) return;
  PrintCreatedBy(f, g->gopc);
}

void PrintCreatedBy(FuncInfo f, uintptr_t gopc) {
  Print("created by ", FuncName(f), "\n");
  const uintptr_t offset = gopc - f.fn->entry;
  PrintPlace(f, offset > 0 ? gopc - arch::kPcQuantum : gopc);
  if (offset > 0) Print(" +", Hex{offset});
  PrintText("\n");
}

void Traceback(G* g, uintptr_t pc, uintptr_t sp, uintptr_t lr, bool trap, uintptr_t fp) {
  if (IsSystemStack(g)) return PrintSystemStack(g, {pc, sp, fp, lr, trap});
  UnwindFlags flags = {.trap = trap, .best_effort = true};
  const uint32_t status = StatusOf(g);
  if (status == abi::kGSyscall && g->syscallsp != 0) {
    pc = g->syscallpc;
    sp = g->syscallsp;
    lr = SyscallLr(g);
    flags.trap = false;
  }
  // When everything there is would be hidden, hide nothing.
  int printed = PrintFrames(Unwinder(g, pc, sp, lr, flags, fp), g, false);
  if (printed == 0) printed = PrintFrames(Unwinder(g, pc, sp, lr, flags, fp), g, true);
  if (printed == kMaxFrames) PrintText("...additional frames elided...\n");
  PrintCreatedBy(g);
  PrintAncestors(g);
}

void TracebackSaved(G* g) {
  if (g->syscallsp != 0) {
    Traceback(g, g->syscallpc, g->syscallsp, SyscallLr(g), false);
  } else {
    Traceback(g, g->sched.pc, g->sched.sp, arch::kReturnPcOnStack ? 0 : g->sched.lr, false);
  }
}

}  // namespace gort::unwind
