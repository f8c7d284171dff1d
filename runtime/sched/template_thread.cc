// SPDX-License-Identifier: BSD-3-Clause
//
// The template thread: a thread that never runs Go code, so that its state is what the process
// began with. Others are made from it, and it stands for the process where one thread has to.
//
// A thread inherits from the one that makes it: user ids, namespaces, the working directory after
// unshare, the signal mask. A goroutine that locked its thread may have changed all of that, so
// such a thread asks the template thread to make the new one (NewThread). The template thread
// itself must come from a clean thread: it is made at the first LockOSThread, before the lock.
//
// A signal that the program was started with blocked, and that os/signal is asked for, has to be
// unblocked somewhere. Not in the thread that asks, which may end or start programs that would
// inherit its mask: the template thread takes such signals (UnblockSignal).
//
//   wanted   Ms whose threads are to be made            asleep   a request has to wake the thread
//   masks    the version of the set of signals that is asked for; done: the one in force
//
// Before: runtime/sched/m.cc   After: runtime/sched/p.cc
#include "runtime/base/check.h"
#include "runtime/base/futex.h"
#include "runtime/os/thread.h"
#include "runtime/sched/scheduler.h"

namespace gort::sched {

namespace {

struct Template {
  Lock lock{LockRank::kTemplateThread};
  M* wanted = nullptr;  // linked by schedlink; lock
  bool asleep = false;  // lock
  Note note;
  os::SignalSet signals;  // to be received by this thread; lock
  uint32_t masks = 0;     // lock
  Atomic<uint32_t> masks_done{0};
  Atomic<uint32_t> made{0};
};
Template template_thread;

void WakeLocked() {
  if (!template_thread.asleep) return;
  template_thread.asleep = false;
  template_thread.note.Wake();
}

[[noreturn]] void RunTemplateThread() {
  {
    LockGuard guard(&scheduler.lock);
    ++scheduler.system_m_count;
    CheckDeadlock();
  }
  Template& t = template_thread;
  for (;;) {
    M* wanted;
    os::SignalSet signals;
    uint32_t masks;
    {
      LockGuard guard(&t.lock);
      wanted = t.wanted;
      t.wanted = nullptr;
      signals = t.signals;
      masks = t.masks;
      // Only this thread changes masks_done.
      if (wanted == nullptr && masks == t.masks_done.LoadRelaxed()) {
        t.asleep = true;
        t.note.Clear();
      }
    }
    if (masks != t.masks_done.LoadRelaxed()) {
      os::ReceiveSignals(signals);
      t.masks_done.StoreRelease(masks);
      FutexWake(&t.masks_done.value, INT32_MAX);
    } else if (wanted == nullptr) {
      t.note.Sleep();
    }
    while (wanted != nullptr) {
      M* m = wanted;
      wanted = m->schedlink;
      m->schedlink = nullptr;
      StartThreadOf(m);
    }
  }
}

void ChangeSignals(uint32_t sig, bool receive) {
  EnsureTemplateThread();
  Template& t = template_thread;
  uint32_t masks;
  {
    LockGuard guard(&t.lock);
    t.signals.Set(sig, receive);
    masks = ++t.masks;
    WakeLocked();
  }
  for (;;) {
    uint32_t done = t.masks_done.LoadAcquire();
    if (static_cast<int32_t>(done - masks) >= 0) return;
    FutexSleep(&t.masks_done.value, done, -1);
  }
}

}  // namespace

void EnsureTemplateThread() {
  if (template_thread.made.LoadAcquire() == 0 && template_thread.made.CasAcqRel(0, 1)) {
    NewM([] { RunTemplateThread(); }, nullptr);
  }
}

void StartFromTemplate(M* m) {
  Template& t = template_thread;
  GORT_CHECK(t.made.LoadAcquire() != 0, "on a locked thread with no template thread");
  LockGuard guard(&t.lock);
  m->schedlink = t.wanted;
  t.wanted = m;
  WakeLocked();
}

void UnblockSignal(uint32_t sig) { ChangeSignals(sig, true); }
void BlockSignal(uint32_t sig) { ChangeSignals(sig, false); }

}  // namespace gort::sched
