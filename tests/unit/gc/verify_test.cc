// SPDX-License-Identifier: BSD-3-Clause
//
// The verifier on heaps and lists with an error in them.
//
// Before: runtime/gc/verify.cc   After: tests/unit/mem/cache_test.cc
#include "runtime/gc/verify.h"

#include <utility>

#include <gtest/gtest.h>

#include "runtime/abi/chan.h"
#include "runtime/abi/frame.h"
#include "runtime/abi/roots.h"
#include "runtime/base/print.h"
#include "runtime/mem/arena.h"
#include "runtime/mem/cache.h"
#include "runtime/mem/malloc.h"
#include "runtime/mem/page_heap.h"
#include "runtime/sched/timer_heap.h"
#include "tests/support/allocating_m.h"
#include "tests/support/with_g.h"

namespace gort::gc {

// Stand-ins for verify_holders.cc, which knows the whole runtime.
bool PrintRootOf(uintptr_t, uintptr_t) { return false; }
void PrintTypeName(const abi::_type*) { PrintText("the.Type"); }

namespace {

uintptr_t zero_base;
abi::Roots test_roots;
uint8_t first_word_is_a_pointer[8] = {1};

class VerifyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    test_roots.zerobase = &zero_base;
    roots = &test_roots;
    mem::Init();
    type.size = 16;
    type.ptrdata = 8;
    type.kind = abi::kStruct;
    type.gcdata = first_word_is_a_pointer;
  }

  // Two objects, the first of which points to the second; the marks as told; f checks.
  template <typename F>
  void WithTwo(bool first, bool second, F f) {
    testing_support::AllocatingM runner;
    testing_support::WithG with(&runner.g);
    auto** from = static_cast<void**>(mem::NewObject(&type));
    void* to = mem::NewObject(&type);
    *from = to;
    if (first) Mark(from);
    if (second) Mark(to);
    f();
    Unmark(from);
    Unmark(to);
  }

  static void Mark(void* object) {
    auto p = reinterpret_cast<uintptr_t>(object);
    mem::Span* s = mem::FindSpan(p);
    s->mark_bits[s->IndexOf(p) / 64] |= uint64_t{1} << (s->IndexOf(p) % 64);
  }

  static void Unmark(void* object) {
    auto p = reinterpret_cast<uintptr_t>(object);
    mem::Span* s = mem::FindSpan(p);
    s->mark_bits[s->IndexOf(p) / 64] &= ~(uint64_t{1} << (s->IndexOf(p) % 64));
  }

  abi::_type type{};
};

TEST_F(VerifyTest, MarkedObjectsThatPointToMarkedOnesAreFine) {
  WithTwo(true, true, VerifyMarkedHeap);
}

TEST_F(VerifyTest, AMarkedObjectThatPointsToAWhiteOneIsReported) {
  EXPECT_DEATH(WithTwo(true, false, VerifyMarkedHeap),
               "of 16 bytes.*: p\\.\n.*from \\+0 of object.*\n.*held by a root that is not known\n"
               "(.*\n)*.*reachable object is not marked");
}

TEST_F(VerifyTest, AMarkBeforeMarkingIsReported) {
  EXPECT_DEATH(WithTwo(true, false, VerifySweptHeap), "mark left by the last cycle");
}

TEST_F(VerifyTest, ACountThatIsWrongIsReported) {
  EXPECT_DEATH(WithTwo(false, false,
                       [] {
                         mem::FlushAllCaches();
                         mem::page_heap::ForEachSpan([](mem::Span* s, void*) { s->alloc_count++; },
                                                     nullptr);
                         VerifySweptHeap();
                       }),
               "count of objects is wrong");
}

TEST_F(VerifyTest, TheTypeOfALargerObjectIsNamed) {
  type.size = 2048;
  EXPECT_DEATH(WithTwo(true, false, VerifyMarkedHeap), "of 2048 bytes.*: the.Type\n");
}

TEST_F(VerifyTest, AWayThatGoesRoundEnds) {
  testing_support::AllocatingM runner;
  testing_support::WithG with(&runner.g);
  auto** a = static_cast<void**>(mem::NewObject(&type));
  auto** b = static_cast<void**>(mem::NewObject(&type));
  *a = b;
  *b = a;
  Mark(b);
  EXPECT_DEATH(VerifyMarkedHeap(),
               "not marked .*\n  object.*\n  from.*\n  held by a root that is not known");
  Unmark(b);
}

// ---- Lists ----

class VerifyListsTest : public VerifyTest {
 protected:
  void SetUp() override {
    VerifyTest::SetUp();
    for (abi::g* g : {&first_, &second_}) {
      g->stack = {reinterpret_cast<uintptr_t>(stack_), reinterpret_cast<uintptr_t>(stack_ + 256)};
    }
    SetStatus(&first_, abi::kGRunnable);
    SetStatus(&second_, abi::kGRunnable);
  }

  static void SetStatus(abi::g* g, uint32_t status) { g->atomicstatus.StoreRelease(status); }
  uintptr_t At(int word) { return reinterpret_cast<uintptr_t>(stack_ + word); }

  void Queue(abi::g* g) {
    uint32_t tail = p_.runqtail.LoadAcquire();
    p_.runq[tail % abi::kRunQueueSize].StoreRelease(g);
    p_.runqtail.StoreRelease(tail + 1);
  }

  uintptr_t stack_[256] = {};
  abi::p p_{};
  abi::g first_{}, second_{};
};

TEST_F(VerifyListsTest, QueuesOfGoroutinesThatCanRunAreFine) {
  Queue(&first_);
  p_.runnext.StoreRelease(&second_);
  VerifyRunQueue(&p_);
  sched::GQueue queue;
  queue.PushBack(&first_);
  queue.PushBack(&second_);
  VerifyGlobalQueue(queue, 2);
}

TEST_F(VerifyListsTest, AQueuedGoroutineThatCannotRunIsReported) {
  SetStatus(&first_, abi::kGWaiting);
  Queue(&first_);
  EXPECT_DEATH(VerifyRunQueue(&p_), "queued goroutine cannot run");
}

TEST_F(VerifyListsTest, AGoroutineThatIsQueuedTwiceIsReported) {
  Queue(&first_);
  Queue(&second_);
  Queue(&first_);
  EXPECT_DEATH(VerifyRunQueue(&p_), "queued twice");
}

TEST_F(VerifyListsTest, AGlobalQueueThatIsARingIsReported) {
  sched::GQueue queue;
  queue.PushBack(&first_);
  queue.PushBack(&second_);
  second_.schedlink = &first_;
  EXPECT_DEATH(VerifyGlobalQueue(queue, 2), "length of the global run queue");
  second_.schedlink = nullptr;
  queue.tail = &first_;
  EXPECT_DEATH(VerifyGlobalQueue(queue, 2), "end of the global run queue");
}

TEST_F(VerifyListsTest, ATimerOutOfPlaceIsReported) {
  abi::timer early{}, late{};
  early.nextwhen = 10;
  late.nextwhen = 20;
  sched::TimerHeap heap(&p_);
  auto alloc = [](int32_t n) { return new abi::timerEntry[static_cast<size_t>(n)]; };
  auto free = [](abi::timerEntry* array, int32_t) { delete[] array; };
  heap.Add(&early, alloc, free);
  heap.Add(&late, alloc, free);
  VerifyTimers(&p_);
  std::swap(p_.timers[0], p_.timers[1]);
  EXPECT_DEATH(VerifyTimers(&p_), "timer out of its place");
  delete[] p_.timers;
}

TEST_F(VerifyListsTest, SudogsThatDoNotBelongAreReported) {
  SetStatus(&first_, abi::kGWaiting);
  abi::hchan channel{};
  abi::sudog s{};
  s.g = &first_;
  s.elem = stack_ + 3;
  s.c = &channel;
  first_.waiting = &s;
  EXPECT_DEATH(VerifyWaiting(&first_), "sudog that its channel does not know");
  channel.recvq = {&s, &s};
  VerifyWaiting(&first_);
  s.g = &second_;
  EXPECT_DEATH(VerifyWaiting(&first_), "sudog of another goroutine");
}

TEST_F(VerifyListsTest, ADeadElementIsReported) {
  SetStatus(&first_, abi::kGWaiting);
  testing_support::AllocatingM runner;
  testing_support::WithG with(&runner.g);
  abi::hchan channel{};
  abi::sudog s{};
  s.g = &first_;
  s.elem = mem::NewObject(&type);  // not marked
  s.c = &channel;
  channel.sendq = {&s, &s};
  first_.waiting = &s;
  EXPECT_DEATH(VerifyWaiting(&first_), "waits for a dead element");
  Mark(s.elem);
  VerifyWaiting(&first_);
  Unmark(s.elem);
}

TEST_F(VerifyListsTest, DefersOutOfOrderAreReported) {
  auto* inner = reinterpret_cast<abi::_defer*>(stack_ + 10);
  auto* outer = reinterpret_cast<abi::_defer*>(stack_ + 40);
  inner->sp = At(8);
  outer->sp = At(38);
  inner->link = outer;
  first_._defer = inner;
  VerifyDefers(&first_);
  std::swap(inner->sp, outer->sp);
  EXPECT_DEATH(VerifyDefers(&first_), "out of the order of their frames");
  std::swap(inner->sp, outer->sp);
  outer->sp = first_.stack.hi + 8;
  EXPECT_DEATH(VerifyDefers(&first_), "out of the order of their frames");
}

TEST_F(VerifyListsTest, ADeferRecordInDeadMemoryIsReported) {
  testing_support::AllocatingM runner;
  testing_support::WithG with(&runner.g);
  abi::_type big = type;
  big.size = sizeof(abi::_defer);
  auto* d = static_cast<abi::_defer*>(mem::NewObject(&big));
  d->heap = true;
  d->sp = At(8);
  first_._defer = d;
  EXPECT_DEATH(VerifyDefers(&first_), "defer record in dead memory");
  Mark(d);
  VerifyDefers(&first_);
  Unmark(d);
}

}  // namespace
}  // namespace gort::gc
