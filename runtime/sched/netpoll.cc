// SPDX-License-Identifier: BSD-3-Clause
//
// The network poller: goroutines wait for sockets, pipes and terminals without a thread each.
//
// Every descriptor that package os or net hands over is registered with epoll once, edge-triggered,
// for reading and writing. Per direction a pollDesc holds one word:
//
//   0         nobody waits, nothing happened
//   kReady    it became ready (or a deadline passed, or it is being closed) since the last look
//   kWait     a goroutine is about to park
//   a G       that goroutine is parked
//
//   waiter: 0 -> kWait -> G (after it is off its M) -> 0 on wake-up          kReady -> 0: goes on
//   at once poller: G -> kReady, and the G is runnable;  0 or kWait -> kReady;  deadline or close:
//   G -> 0
//
// A deadline is a timer; one for both directions if they are equal. rseq and wseq change whenever a
// timer does, so that a timer that fires late sees that it is no longer meant. A pollDesc is
// off-heap and never freed, only reused, so an event that arrives late touches valid memory.
//
// Before: runtime/sched/timer.cc   After: runtime/sched/stop_world.cc
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <initializer_list>

#include "asm/gen/entries.h"
#include "runtime/base/check.h"
#include "runtime/base/print.h"
#include "runtime/mem/malloc.h"
#include "runtime/sched/scheduler.h"
#include "runtime/sched/timer.h"

namespace gort::sched {

namespace {

constexpr uintptr_t kReady = 1;
constexpr uintptr_t kWait = 2;

enum PollResult { kPollOk = 0, kPollClosing = 1, kPollTimeout = 2, kPollNotPollable = 3 };

struct Direction {
  Atomic<uintptr_t> waiter;  // see above
  abi::timer timer;
  bool timer_set;
  uintptr_t seq;     // guards against timers that fire late
  int64_t deadline;  // ns; 0 none; < 0 passed
};

struct PollDesc {
  PollDesc* link;   // free list
  abi::mutex lock;  // guards all but the waiters
  int fd;
  Atomic<uint32_t> closing;  // written under lock, read without it by the waiter
  Atomic<uint32_t> broken;   // an event without a direction: the descriptor cannot be polled
  Direction read;
  Direction write;
  bool one_timer;  // read.timer serves both
};

int epoll_fd = -1;
int wake_pipe[2] = {-1, -1};
Atomic<uint32_t> initialised{0};
Atomic<uint32_t> wake_pending{0};  // a byte is in the pipe
Atomic<int32_t> waiters{0};        // goroutines parked here
Lock init_lock(LockRank::kPollCache);
Lock free_lock(LockRank::kPollCache);
PollDesc* free_descs = nullptr;

class DescGuard {
 public:
  explicit DescGuard(PollDesc* d) : d_(d) { LockWord(&d->lock, LockRank::kPollDesc); }
  ~DescGuard() { UnlockWord(&d_->lock, LockRank::kPollDesc); }

 private:
  PollDesc* d_;
};

PollDesc* Desc(void* pd) { return static_cast<PollDesc*>(pd); }
Direction* Of(PollDesc* d, intptr_t mode) { return mode == 'w' ? &d->write : &d->read; }

PollResult Check(PollDesc* d, intptr_t mode) {
  if (d->closing.LoadAcquire() != 0) return kPollClosing;
  if (__atomic_load_n(&Of(d, mode)->deadline, __ATOMIC_ACQUIRE) < 0) return kPollTimeout;
  if (mode == 'r' && d->broken.LoadAcquire() != 0) return kPollNotPollable;
  return kPollOk;
}

// The goroutine to wake, if one is parked. io_ready: leave a mark when there is none.
G* Unblock(Direction* direction, bool io_ready) {
  for (;;) {
    uintptr_t old = direction->waiter.LoadAcquire();
    if (old == kReady) return nullptr;
    if (old == 0 && !io_ready) return nullptr;
    uintptr_t next = io_ready ? kReady : 0;
    if (!direction->waiter.CasAcqRel(old, next)) continue;
    if (old == 0 || old == kWait) return nullptr;
    waiters.FetchAddRelaxed(-1);  // a count, read as a hint
    return reinterpret_cast<G*>(old);
  }
}

void Wake(G* g) {
  if (g != nullptr) Ready(g);
}

// kWait -> G: the goroutine is off its M. False: something happened meanwhile.
bool PublishWaiter(G* g, void* direction) {
  auto* d = static_cast<Direction*>(direction);
  if (!d->waiter.CasAcqRel(kWait, reinterpret_cast<uintptr_t>(g))) return false;
  waiters.FetchAddRelaxed(1);
  return true;
}

// Takes a ready mark or gets set to wait. True: ready.
bool PrepareWait(Direction* d) {
  for (;;) {
    uintptr_t old = d->waiter.LoadAcquire();
    if (old == kReady) {
      d->waiter.StoreRelease(0);
      return true;
    }
    GORT_CHECK(old == 0, "runtime: double wait");
    if (d->waiter.CasSeqCst(0, kWait))
      return false;  // SeqCst: the checks that follow come after it
  }
}

// After the wait: was it for readiness?
bool TakeReady(Direction* d) {
  uintptr_t old = d->waiter.ExchangeAcqRel(0);
  GORT_CHECK(old <= kWait, "runtime: corrupted polldesc");
  return old == kReady;
}

void ResumeWait(G* g, void* pd);

// Returns when the answer is known, otherwise parks.
PollResult WaitOrPark(G* g, PollDesc* d, intptr_t mode) {
  for (;;) {
    PollResult error = Check(d, mode);
    if (error != kPollOk) return error;
    Direction* direction = Of(d, mode);
    if (PrepareWait(direction)) return kPollOk;
    // closing and deadlines are set before the waiter word is looked at, here it is the other way
    // round.
    if (Check(d, mode) == kPollOk) {
      SetResume(g, ResumeWait, d);
      Park(PublishWaiter, direction, abi::kWaitIOWait);
    }
    if (TakeReady(direction)) return kPollOk;
  }
}

void ResumeWait(G* g, void* pd) {
  auto* a = arch::ParkArgsOf<entry::poll_runtime_pollWait>(g);
  auto* d = static_cast<PollDesc*>(pd);
  if (TakeReady(Of(d, a->mode))) {
    a->ret = kPollOk;
    return;
  }
  a->ret = WaitOrPark(g, d, a->mode);
}

void ResumeWaitCanceled(G* g, void* pd) {
  auto* a = arch::ParkArgsOf<entry::poll_runtime_pollWaitCanceled>(g);
  auto* direction = Of(static_cast<PollDesc*>(pd), a->mode);
  if (TakeReady(direction) || PrepareWait(direction)) return;
  SetResume(g, ResumeWaitCanceled, pd);
  Park(PublishWaiter, direction, abi::kWaitIOWait);
}

// A deadline passed. seq: which one was meant.
void DeadlinePassed(PollDesc* d, uintptr_t seq, bool read, bool write) {
  G* reader = nullptr;
  G* writer = nullptr;
  {
    DescGuard guard(d);
    if (seq != (read ? d->read.seq : d->write.seq)) return;  // set anew meanwhile
    if (read) {
      GORT_CHECK(d->read.deadline > 0 && d->read.timer_set, "runtime: inconsistent read deadline");
      d->read.timer_set = false;
      __atomic_store_n(&d->read.deadline, int64_t{-1}, __ATOMIC_SEQ_CST);
      reader = Unblock(&d->read, false);
    }
    if (write) {
      GORT_CHECK(d->write.deadline > 0 && (d->write.timer_set || read),
                 "runtime: inconsistent write deadline");
      d->write.timer_set = false;
      __atomic_store_n(&d->write.deadline, int64_t{-1}, __ATOMIC_SEQ_CST);
      writer = Unblock(&d->write, false);
    }
  }
  Wake(reader);
  Wake(writer);
}

void ReadDeadline(void* d, uintptr_t seq) { DeadlinePassed(Desc(d), seq, true, false); }
void WriteDeadline(void* d, uintptr_t seq) { DeadlinePassed(Desc(d), seq, false, true); }
void BothDeadlines(void* d, uintptr_t seq) { DeadlinePassed(Desc(d), seq, true, true); }

// lock held
void CancelTimer(Direction* direction) {
  ++direction->seq;  // one that is firing is not meant any more
  if (!direction->timer_set) return;
  StopTimer(&direction->timer);
  direction->timer_set = false;
}

}  // namespace

void NetpollInit() {
  if (initialised.LoadAcquire() != 0) return;
  LockGuard guard(&init_lock);
  if (initialised.LoadRelaxed() != 0) return;  // under lock
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd < 0) {
    Print("runtime: epollcreate failed with ", errno, "\n");
    Throw("runtime: netpollinit failed");
  }
  if (pipe2(wake_pipe, O_NONBLOCK | O_CLOEXEC) != 0) {
    Print("runtime: pipe failed with ", -errno, "\n");
    Throw("runtime: pipe failed");
  }
  struct epoll_event event = {};
  event.events = EPOLLIN;
  event.data.ptr = &wake_pipe;
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, wake_pipe[0], &event) != 0) {
    Print("runtime: epollctl failed with ", errno, "\n");
    Throw("runtime: epollctl failed");
  }
  scheduler.last_poll.StoreRelease(Nanotime());
  initialised.StoreRelease(1);
}

bool NetpollInitialised() { return initialised.LoadAcquire() != 0; }

bool NetpollHasWaiters() { return waiters.LoadRelaxed() > 0; }  // a hint; the sleeper looks again

void NetpollBreak() {
  if (!wake_pending.CasAcqRel(0, 1)) return;
  for (;;) {
    ssize_t n = write(wake_pipe[1], "", 1);
    if (n == 1 || errno == EAGAIN) return;  // full: a wake-up is on its way
    if (errno == EINTR) continue;
    Print("runtime: netpollBreak write failed with ", errno, "\n");
    Throw("runtime: netpollBreak write failed");
  }
}

namespace {

constexpr int kEventsAtOnce = 128;
Atomic<bool> no_precise_wait{false};  // of this kernel

// epoll_wait for delay ns at most; < 0: without limit. Timers are as late as this is: where the
// kernel knows epoll_pwait2 (Linux 5.11) it is told nanoseconds, elsewhere milliseconds, one at
// least.
int WaitForEvents(struct epoll_event* events, int64_t delay) {
  constexpr int64_t kSecond = 1000000000, kMillisecond = 1000000;
  constexpr int64_t kLongest = 1000000 * kSecond;  // 11.5 days
  if (delay > kLongest) delay = kLongest;
  if (delay > 0 && !no_precise_wait.LoadRelaxed()) {  // the kernel says it again
    const struct timespec limit = {delay / kSecond, delay % kSecond};
    int count = epoll_pwait2(epoll_fd, events, kEventsAtOnce, &limit, nullptr);
    if (count >= 0 || errno != ENOSYS) return count;
    no_precise_wait.StoreRelaxed(true);
  }
  int ms = static_cast<int>(delay / kMillisecond);
  if (delay < 0) ms = -1;
  if (delay > 0 && ms == 0) ms = 1;
  return epoll_wait(epoll_fd, events, kEventsAtOnce, ms);
}

}  // namespace

GList Netpoll(int64_t delay) {
  GList ready;
  if (epoll_fd < 0) return ready;
  struct epoll_event events[kEventsAtOnce];
  int count;
  do {
    count = WaitForEvents(events, delay);
    if (count < 0 && errno != EINTR) {
      Print("runtime: epollwait on fd ", epoll_fd, " failed with ", errno, "\n");
      Throw("runtime: netpoll failed");
    }
    if (count < 0 && delay > 0) return ready;  // the time is not over, but the caller counts it
  } while (count < 0);
  for (int i = 0; i < count; ++i) {
    const struct epoll_event& event = events[i];
    if (event.events == 0) continue;
    if (event.data.ptr == &wake_pipe) {
      GORT_CHECK(event.events == EPOLLIN,
                 "runtime: netpoll: break fd ready for something unexpected");
      // A poll that does not wait leaves the byte for the one that does.
      if (delay != 0) {
        char bytes[16];
        ssize_t unused = read(wake_pipe[0], bytes, sizeof(bytes));
        static_cast<void>(unused);
        wake_pending.StoreRelease(0);
      }
      continue;
    }
    auto* d = static_cast<PollDesc*>(event.data.ptr);
    bool readable = (event.events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    bool writable = (event.events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0;
    d->broken.StoreRelease(event.events == EPOLLERR ? 1 : 0);
    if (readable) {
      if (G* g = Unblock(&d->read, true)) ready.Push(g);
    }
    if (writable) {
      if (G* g = Unblock(&d->write, true)) ready.Push(g);
    }
  }
  return ready;
}

// ---- Entered from Go ----

extern "C" void gort_poll_runtime_pollServerInit(entry::poll_runtime_pollServerInit*) {
  NetpollInit();
}

extern "C" void gort_poll_runtime_isPollServerDescriptor(
    entry::poll_runtime_isPollServerDescriptor* a) {
  auto fd = static_cast<int>(a->fd);
  a->ret = fd == epoll_fd || fd == wake_pipe[0] || fd == wake_pipe[1];
}

extern "C" void gort_poll_runtime_pollOpen(entry::poll_runtime_pollOpen* a) {
  PollDesc* d;
  {
    LockGuard guard(&free_lock);
    d = free_descs;
    if (d != nullptr) {
      free_descs = d->link;
    } else {
      d = static_cast<PollDesc*>(mem::PersistentAlloc(sizeof(PollDesc), 64));
    }
  }
  {
    DescGuard guard(d);
    for (Direction* direction : {&d->read, &d->write}) {
      GORT_CHECK(direction->waiter.LoadRelaxed() <= kReady,
                 "runtime: blocked operation on free polldesc");
      direction->waiter.StoreRelaxed(0);
      direction->deadline = 0;
      ++direction->seq;
    }
    d->fd = static_cast<int>(a->fd);
    d->closing.StoreRelaxed(0);
    d->broken.StoreRelaxed(0);
    d->one_timer = false;
  }
  struct epoll_event event = {};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | static_cast<uint32_t>(EPOLLET);
  event.data.ptr = d;
  int error = epoll_ctl(epoll_fd, EPOLL_CTL_ADD, d->fd, &event) == 0 ? 0 : errno;
  a->pd = reinterpret_cast<decltype(a->pd)>(d);
  a->code = error;
}

extern "C" void gort_poll_runtime_pollClose(entry::poll_runtime_pollClose* a) {
  PollDesc* d = Desc(a->pd);
  GORT_CHECK(d->closing.LoadAcquire() != 0, "runtime: close polldesc w/o unblock");
  GORT_CHECK(d->read.waiter.LoadAcquire() <= kReady, "runtime: blocked read on closing polldesc");
  GORT_CHECK(d->write.waiter.LoadAcquire() <= kReady, "runtime: blocked write on closing polldesc");
  struct epoll_event event = {};
  epoll_ctl(epoll_fd, EPOLL_CTL_DEL, d->fd, &event);
  LockGuard guard(&free_lock);
  d->link = free_descs;
  free_descs = d;
}

extern "C" void gort_poll_runtime_pollReset(entry::poll_runtime_pollReset* a) {
  PollDesc* d = Desc(a->pd);
  PollResult error = Check(d, a->mode);
  if (error == kPollOk) Of(d, a->mode)->waiter.StoreRelease(0);
  a->ret = error;
}

extern "C" void gort_poll_runtime_pollWait(entry::poll_runtime_pollWait* a) {
  G* g = CurrentM()->curg;
  a->ret = WaitOrPark(g, Desc(a->pd), a->mode);
  Continue(g);
}

// Waits whatever happens: the operation was cancelled, its end has to be awaited.
extern "C" void gort_poll_runtime_pollWaitCanceled(entry::poll_runtime_pollWaitCanceled* a) {
  G* g = CurrentM()->curg;
  Direction* direction = Of(Desc(a->pd), a->mode);
  if (PrepareWait(direction)) Continue(g);
  SetResume(g, ResumeWaitCanceled, a->pd);
  Park(PublishWaiter, direction, abi::kWaitIOWait);
}

extern "C" void gort_poll_runtime_pollSetDeadline(entry::poll_runtime_pollSetDeadline* a) {
  PollDesc* d = Desc(a->pd);
  int64_t when = a->d;
  G* reader = nullptr;
  G* writer = nullptr;
  {
    DescGuard guard(d);
    if (d->closing.LoadRelaxed() != 0) return;  // under lock
    int64_t old_read = d->read.deadline;
    int64_t old_write = d->write.deadline;
    bool was_one = d->one_timer;
    if (when > 0) {
      when += Nanotime();
      if (when <= 0) when = INT64_MAX;
    }
    int64_t new_read = a->mode == 'r' || a->mode == 'r' + 'w' ? when : old_read;
    int64_t new_write = a->mode == 'w' || a->mode == 'r' + 'w' ? when : old_write;
    __atomic_store_n(&d->read.deadline, new_read, __ATOMIC_SEQ_CST);
    __atomic_store_n(&d->write.deadline, new_write, __ATOMIC_SEQ_CST);
    d->one_timer = new_read > 0 && new_read == new_write;
    if (new_read != old_read || was_one != d->one_timer) {
      CancelTimer(&d->read);
      if (new_read > 0) {
        SetTimer(&d->read.timer, new_read, d->one_timer ? BothDeadlines : ReadDeadline, d,
                 d->read.seq);
        d->read.timer_set = true;
      }
    }
    if (new_write != old_write || was_one != d->one_timer) {
      CancelTimer(&d->write);
      if (new_write > 0 && !d->one_timer) {
        SetTimer(&d->write.timer, new_write, WriteDeadline, d, d->write.seq);
        d->write.timer_set = true;
      }
    }
    // A deadline in the past wakes who waits.
    if (new_read < 0) reader = Unblock(&d->read, false);
    if (new_write < 0) writer = Unblock(&d->write, false);
  }
  Wake(reader);
  Wake(writer);
}

extern "C" void gort_poll_runtime_pollUnblock(entry::poll_runtime_pollUnblock* a) {
  PollDesc* d = Desc(a->pd);
  G* reader;
  G* writer;
  {
    DescGuard guard(d);
    GORT_CHECK(d->closing.LoadRelaxed() == 0,
               "runtime: unblock on closing polldesc");  // under lock
    d->closing.StoreSeqCst(1);
    reader = Unblock(&d->read, false);
    writer = Unblock(&d->write, false);
    CancelTimer(&d->read);
    CancelTimer(&d->write);
  }
  Wake(reader);
  Wake(writer);
}

}  // namespace gort::sched
