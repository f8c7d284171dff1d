// SPDX-License-Identifier: BSD-3-Clause
//
// amd64: the Go text that a panic runs through, emitted by a test. In a program it is compiled from
// asm/shim/panic.go and assembled from arch/amd64/*.s; a unit test links neither. The decisions
// stay where they are: each twin calls the same C++ entries in the same order.
//
//   gopanic, Goexit      a frame with the _panic, the loop over the calls it is told to make
//   reflectcall          copies arguments, calls, hands recover's argument pointer on
//   panicPending         where a panic raised in C++ goes
//   runOpenDeferFrame    after a recovery in a frame with open-coded defers
//   deferreturn          executes its caller's CALL again as long as a record is left
//   goexit               the bottom of the stack
//
// Before: tests/support/go_code.h   After: tests/unit/panic/random_trees_test.cc
#ifndef GORT_TESTS_SUPPORT_PANIC_TWINS_H_
#define GORT_TESTS_SUPPORT_PANIC_TWINS_H_

#include "asm/gen/entries.h"
#include "tests/support/go_code.h"

extern "C" {
void gort_panicStart(gort::entry::panicStart*);
void gort_goexitStart(gort::entry::goexitStart*);
void gort_panicReturned(gort::entry::panicReturned*);
void gort_openDeferNext(gort::entry::openDeferNext*);
void gort_takePendingPanic(gort::entry::takePendingPanic*);
int gort_deferproc_slow(gort::entry::deferproc_slow*);
gort::abi::funcval* gort_next_deferred(void* outgoing);
}

namespace gort::testing_support {

class PanicTwins {
 public:
  // How a goroutine ends; each comes on the system stack and does not return.
  struct Ends {
    void (*returned)(void*);
    void (*goexit)(void*);
    void (*panicked)(void*);
  };

  PanicTwins(GoCode* code, const Ends& ends) : c_(*code) {
    const uintptr_t start = c_.SystemStub("runtime.panicStart", gort_panicStart, "01100000");
    const uintptr_t exit_start = c_.SystemStub("runtime.goexitStart", gort_goexitStart, "100000");
    returned_ = c_.SystemStub("runtime.panicReturned", gort_panicReturned, "1000");
    const uintptr_t open_next = c_.SystemStub("runtime.openDeferNext", gort_openDeferNext, "000");
    const uintptr_t take = c_.SystemStub("runtime.takePendingPanic", gort_takePendingPanic, "00");
    deferproc_slow = c_.SystemStub("runtime.deferproc_slow", gort_deferproc_slow, "");
    const uintptr_t end_returned = c_.SystemStub("main.returned", ends.returned, "");
    const uintptr_t end_goexit = c_.SystemStub("main.goexited", ends.goexit, "");
    const uintptr_t end_panicked = c_.SystemStub("main.panicked", ends.panicked, "");

    EmitReflectcall();
    EmitDeferreturn();

    gopanic = c_.Begin(
        {.name = "runtime.gopanic", .args = 16, .id = abi::kFuncGopanic, .args_maps = {"11"}},
        kOutgoing, kPanicMap);
    ClearPanic();
    PassPanic();
    for (uint32_t i = 0; i < 2; i++) {
      c_.mov(c_.rax, c_.Argument(i));
      c_.mov(c_.Outgoing(1 + i), c_.rax);
    }
    PassCaller(3);
    c_.Call(start);
    Loop(5);
    c_.Call(end_panicked);
    c_.ud2();
    c_.End();

    goexit = c_.Begin({.name = "runtime.Goexit"}, kOutgoing, kPanicMap);
    ClearPanic();
    PassPanic();
    PassCaller(1);
    c_.Call(exit_start);
    Loop(3);
    c_.Call(end_goexit);
    c_.ud2();
    c_.End();

    panic_pending = c_.Begin({.name = "runtime.panicPending"}, 16, "");
    c_.Call(take);
    c_.Call(gopanic);
    c_.ud2();
    c_.End();

    run_open_defer_frame = c_.Begin({.name = "runtime.runOpenDeferFrame"}, kOutgoing, "");
    Xbyak::Label again, done;
    c_.L(again);
    c_.Call(open_next);
    TakeCall(0);
    c_.test(c_.rax, c_.rax);
    c_.jz(done);
    CallReflectcall();
    c_.jmp(again);
    c_.L(done);
    c_.Return();
    c_.End();

    // The first instruction is never executed: see arch/amd64/goroutine.s.
    bottom = c_.BeginFrameless({.name = "runtime.goexit", .id = abi::kFuncGoexit});
    c_.nop();
    c_.Call(end_returned);
    c_.nop();
    c_.End();
  }

  uintptr_t gopanic;
  uintptr_t goexit;
  uintptr_t panic_pending;
  uintptr_t run_open_defer_frame;
  uintptr_t deferreturn;
  uintptr_t deferproc_slow;
  uintptr_t bottom;  // a goroutine's function returns to bottom + arch::kPcQuantum

 private:
  static constexpr uint32_t kOutgoing = 64;
  // argp, arg (2), link, pc, sp, flags
  static constexpr const char* kPanicMap = "1111010";
  static_assert(sizeof(abi::_panic) == 56);

  void ClearPanic() {
    c_.xor_(c_.eax, c_.eax);
    for (uint32_t i = 0; i < sizeof(abi::_panic) / 8; i++) c_.mov(c_.Local(i), c_.rax);
  }
  void PassPanic() {
    c_.lea(c_.rax, c_.Local(0));
    c_.mov(c_.Outgoing(0), c_.rax);
  }
  // callerpc and callersp.
  void PassCaller(uint32_t word) {
    c_.mov(c_.rax, c_.ptr[c_.rsp + c_.frame()]);
    c_.mov(c_.Outgoing(word), c_.rax);
    c_.lea(c_.rax, c_.ptr[c_.rsp + c_.frame() + 8]);
    c_.mov(c_.Outgoing(word + 1), c_.rax);
  }

  // first: the outgoing word where the results of the call that started begin.
  void Loop(uint32_t first) {
    Xbyak::Label again, done;
    TakeCall(first);
    c_.L(again);
    c_.test(c_.rax, c_.rax);
    c_.jz(done);
    CallReflectcall();
    PassPanic();
    c_.Call(returned_);
    TakeCall(1);
    c_.jmp(again);
    c_.L(done);
  }

  // What CallReflectcall wants, from three words of results.
  void TakeCall(uint32_t first) {
    c_.mov(c_.rax, c_.Outgoing(first));
    c_.mov(c_.rbx, c_.Outgoing(first + 1));
    c_.mov(c_.rcx, c_.Outgoing(first + 2));
  }

  // rax: function, rbx: argument block, ecx: its size.
  void CallReflectcall() {
    c_.mov(c_.Outgoing(0), 0);
    c_.mov(c_.Outgoing(1), c_.rax);
    c_.mov(c_.Outgoing(2), c_.rbx);
    c_.mov(c_.dword[c_.rsp + 24], c_.ecx);
    c_.mov(c_.dword[c_.rsp + 28], c_.ecx);
    c_.Call(reflectcall_);
  }

  void EmitReflectcall() {
    reflectcall_ = c_.Begin(
        {.name = "runtime.call32", .args = 32, .id = abi::kFuncWrapper, .args_maps = {"1110"}}, 32,
        "");
    c_.mov(c_.rsi, c_.Argument(2));
    c_.mov(c_.ecx, c_.dword[c_.rsp + c_.frame() + 8 + 24]);
    c_.mov(c_.rdi, c_.rsp);
    c_.rep();
    c_.movsb();
    c_.mov(c_.rdx, c_.Argument(1));
    c_.call(c_.qword[c_.rdx]);
    c_.Return();
    c_.End();
  }

  void EmitDeferreturn() {
    deferreturn = c_.BeginFrameless(
        {.name = "runtime.deferreturn", .args = 8, .stack_map = {{0, 0}}, .args_maps = {"0"}});
    Xbyak::Label done;
    c_.lea(c_.rdi, c_.ptr[c_.rsp + 8]);
    c_.mov(c_.rax, reinterpret_cast<uintptr_t>(gort_next_deferred));
    c_.call(c_.rax);
    c_.cmp(c_.rax, 1);
    c_.je(done);
    c_.mov(c_.rdx, c_.rax);
    c_.mov(c_.rax, c_.ptr[c_.rdx]);
    c_.sub(c_.qword[c_.rsp], 5);
    c_.jmp(c_.rax);
    c_.L(done);
    c_.ret();
    c_.End();
  }

  GoCode& c_;
  uintptr_t returned_;
  uintptr_t reflectcall_;
};

}  // namespace gort::testing_support

#endif  // GORT_TESTS_SUPPORT_PANIC_TWINS_H_
