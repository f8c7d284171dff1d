// SPDX-License-Identifier: BSD-3-Clause
//
// Threads: pthreads of the static libc, detached, with 256 KB of stack, which is the M's system
// stack. C++ and libc run on it, and Go code that C++ calls (timer functions).
//
// The new thread starts with all signals blocked: a handler must not run before g is set.
// InitThread gives it its signal stack, then the mask that the process was started with.
//
// Before: runtime/os/thread.h   After: runtime/os/signal.cc
#include "runtime/os/thread.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arch/arch.h"
#include "runtime/os/signal.h"

namespace gort::os {

namespace {

constexpr uintptr_t kThreadStack = 256 << 10;
sigset_t initial_mask;  // of the process; set once, at boot

// Left to libc: thread control block, static TLS.
constexpr uintptr_t kLibcShare = 16 << 10;

void* ThreadStart(void* arg) {
  M* m = static_cast<M*>(arg);
  auto fn = reinterpret_cast<void (*)(M*)>(m->createstack[0]);
  m->createstack[0] = 0;
  m->thread = static_cast<uint64_t>(pthread_self());
  SetSystemStack(m->g0);
  arch::SetG(m->g0);
  arch::SetThreadG0(m->g0);
  fn(m);
  return nullptr;
}

}  // namespace

int StartThread(M* m, void (*fn)(M*)) {
  m->createstack[0] = reinterpret_cast<uintptr_t>(fn);
  sigset_t all;
  sigset_t previous;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &previous);
  m->sigmask = initial_mask;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, kThreadStack);
  pthread_t thread;
  int error = pthread_create(&thread, &attributes, ThreadStart, m);
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &previous, nullptr);
  return error;
}

void SetSystemStack(G* g0) {
  auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  g0->stack.hi = here;
  g0->stack.lo = here - (kThreadStack - kLibcShare) + 1024;
  // Go code on this stack (timer functions) compares with the guards as on any other.
  g0->stackguard0 = g0->stack.lo + abi::kStackGuard;
  g0->stackguard1 = g0->stackguard0;
}

void InitThread(M* m) {
  m->procid = static_cast<uint64_t>(syscall(SYS_gettid));
  InstallSignalStack(m);
  ReceiveSignals({});
}

void ReceiveSignals(const SignalSet& signals) {
  sigset_t mask = initial_mask;
  for (uint32_t sig = 1; sig < kSignalCount; ++sig) {
    bool needed = (kSignals[sig].flags & (kUnblock | kKill | kThrow)) != 0;
    if (needed || signals.Has(sig)) sigdelset(&mask, static_cast<int>(sig));
  }
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
}

void InitFirstThread(M* m) {
  m->thread = static_cast<uint64_t>(pthread_self());
  pthread_sigmask(SIG_SETMASK, nullptr, &initial_mask);
  m->sigmask = initial_mask;
  InitThread(m);
}

void BlockSignals(M* /*m*/) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

void FinishThread(M* m) {
  BlockSignals(m);
  RemoveSignalStack(m);
}

}  // namespace gort::os
