// SPDX-License-Identifier: BSD-3-Clause
//
// Threads of the system, as an M needs them.
//
// Before: runtime/os/memory.h   After: runtime/os/signal.h
#ifndef GORT_RUNTIME_OS_THREAD_H_
#define GORT_RUNTIME_OS_THREAD_H_

#include "runtime/abi/m.h"

namespace gort::os {

// New thread that runs fn(m) with every signal blocked. Returns 0 or an errno.
int StartThread(M* m, void (*fn)(M*));

// The calling thread is m, on its system stack, g = g0: bounds of that stack, signal stack, signal
// mask, identity.
void InitThread(M* m);
// The same for the thread that the kernel made.
void InitFirstThread(M* m);
// The calling thread is about to end; it may not touch m afterwards.
void FinishThread(M* m);
void BlockSignals(M* m);

// The thread that calls it receives these signals from now on, besides those that no thread of the
// runtime ever blocks; all others as the process was started.
struct SignalSet {
  uint64_t words[2] = {};
  void Set(uint32_t sig, bool in) {
    uint64_t bit = uint64_t{1} << (sig % 64);
    words[sig / 64] = in ? words[sig / 64] | bit : words[sig / 64] & ~bit;
  }
  bool Has(uint32_t sig) const { return (words[sig / 64] >> (sig % 64) & 1) != 0; }
};
void ReceiveSignals(const SignalSet& signals);

// Bounds of g0 = stack of the calling thread, as far down as the runtime wants to use it.
void SetSystemStack(G* g0);

}  // namespace gort::os

#endif  // GORT_RUNTIME_OS_THREAD_H_
