// SPDX-License-Identifier: BSD-3-Clause
//
// Signals as the rest of the runtime sees them.
//
// Before: runtime/os/thread.h   After: runtime/os/signal_names.cc
#ifndef GORT_RUNTIME_OS_SIGNAL_H_
#define GORT_RUNTIME_OS_SIGNAL_H_

#include <cstdint>

#include "runtime/abi/m.h"
#include "runtime/base/stack_rules.h"

namespace gort::os {

constexpr uint32_t kSignalCount = 65;

enum SignalFlags : uint32_t {
  kNotify = 1,    // os/signal may ask for it
  kKill = 2,      // the program dies of it, with the signal as its status
  kThrow = 4,     // fatal message with tracebacks, exit 2
  kPanic = 8,     // raised by an instruction: a panic of the goroutine
  kDefault = 16,  // no handler until os/signal asks
  kUnblock = 32,  // never blocked
  kIgnore = 64,   // the default action is to ignore it
  kLibc = 128,    // belongs to libc's threads
};
struct SignalInfo {
  uint32_t flags;
  const char* name;  // "SIGHUP: terminal line hangup"
};
extern const SignalInfo kSignals[kSignalCount];  // signal_names.cc

// Boot: installs the handler where stock does.
void InitSignals();

// Signal stack and mask of the calling thread, which runs as m.
void InstallSignalStack(M* m);
void RemoveSignalStack(M* m);
// Around a fork: the mask is kept in m.
void SaveAndBlockSignals(M* m);
void RestoreSignals(M* m);
// In a forked child, before exec: handlers are back to the default. Touches no memory of the
// parent's.
void ResetHandlersInChild();

// What os/signal asks for (sched/signal_queue.cc keeps the books).
void EnableSignal(uint32_t sig);
void DisableSignal(uint32_t sig);
void IgnoreSignal(uint32_t sig);
// SIG_IGN was inherited from the parent process.
bool InheritedIgnored(uint32_t sig);

// Ends the process by the default action of sig, so that its parent sees the right status.
[[noreturn]] GORT_SIGNAL_SAFE void DieFromSignal(uint32_t sig);

}  // namespace gort::os

namespace gort::sched {

// sched/signal_queue.cc. True: the program will receive it.
GORT_SIGNAL_SAFE bool SendSignal(uint32_t sig);
GORT_SIGNAL_SAFE bool SignalIgnored(uint32_t sig);
void NoteInheritedIgnore(uint32_t sig);

}  // namespace gort::sched

#endif  // GORT_RUNTIME_OS_SIGNAL_H_
