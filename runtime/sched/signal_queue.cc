// SPDX-License-Identifier: BSD-3-Clause
//
// From the signal handler to the goroutine of os/signal.
//
// pending has a bit per signal: a signal that comes twice before it is received counts once, as
// between kernel and process. The handler sets the bit, then counts sent up and wakes who sleeps on
// that word; the receiver reads sent before it looks at the bits, so it cannot sleep over one. One
// goroutine receives (os/signal's loop), in a thread of its own while it sleeps, since a handler
// cannot make goroutines runnable.
//
// Before: runtime/os/signal.cc   After: runtime/sched/syscall_leaf.cc
#include "asm/gen/entries.h"
#include "runtime/base/futex.h"
#include "runtime/os/signal.h"
#include "runtime/sched/scheduler.h"

namespace gort::sched {

namespace {

constexpr uint32_t kWords = (os::kSignalCount + 31) / 32;

Atomic<uint32_t> in_use{0};
Atomic<uint32_t> wanted[kWords];
Atomic<uint32_t> ignored[kWords];
Atomic<uint32_t> pending[kWords];
Atomic<uint32_t> sent{0};        // counts; the receiver sleeps on it
Atomic<uint32_t> delivering{0};  // handlers between the look at wanted and the end
Atomic<uint32_t> sleeping{0};    // the receiver has taken everything
uint32_t received[kWords];       // the receiver's own: taken, not yet returned

uint32_t Bit(uint32_t sig) { return 1u << (sig & 31); }
bool Known(uint32_t sig) { return sig < kWords * 32; }

void SleepUntilSent(void* seen) {
  auto value = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(seen));
  while (sent.LoadAcquire() == value) FutexSleep(&sent.value, value, -1);
}

}  // namespace

bool SendSignal(uint32_t sig) {
  if (in_use.LoadAcquire() == 0 || !Known(sig)) return false;
  delivering.FetchAddSeqCst(1);
  bool want = (wanted[sig / 32].LoadSeqCst() & Bit(sig)) != 0;
  if (want && (pending[sig / 32].FetchOrAcqRel(Bit(sig)) & Bit(sig)) == 0) {
    sent.FetchAddSeqCst(1);
    FutexWake(&sent.value, 1);
  }
  delivering.FetchAddSeqCst(static_cast<uint32_t>(-1));
  return want;
}

bool SignalIgnored(uint32_t sig) {
  return Known(sig) && (ignored[sig / 32].LoadAcquire() & Bit(sig)) != 0;
}

void NoteInheritedIgnore(uint32_t sig) { ignored[sig / 32].FetchOrAcqRel(Bit(sig)); }

// ---- Entered from Go ----

extern "C" void gort_signal_recv(entry::signal_recv* a) {
  for (;;) {
    for (uint32_t word = 0; word < kWords; ++word) {
      if (received[word] == 0) continue;
      auto bit = static_cast<uint32_t>(__builtin_ctz(received[word]));
      received[word] &= received[word] - 1;
      a->ret = word * 32 + bit;
      return;
    }
    uint32_t seen = sent.LoadSeqCst();
    bool any = false;
    for (uint32_t word = 0; word < kWords; ++word) {
      received[word] = pending[word].ExchangeSeqCst(0);
      any |= received[word] != 0;
    }
    if (any) continue;
    sleeping.StoreSeqCst(1);
    BlockInPlace(SleepUntilSent, reinterpret_cast<void*>(static_cast<uintptr_t>(seen)),
                 abi::kWaitZero);
    sleeping.StoreSeqCst(0);
    a = arch::ArgsOf<entry::signal_recv>(CurrentM()->curg);  // the stack may have moved
  }
}

// Whether everything that was sent has been given to the program.
extern "C" void gort_signalIdle(entry::signalIdle* a) {
  a->ret = delivering.LoadSeqCst() == 0 && sleeping.LoadSeqCst() != 0 &&
           pending[0].LoadSeqCst() == 0 && pending[1].LoadSeqCst() == 0 &&
           pending[2].LoadSeqCst() == 0;
}

extern "C" void gort_signal_enable(entry::signal_enable* a) {
  in_use.StoreRelease(1);
  if (!Known(a->s)) return;
  wanted[a->s / 32].FetchOrAcqRel(Bit(a->s));
  ignored[a->s / 32].FetchAndAcqRel(~Bit(a->s));
  UnblockSignal(a->s);
  os::EnableSignal(a->s);
}

extern "C" void gort_signal_disable(entry::signal_disable* a) {
  if (!Known(a->s)) return;
  BlockSignal(a->s);
  os::DisableSignal(a->s);
  wanted[a->s / 32].FetchAndAcqRel(~Bit(a->s));
}

extern "C" void gort_signal_ignore(entry::signal_ignore* a) {
  if (!Known(a->s)) return;
  os::IgnoreSignal(a->s);
  wanted[a->s / 32].FetchAndAcqRel(~Bit(a->s));
  ignored[a->s / 32].FetchOrAcqRel(Bit(a->s));
}

extern "C" void gort_signal_ignored(entry::signal_ignored* a) { a->ret = SignalIgnored(a->s); }

extern "C" void gort_os_sigpipe(entry::os_sigpipe*) {
  if (SignalIgnored(SIGPIPE) || SendSignal(SIGPIPE)) return;
  os::DieFromSignal(SIGPIPE);
}

}  // namespace gort::sched
