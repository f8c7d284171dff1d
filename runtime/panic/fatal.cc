// SPDX-License-Identifier: BSD-3-Clause
//
// Last words. See fatal.h for the order of things; texts and exit codes are those of Go 1.15.
//
// Before: runtime/panic/fatal.h   After: runtime/panic/fatal_leaf.cc
#include "runtime/panic/fatal.h"

#include <signal.h>
#include <unistd.h>

#include "arch/arch.h"
#include "asm/gen/entries.h"
#include "runtime/abi/type.h"
#include "runtime/base/check.h"
#include "runtime/base/debug_vars.h"
#include "runtime/base/lock.h"
#include "runtime/base/print.h"
#include "runtime/lang/type.h"  // upward: a panic's value is printed by its type
#include "runtime/panic/panic.h"
#include "runtime/panic/throw_request.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/trace.h"
#include "runtime/unwind/unwinder.h"

namespace gort::panic {

Atomic<uint32_t> dying_threads;

namespace {

Lock dying_lock(LockRank::kUnranked);

template <typename T>
T ValueAt(const void* p) {
  return *static_cast<const T*>(p);
}

void PrintComplex(double real, double imag) {
  PrintText("(");
  PrintFloat(real);
  PrintFloat(imag);
  PrintText("i)");
}

// The value of a kind that print knows; false for the others.
bool PrintScalar(abi::Kind kind, const void* p) {
  switch (kind) {
    case abi::kBool:
      PrintBool(ValueAt<bool>(p));
      return true;
    case abi::kInt:
      PrintInt(ValueAt<int64_t>(p));
      return true;
    case abi::kInt8:
      PrintInt(ValueAt<int8_t>(p));
      return true;
    case abi::kInt16:
      PrintInt(ValueAt<int16_t>(p));
      return true;
    case abi::kInt32:
      PrintInt(ValueAt<int32_t>(p));
      return true;
    case abi::kInt64:
      PrintInt(ValueAt<int64_t>(p));
      return true;
    case abi::kUint:
      PrintUint(ValueAt<uint64_t>(p));
      return true;
    case abi::kUint8:
      PrintUint(ValueAt<uint8_t>(p));
      return true;
    case abi::kUint16:
      PrintUint(ValueAt<uint16_t>(p));
      return true;
    case abi::kUint32:
      PrintUint(ValueAt<uint32_t>(p));
      return true;
    case abi::kUint64:
    case abi::kUintptr:
      PrintUint(ValueAt<uint64_t>(p));
      return true;
    case abi::kFloat32:
      PrintFloat(static_cast<double>(ValueAt<float>(p)));
      return true;
    case abi::kFloat64:
      PrintFloat(ValueAt<double>(p));
      return true;
    case abi::kComplex64: {
      auto c = ValueAt<abi::Complex64>(p);
      PrintComplex(static_cast<double>(c.real), static_cast<double>(c.imag));
      return true;
    }
    case abi::kComplex128: {
      auto c = ValueAt<abi::Complex128>(p);
      PrintComplex(c.real, c.imag);
      return true;
    }
    case abi::kString:
      PrintString(ValueAt<abi::String>(p));
      return true;
    default:
      return false;
  }
}

// Reverses the chain in place, so that it is printed oldest first in constant stack.
abi::_panic* Reverse(abi::_panic* p) {
  abi::_panic* done = nullptr;
  while (p != nullptr) {
    abi::_panic* next = p->link;
    p->link = done;
    done = p;
    p = next;
  }
  return done;
}

}  // namespace

void PrintValue(abi::eface v) {
  if (v.type == nullptr) return PrintText("nil");
  abi::Kind kind = v.type->kind_();
  bool defined = (v.type->tflag & abi::kTflagNamed) != 0 && lang::PackagePath(v.type).len != 0;
  bool scalar = kind <= abi::kComplex128 || kind == abi::kString;
  if (!scalar) {
    PrintText("(");
    PrintString(lang::TypeText(v.type));
    PrintText(") ");
    return PrintPointer(v.data);
  }
  if (!defined) {
    PrintScalar(kind, v.data);
    return;
  }
  bool brackets = kind != abi::kComplex64 &&
                  kind != abi::kComplex128;  // print puts its own around complex numbers
  bool quotes = kind == abi::kString;
  PrintString(lang::TypeText(v.type));
  if (brackets) PrintText(quotes ? "(\"" : "(");
  PrintScalar(kind, v.data);
  if (brackets) PrintText(quotes ? "\")" : ")");
}

void PrintPanics(abi::_panic* newest) {
  abi::_panic* oldest = Reverse(newest);
  bool older_is_goexit = false;
  for (abi::_panic* p = oldest; p != nullptr; p = p->link) {
    if (p != oldest && !older_is_goexit) PrintText("\t");
    older_is_goexit = p->goexit;
    if (p->goexit) continue;
    PrintText("panic: ");
    PrintValue(p->arg);
    if (p->recovered) PrintText(" [recovered]");
    PrintText("\n");
  }
  Reverse(oldest);
}

bool BeginDying() {
  M* m = arch::GetG()->m;
  m->mallocing++;                                            // nothing allocates from here on
  if (m->locks.LoadRelaxed() < 0) m->locks.StoreRelaxed(1);  // own thread's count
  switch (m->dying++) {
    case 0:
      dying_threads.FetchAddAcqRel(1);
      dying_lock.Acquire();
      sched::FreezeTheWorld();
      return true;
    case 1:
      PrintText("panic during panic\n");
      return false;
    case 2:
      PrintText("stack trace unavailable\n");
      _exit(4);
    default:
      _exit(5);
  }
}

void PrintState(G* g, uintptr_t pc, uintptr_t sp, uintptr_t lr, bool trap, uintptr_t fp) {
  if (g->sig != 0) {
    PrintText("[signal ");
    if (const char* text = SignalText(g->sig)) {
      PrintText(text);
    } else {
      PrintHex(g->sig);
    }
    Print(" code=", Hex{g->sigcode0}, " addr=", Hex{g->sigcode1}, " pc=", Hex{g->sigpc}, "]\n");
  }
  unwind::TracebackSetting setting = unwind::GetTracebackSetting();
  M* m = arch::GetG()->m;
  if (setting.level > 0) {
    bool all = setting.all || m->throwing > 0 || g != m->curg;
    if (g != m->g0) {
      PrintText("\n");
      unwind::PrintGoroutineHeader(g);
      unwind::Traceback(g, pc, sp, lr, trap, fp);
    } else if (setting.level >= 2 || m->throwing > 0) {
      PrintText("\nruntime stack:\n");
      unwind::Traceback(g, pc, sp, lr, trap, fp);
    }
    static bool did_others = false;
    if (!did_others && all) {
      did_others = true;
      unwind::TracebackOthers(g);
    }
  }
  dying_lock.Release();
  if (dying_threads.FetchAddAcqRel(static_cast<uint32_t>(-1)) != 1) {
    while (true) pause();  // another thread is still printing, and will exit
  }
}

void Die() {
  sched::PrintLastState();
  if (!unwind::GetTracebackSetting().crash) _exit(2);
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  sigaction(SIGABRT, &action, nullptr);
  sigset_t abort_only;
  sigemptyset(&abort_only);
  sigaddset(&abort_only, SIGABRT);
  sigprocmask(SIG_UNBLOCK, &abort_only, nullptr);
  raise(SIGABRT);
  _exit(2);
}

void Exit(int code) {
  PrintLockOrder();
  _exit(code);
}

// The system stack half of Throw (fatal_leaf.cc).
void ThrowOnSystemStack(void* request) {
  auto* r = static_cast<ThrowRequest*>(request);
  G* g = arch::GetG();
  PrintText("fatal error: ");
  PrintString(r->text);
  if (r->has_number) PrintHex(r->number);
  PrintText("\n");
  if (g->m->throwing == 0) g->m->throwing = 1;
  BeginDying();
  M* m = g->m;
  if (g == m->g0 && r->misuse && m->curg != nullptr && m->curg->sched.sp != 0) {
    g = m->curg;
    PrintState(g, g->sched.pc, g->sched.sp, g->sched.lr, true);
  } else {
    PrintState(g, r->pc, r->sp, 0, false, r->fp);
  }
  Die();
}

// ---- Entered from Go ----

extern "C" void gort_fatalPanic(entry::fatalPanic* a) {
  M* m = arch::GetG()->m;
  G* g = m->curg;
  arch::GoCaller gopanic = arch::CallerOf(g->sched);
  sched::EndInitLock(m, g);  // as if by a deferred call of runtime.main
  if (BeginDying()) {
    CountRunning(g, -1);
    PrintPanics(a->p);
  }
  PrintState(g, gopanic.pc, gopanic.sp, 0, false);
  Die();
}

static void ThrowText(abi::String text) {
  ThrowRequest request = {text, 0, false, true, 0, 0, 0};
  G* g = arch::GetG();
  request.pc = g->sched.pc;
  request.sp = g->sched.sp;
  ThrowOnSystemStack(&request);
}

extern "C" void gort_throw(entry::throw_* a) { ThrowText(a->s); }

extern "C" void gort_sync_throw(entry::sync_throw* a) { ThrowText(a->s); }

extern "C" void gort_throwinit(entry::throwinit*) {
  Throw("recursive call during initialization - linker skew");
}

}  // namespace gort::panic
