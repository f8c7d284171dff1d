// SPDX-License-Identifier: BSD-3-Clause
//
// Signals: one handler for all of them, on the M's signal stack, as g = gsignal.
//
//   SIGURG                 a request for preemption, perhaps: asyncPreempt is injected where that
//                          is safe
//   SIGPROF                a sample for the CPU profile
//   SIGSEGV SIGBUS SIGFPE  of Go code: sigpanic is injected at the instruction, and becomes a panic
//                          there. In leaf C++ (memmove, typed copies) the frame is first unwound to
//                          the Go caller, so that the panic is that of the line that passed the bad
//                          pointer. Anywhere else, the runtime itself is broken: a fatal message,
//                          never silence.
//   wanted by os/signal    queued for the goroutine that receives them
//   SIGHUP SIGINT SIGTERM  unless wanted: the program dies of them
//   SIGQUIT and the rest   tracebacks of all goroutines, exit 2
//
// The handler may have interrupted anything, so it takes no locks that code outside handlers takes
// and it allocates nothing, until it is certain that the program ends.
//
// Before: runtime/os/signal_names.cc   After: runtime/sched/signal_queue.cc
#include "runtime/os/signal.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arch/arch.h"
#include "arch/upcalls.h"
#include "runtime/abi/roots.h"
#include "runtime/base/check.h"
#include "runtime/base/debug_vars.h"
#include "runtime/base/print.h"
#include "runtime/mem/malloc.h"         // upward: signal stacks are allocated
#include "runtime/panic/fatal.h"        // upward: a fault in the runtime is fatal
#include "runtime/sched/cpu_profile.h"  // upward: SIGPROF takes a sample
#include "runtime/sched/preempt.h"      // upward: preemption is a signal
#include "runtime/sched/sched.h"        // upward: GOTRACEBACK=crash asks every thread
#include "runtime/unwind/leaf_table.h"  // upward: a fault in leaf code is its caller's
#include "runtime/unwind/unwinder.h"    // upward: a fatal signal prints stacks

namespace gort::os {

namespace {

constexpr uintptr_t kSignalStack = 64 << 10;

Atomic<uint32_t> handled[kSignalCount];  // our handler is installed
void (*inherited[kSignalCount])(int);    // what was there before

void SetHandler(uint32_t sig, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_ONSTACK | SA_RESTART;
  sigfillset(&action.sa_mask);
  sigaction(static_cast<int>(sig), &action, nullptr);
}

void SetOurHandler(uint32_t sig) {
  struct sigaction action = {};
  action.sa_sigaction = gort_signal_entry;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
  sigfillset(&action.sa_mask);
  sigaction(static_cast<int>(sig), &action, nullptr);
}

void (*GetHandler(uint32_t sig))(int) {
  struct sigaction action = {};
  sigaction(static_cast<int>(sig), nullptr, &action);
  return action.sa_handler;
}

// Some defaults are inherited: nohup, and shells that put a program into the background.
bool WantsHandlerAtStart(uint32_t sig) {
  if ((sig == SIGHUP || sig == SIGINT) && inherited[sig] == SIG_IGN) return false;
  return (kSignals[sig].flags & kLibc) == 0;
}

bool Notifiable(uint32_t sig) {
  return sig < kSignalCount && sig != SIGPROF && (kSignals[sig].flags & kNotify) != 0;
}

// Makes the state that the signal found look like the start of sigpanic. False: no Go code is to
// blame.
bool InjectSigpanic(arch::SigContext* context, G* g) {
  M* m = g->m;
  if (g == m->g0 || g == m->gsignal || g != m->curg || g->throwsplit) return false;
  if (!g->stack.ContainsSp(context->sp())) return false;
  uintptr_t pc = context->pc();
  if (&unwind::gort_leaf_table != nullptr) {
    uintptr_t sp = context->sp();
    uintptr_t fp = context->fp();
    uintptr_t lr = context->lr();
    bool leaf = false;
    while (const unwind::LeafRow* row =
               unwind::FindLeafRow(unwind::gort_leaf_table, leaf ? pc - 1 : pc)) {
      unwind::LeafCaller caller = unwind::StepLeaf(*row, sp, fp, lr);
      pc = caller.pc;
      sp = caller.sp;
      fp = caller.fp;
      leaf = true;
    }
    if (leaf) {
      context->UnwindToCaller(pc, sp);
      pc = context->pc();
    }
  }
  uintptr_t sigpanic = abi::roots->sigpanic->fn;
  if (unwind::FindFunc(pc)) {
    context->InjectCall(sigpanic);
    return true;
  }
  // A call of a nil or wild func value: the error is in the caller.
  uintptr_t return_pc =
      arch::kReturnPcOnStack ? *reinterpret_cast<uintptr_t*>(context->sp()) : context->lr();
  if (unwind::FindFunc(return_pc)) {
    context->UnwindToCaller(return_pc, arch::FrameTop(context->sp(), 0));
    context->InjectCall(sigpanic);
    return true;
  }
  return false;
}

void PrintRegister(const char* name, uintptr_t value) {
  char padded[8] = "       ";
  int i = 0;
  for (; name[i] != 0; ++i) padded[i] = name[i];
  Print(static_cast<const char*>(padded), Hex{value}, "\n");
}

// GOTRACEBACK=crash: threads that have printed where they are. Each sends SIGQUIT to the process,
// where only those can take it that have not yet been there. The last one crashes; the others wait,
// but not for ever, should a thread never take it.
Atomic<int32_t> crashing;

void AskNextThread() {
  if (crashing.FetchAddAcqRel(1) + 1 >= sched::MCount()) return;
  Print("\n-----\n\n");
  kill(getpid(), SIGQUIT);
  usleep(5000000);
}

[[noreturn]] void FatalSignal(uint32_t sig, const arch::SigContext& context, G* g) {
  M* m = g->m;
  m->throwing = 1;
  const bool asked = crashing.LoadAcquire() != 0;
  const bool first = !asked && panic::BeginDying();
  if (asked) m->dying++;
  if (sig < kSignalCount) {
    Print(kSignals[sig].name, "\n");
  } else {
    Print("Signal ", sig, "\n");
  }
  Print("PC=", Hex{context.pc()}, " m=", m->id,
        " sigcode=", static_cast<uint64_t>(static_cast<int64_t>(context.code())), "\n");
  if (sig == SIGILL) {
    constexpr uintptr_t kMost = 16;
    uintptr_t pc = context.pc();
    uintptr_t rest = arch::kPhysPageSize - pc % arch::kPhysPageSize;
    Print("instruction bytes:");
    for (uintptr_t i = 0; i < (rest < kMost ? rest : kMost); ++i) {
      Print(" ", Hex{reinterpret_cast<const uint8_t*>(pc)[i]});
    }
    Print("\n");
  }
  Print("\n");
  if (unwind::GetTracebackSetting().level > 0) {
    unwind::PrintGoroutineHeader(g);
    unwind::Traceback(g, context.pc(), context.sp(), context.lr(), true, context.fp());
    if (asked) {
      // Those that another thread runs were left out by the thread that died.
      if (m->curg != nullptr && g != m->curg) unwind::TracebackCurrent();
    } else if (first) {
      unwind::TracebackOthers(g);
      Print("\n");
    }
    context.ForEachRegister(PrintRegister);
  }
  if (unwind::GetTracebackSetting().crash) AskNextThread();
  panic::Die();
}

}  // namespace

void InitSignals() {
  for (uint32_t sig = 1; sig < kSignalCount; ++sig) {
    uint32_t flags = kSignals[sig].flags;
    if (flags == 0 || (flags & (kDefault | kLibc)) != 0) continue;
    inherited[sig] = GetHandler(sig);
    if (!WantsHandlerAtStart(sig)) {
      if (inherited[sig] == SIG_IGN) sched::NoteInheritedIgnore(sig);
      continue;
    }
    handled[sig].StoreRelaxed(1);  // one thread
    SetOurHandler(sig);
  }
}

void InstallSignalStack(M* m) {
  G* g = m->gsignal;
  if (g->stack.lo == 0) {
    g->stack.lo = reinterpret_cast<uintptr_t>(mem::SysAlloc(kSignalStack));
    g->stack.hi = g->stack.lo + kSignalStack;
    g->stackguard0 = g->stackguard1 = g->stack.lo + abi::kStackGuard;
  }
  stack_t stack = {};
  stack.ss_sp = reinterpret_cast<void*>(g->stack.lo);
  stack.ss_size = kSignalStack;
  sigaltstack(&stack, nullptr);
}

void RemoveSignalStack(M* /*m*/) {
  stack_t stack = {};
  stack.ss_flags = SS_DISABLE;
  sigaltstack(&stack, nullptr);
}

void SaveAndBlockSignals(M* m) {
  sigset_t all;
  sigfillset(&all);
  // Not libc's wrapper: that leaves out its own two signals.
  arch::RawSyscall(SYS_rt_sigprocmask, SIG_SETMASK, reinterpret_cast<uintptr_t>(&all),
                   reinterpret_cast<uintptr_t>(&m->sigmask), 8);
}

void RestoreSignals(M* m) {
  arch::RawSyscall(SYS_rt_sigprocmask, SIG_SETMASK, reinterpret_cast<uintptr_t>(&m->sigmask), 0, 8);
}

void ResetHandlersInChild() {
  for (uint32_t sig = 1; sig < kSignalCount; ++sig) {
    if (handled[sig].LoadRelaxed() != 0) SetHandler(sig, SIG_DFL);  // the child has one thread
  }
}

void EnableSignal(uint32_t sig) {
  if (!Notifiable(sig)) return;
  if (handled[sig].ExchangeAcqRel(1) == 0) {
    inherited[sig] = GetHandler(sig);
    SetOurHandler(sig);
  }
}

void DisableSignal(uint32_t sig) {
  if (!Notifiable(sig)) return;
  // Back to what it was before the first Notify.
  if (WantsHandlerAtStart(sig) && (kSignals[sig].flags & kDefault) == 0) return;
  handled[sig].StoreRelease(0);
  SetHandler(sig, inherited[sig]);
}

void IgnoreSignal(uint32_t sig) {
  if (!Notifiable(sig)) return;
  handled[sig].StoreRelease(0);
  SetHandler(sig, SIG_IGN);
}

void DieFromSignal(uint32_t sig) {
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, static_cast<int>(sig));
  SetHandler(sig, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &one, nullptr);
  raise(static_cast<int>(sig));
  kill(getpid(), static_cast<int>(sig));
  usleep(1000);
  _exit(2);
}

}  // namespace gort::os

// ---- Entered from the kernel, by arch/signal.cc ----

void gort_signal(int signal, siginfo_t* info, void* ucontext, gort::abi::g* g) {
  using namespace gort;
  int saved_errno = errno;
  arch::SigContext context(info, ucontext);
  auto sig = static_cast<uint32_t>(signal);
  bool from_user = context.code() == SI_USER || context.code() == SI_TKILL;

  if (sig == SIGPROF) {
    sched::ProfileSample(context, g);
    errno = saved_errno;
    return;
  }
  if (sig == SIGURG && debug_vars.asyncpreemptoff == 0) {
    M* m = g->m;
    if (g->preempt && sched::AsyncSafePoint(g, context.pc(), context.sp())) {
      context.InjectCall(abi::roots->asyncPreempt->fn);
    }
    m->preemptGen.FetchAddAcqRel(1);
    m->signalPending.StoreRelease(0);
    // It may also have been meant for the program: two of them become one.
  }

  uint32_t flags =
      sig < os::kSignalCount ? os::kSignals[sig].flags : static_cast<uint32_t>(os::kThrow);
  if (!from_user && (flags & os::kPanic) != 0) {
    g->sig = sig;
    g->sigcode0 = static_cast<uintptr_t>(context.code());
    g->sigcode1 = context.fault_address();
    g->sigpc = context.pc();
    if (os::InjectSigpanic(&context, g)) {
      errno = saved_errno;
      return;
    }
    g->sig = 0;
    flags = os::kThrow;
  }
  bool done = false;
  if (from_user || (flags & os::kNotify) != 0) done = sched::SendSignal(sig);
  if (!done && from_user && sched::SignalIgnored(sig)) done = true;
  if (!done) {
    if ((flags & os::kKill) != 0) os::DieFromSignal(sig);
    if ((flags & (os::kThrow | os::kPanic)) != 0) os::FatalSignal(sig, context, g);
  }
  errno = saved_errno;
}

void gort_signal_foreign(int signal, siginfo_t* /*info*/, void* /*context*/) {
  if (signal == SIGPROF) return gort::sched::ProfileLostSample();
  static const char kText[] = "fatal: bad g in signal handler\n";
  ssize_t unused = write(2, kText, sizeof(kText) - 1);
  static_cast<void>(unused);
  _exit(signal == 0 ? 1 : 2);
}
