// SPDX-License-Identifier: BSD-3-Clause
//
// select: one of several channel operations, whichever can go on; among those that can, each with
// the same probability.
//
//   1. in random order look at each channel, lock the first that seems ready, and do the operation
//   if it is: most selects
//      end here with one lock taken
//   2. nothing: lock all channels in the order of their addresses (two selects on the same channels
//   would deadlock
//      otherwise) and look again
//   3. still nothing: the default case, if there is one. Otherwise queue a sudog at every channel,
//   linked in lock order
//      from g->waiting, and park; the unlock function releases all locks
//   4. the waker took one sudog (g->selectDone makes it one) and handed over the element; the
//   resume function takes the others
//      out of their queues and stores which case it was. A closed channel wakes without success:
//      the select starts again.
//
// cas0 and order0 are arrays in the caller's frame. order0 has room for two permutations: the
// random one and the lock order. The frame may move while the goroutine is parked, so resume finds
// the arrays through the argument block, which belongs to the frame of the entry's stub.
//
// Before: runtime/lang/chan.cc   After: runtime/sched/sema.cc
#include "arch/arch.h"
#include "asm/gen/entries.h"
#include "runtime/base/check.h"
#include "runtime/lang/chan.h"
#include "runtime/mem/heap_slot.h"
#include "runtime/mem/malloc.h"
#include "runtime/panic/panic.h"
#include "runtime/sched/sched.h"
#include "runtime/sched/wait_profile.h"

namespace gort::lang {

namespace {

M* CurrentM() { return arch::GetG()->m; }

struct Outcome {
  enum { kNothing, kCase, kPanic } what;
  intptr_t chosen;
  bool received;
};

// Where the result of a select goes; selectgo and reflect's rselect differ.
using StoreResult = void (*)(G* g, intptr_t chosen, bool received);

class Select {
 public:
  Select(abi::scase* cases, uint16_t* order, intptr_t count)
      : cases_(cases), poll_order_(order), lock_order_(order + count), count_(count) {}

  void Shuffle() {
    for (intptr_t i = 0; i < count_; ++i) {
      uint32_t j = sched::FastRandN(static_cast<uint32_t>(i + 1));
      poll_order_[i] = poll_order_[j];
      poll_order_[j] = static_cast<uint16_t>(i);
    }
  }

  // Step 1.
  Outcome TryEach() {
    for (intptr_t i = 0; i < count_; ++i) {
      intptr_t index = poll_order_[i];
      abi::scase* cas = &cases_[index];
      Chan* c = cas->c;
      if (c == nullptr) continue;  // nil channel, or default
      if (cas->kind == abi::kCaseSend ? !MaySend(c) : !MayReceive(c)) continue;
      LockWord(&c->lock, LockRank::kUnranked);
      Outcome outcome = TryLocked(index, UnlockOne, c);
      if (outcome.what != Outcome::kNothing) return outcome;
      UnlockOne(c);
    }
    return {Outcome::kNothing, 0, false};
  }

  intptr_t DefaultCase() const {
    for (intptr_t i = 0; i < count_; ++i) {
      if (cases_[i].kind == abi::kCaseDefault) return i;
    }
    return -1;
  }

  // Addresses ascending; cases without a channel first.
  void SortLocks() {
    for (intptr_t i = 0; i < count_; ++i) lock_order_[i] = poll_order_[i];
    if (count_ <= kInsertionSort) {
      for (intptr_t i = 1; i < count_; ++i) {
        uint16_t moving = lock_order_[i];
        intptr_t j = i;
        for (; j > 0 && KeyOf(lock_order_[j - 1]) > KeyOf(moving); --j)
          lock_order_[j] = lock_order_[j - 1];
        lock_order_[j] = moving;
      }
      return;
    }
    for (intptr_t i = count_ / 2; i-- > 0;) Sink(i, count_);
    for (intptr_t end = count_ - 1; end > 0; --end) {
      uint16_t largest = lock_order_[0];
      lock_order_[0] = lock_order_[end];
      lock_order_[end] = largest;
      Sink(0, end);
    }
  }

  void LockAll() {
    Chan* last = nullptr;
    for (intptr_t i = 0; i < count_; ++i) {
      Chan* c = cases_[lock_order_[i]].c;
      if (c == nullptr || c == last) continue;
      LockWord(&c->lock, LockRank::kUnranked);  // the order is by address
      last = c;
    }
  }

  void UnlockAll() {
    Chan* last = nullptr;
    for (intptr_t i = count_ - 1; i >= 0; --i) {
      Chan* c = cases_[lock_order_[i]].c;
      if (c == nullptr || c == last) continue;
      UnlockOne(c);
      last = c;
    }
  }

  // Step 2, all locks held; releases them unless kNothing.
  Outcome TryAllLocked() {
    for (intptr_t i = 0; i < count_; ++i) {
      if (cases_[poll_order_[i]].c == nullptr) continue;
      Outcome outcome = TryLocked(poll_order_[i], UnlockSelect, this);
      if (outcome.what != Outcome::kNothing) return outcome;
    }
    return {Outcome::kNothing, 0, false};
  }

  // Step 3, all locks held.
  [[noreturn]] void Wait(G* g, void (*resume)(G*, void*)) {
    GORT_CHECK(g->waiting == nullptr, "gp.waiting != nil");
    Sudog** link = &g->waiting;
    for (intptr_t i = 0; i < count_; ++i) {
      abi::scase* cas = &cases_[lock_order_[i]];
      if (cas->c == nullptr) continue;
      Sudog* s = sched::AcquireSudog();
      s->g = g;
      s->isSelect = true;
      s->elem = cas->elem;
      s->c = cas->c;
      sched::BeginWait(s);
      *link = s;
      link = &s->waitlink;
      sched::Enqueue(cas->kind == abi::kCaseSend ? &cas->c->sendq : &cas->c->recvq, s);
    }
    g->param = nullptr;
    sched::SetResume(g, resume, nullptr);
    g->parkingOnChan.StoreRelease(1);
    sched::Park(CommitPark, nullptr,
                g->waiting == nullptr ? abi::kWaitSelectNoCases : abi::kWaitSelect);
  }

  // Step 4: what woke g; -1: a channel was closed.
  intptr_t TakeBack(G* g) {
    g->activeStackChans.StoreRelease(0);
    LockAll();
    g->selectDone.StoreRelease(0);
    auto* winner = static_cast<Sudog*>(g->param);
    g->param = nullptr;
    Sudog* s = g->waiting;
    for (Sudog* each = s; each != nullptr; each = each->waitlink) {
      each->isSelect = false;
      each->elem = nullptr;
      each->c = nullptr;
    }
    g->waiting = nullptr;
    intptr_t chosen = -1;
    int64_t ticks = 0;  // of the wait, if the profile wants it
    // In the order of locking, one for each case with a channel.
    for (intptr_t i = 0; s != nullptr; ++i) {
      abi::scase* cas = &cases_[lock_order_[i]];
      if (cas->c == nullptr) continue;
      if (s == winner) {
        chosen = lock_order_[i];  // its waker took it out
      } else {
        sched::Remove(cas->kind == abi::kCaseSend ? &cas->c->sendq : &cas->c->recvq, s);
      }
      Sudog* next = s->waitlink;
      s->waitlink = nullptr;
      ticks |= sched::WaitTicks(s);  // only one was woken
      sched::ReleaseSudog(s);
      s = next;
    }
    UnlockAll();
    if (ticks != 0) sched::BlockEvent(g, ticks, 0);
    return chosen;
  }

  bool IsReceive(intptr_t i) const { return cases_[i].kind == abi::kCaseRecv; }

 private:
  static constexpr intptr_t kInsertionSort = 12;

  static void UnlockOne(void* c) { UnlockWord(&static_cast<Chan*>(c)->lock, LockRank::kUnranked); }
  static void UnlockSelect(void* select) { static_cast<Select*>(select)->UnlockAll(); }

  // The goroutine is off its M: as soon as one lock is released it may run elsewhere, so nothing of
  // its stack is looked at, and a sudog only before its channel is unlocked.
  static bool CommitPark(G* g, void* /*arg*/) {
    g->activeStackChans.StoreRelease(1);
    g->parkingOnChan.StoreRelease(0);
    Chan* last = nullptr;
    for (Sudog* s = g->waiting; s != nullptr; s = s->waitlink) {
      if (s->c != last && last != nullptr) UnlockOne(last);
      last = s->c;
    }
    if (last != nullptr) UnlockOne(last);
    return true;
  }

  Outcome TryLocked(intptr_t index, void (*unlock)(void*), void* arg) {
    abi::scase* cas = &cases_[index];
    if (cas->kind == abi::kCaseSend) {
      ChanResult result = SendLocked(cas->c, cas->elem, unlock, arg);
      if (result == ChanResult::kWouldBlock) return {Outcome::kNothing, 0, false};
      return {result == ChanResult::kClosed ? Outcome::kPanic : Outcome::kCase, index, false};
    }
    ChanResult result = ReceiveLocked(cas->c, cas->elem, unlock, arg);
    if (result == ChanResult::kWouldBlock) return {Outcome::kNothing, 0, false};
    return {Outcome::kCase, index, result == ChanResult::kDone};
  }

  uintptr_t KeyOf(uint16_t i) const { return reinterpret_cast<uintptr_t>(cases_[i].c); }

  void Sink(intptr_t i, intptr_t end) {
    uint16_t moving = lock_order_[i];
    for (;;) {
      intptr_t child = 2 * i + 1;
      if (child >= end) break;
      if (child + 1 < end && KeyOf(lock_order_[child + 1]) > KeyOf(lock_order_[child])) ++child;
      if (KeyOf(lock_order_[child]) <= KeyOf(moving)) break;
      lock_order_[i] = lock_order_[child];
      i = child;
    }
    lock_order_[i] = moving;
  }

  abi::scase* cases_;
  uint16_t* poll_order_;
  uint16_t* lock_order_;
  intptr_t count_;
};

// Runs to a result, or parks. The stack does not move while this runs.
void Run(G* g, Select select, StoreResult store, void (*resume)(G*, void*)) {
  select.Shuffle();
  Outcome outcome = select.TryEach();
  if (outcome.what == Outcome::kNothing) {
    intptr_t default_case = select.DefaultCase();
    if (default_case >= 0) return store(g, default_case, false);
    select.SortLocks();
    select.LockAll();
    outcome = select.TryAllLocked();
    if (outcome.what == Outcome::kNothing) select.Wait(g, resume);
  }
  if (outcome.what == Outcome::kPanic) return RaiseAtResume(g, "send on closed channel");
  store(g, outcome.chosen, outcome.received);
}

void StoreSelectgo(G* g, intptr_t chosen, bool received) {
  auto* a = arch::ParkArgsOf<entry::selectgo>(g);
  a->chosen = chosen;
  a->received = received;
}

void ResumeSelectgo(G* g, void* /*arg*/) {
  auto* a = arch::ParkArgsOf<entry::selectgo>(g);
  Select select(a->cas0, a->order0, a->ncases);
  intptr_t chosen = select.TakeBack(g);
  if (chosen < 0) return Run(g, select, StoreSelectgo, ResumeSelectgo);
  StoreSelectgo(g, chosen, select.IsReceive(chosen));
}

}  // namespace

// ---- Entered from Go ----

extern "C" void gort_selectgo(entry::selectgo* a) {
  G* g = CurrentM()->curg;
  Run(g, Select(a->cas0, a->order0, a->ncases), StoreSelectgo, ResumeSelectgo);
  sched::Continue(g);
}

// reflect's cases, as compiled code would have written them.
extern "C" void gort_rselectCases(entry::rselectCases* a) {
  struct ReflectCase {
    intptr_t dir;  // 1 send, 2 receive, 3 default
    void* typ;
    Chan* c;
    void* val;
  };
  auto* from = static_cast<const ReflectCase*>(a->cases.array);
  auto* to = static_cast<abi::scase*>(a->sel.array);
  for (intptr_t i = 0; i < a->cases.len; ++i) {
    to[i].kind = from[i].dir == 1   ? abi::kCaseSend
                 : from[i].dir == 2 ? abi::kCaseRecv
                                    : abi::kCaseDefault;
    if (from[i].dir == 3) continue;
    mem::StoreHeapPointer(&to[i].c, from[i].c);
    mem::StoreHeapPointer(&to[i].elem, from[i].val);
  }
}

}  // namespace gort::lang
