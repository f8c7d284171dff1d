// SPDX-License-Identifier: BSD-3-Clause
//
// What each signal means to a Go program, and its name in messages. The same on every Linux cpu
// that we have.
//
// Before: runtime/os/signal.h   After: runtime/os/signal.cc
#include "runtime/os/signal.h"
#include "runtime/panic/fatal.h"  // upward: names are printed by fatal signals

namespace gort::os {

const SignalInfo kSignals[kSignalCount] = {
    {0, "SIGNONE: no trap"},
    {kNotify | kKill, "SIGHUP: terminal line hangup"},
    {kNotify | kKill, "SIGINT: interrupt"},
    {kNotify | kThrow, "SIGQUIT: quit"},
    {kThrow | kUnblock, "SIGILL: illegal instruction"},
    {kThrow | kUnblock, "SIGTRAP: trace trap"},
    {kNotify | kThrow, "SIGABRT: abort"},
    {kPanic | kUnblock, "SIGBUS: bus error"},
    {kPanic | kUnblock, "SIGFPE: floating-point exception"},
    {0, "SIGKILL: kill"},
    {kNotify, "SIGUSR1: user-defined signal 1"},
    {kPanic | kUnblock, "SIGSEGV: segmentation violation"},
    {kNotify, "SIGUSR2: user-defined signal 2"},
    {kNotify, "SIGPIPE: write to broken pipe"},
    {kNotify, "SIGALRM: alarm clock"},
    {kNotify | kKill, "SIGTERM: termination"},
    {kThrow | kUnblock, "SIGSTKFLT: stack fault"},
    {kNotify | kUnblock | kIgnore, "SIGCHLD: child status has changed"},
    {kNotify | kDefault | kIgnore, "SIGCONT: continue"},
    {0, "SIGSTOP: stop, unblockable"},
    {kNotify | kDefault | kIgnore, "SIGTSTP: keyboard stop"},
    {kNotify | kDefault | kIgnore, "SIGTTIN: background read from tty"},
    {kNotify | kDefault | kIgnore, "SIGTTOU: background write to tty"},
    {kNotify | kIgnore, "SIGURG: urgent condition on socket"},
    {kNotify, "SIGXCPU: cpu limit exceeded"},
    {kNotify, "SIGXFSZ: file size limit exceeded"},
    {kNotify, "SIGVTALRM: virtual alarm clock"},
    {kNotify | kUnblock, "SIGPROF: profiling alarm clock"},
    {kNotify | kIgnore, "SIGWINCH: window size change"},
    {kNotify, "SIGIO: i/o now possible"},
    {kNotify, "SIGPWR: power failure restart"},
    {kThrow, "SIGSYS: bad system call"},
    {kLibc | kUnblock, "signal 32"},
    {kLibc | kUnblock, "signal 33"},
    {kNotify, "signal 34"},
    {kNotify, "signal 35"},
    {kNotify, "signal 36"},
    {kNotify, "signal 37"},
    {kNotify, "signal 38"},
    {kNotify, "signal 39"},
    {kNotify, "signal 40"},
    {kNotify, "signal 41"},
    {kNotify, "signal 42"},
    {kNotify, "signal 43"},
    {kNotify, "signal 44"},
    {kNotify, "signal 45"},
    {kNotify, "signal 46"},
    {kNotify, "signal 47"},
    {kNotify, "signal 48"},
    {kNotify, "signal 49"},
    {kNotify, "signal 50"},
    {kNotify, "signal 51"},
    {kNotify, "signal 52"},
    {kNotify, "signal 53"},
    {kNotify, "signal 54"},
    {kNotify, "signal 55"},
    {kNotify, "signal 56"},
    {kNotify, "signal 57"},
    {kNotify, "signal 58"},
    {kNotify, "signal 59"},
    {kNotify, "signal 60"},
    {kNotify, "signal 61"},
    {kNotify, "signal 62"},
    {kNotify, "signal 63"},
    {kNotify, "signal 64"},
};

}  // namespace gort::os

namespace gort::panic {

const char* SignalText(uint32_t sig) {
  return sig < os::kSignalCount ? os::kSignals[sig].name : nullptr;
}

}  // namespace gort::panic
