// SPDX-License-Identifier: BSD-3-Clause
//
// Random trees of calls and deferred calls (defer_tree.h) run as machine code of gc's shape, and
// compared with the model: what is called in which order, what recover gives, how the goroutine
// ends. The runtime's own code decides everything; only the Go text around it is emitted here.
//
//   heap records    deferproc, for kLoop
//   frame records   deferprocStack, for all other forms of a function that is not open-coded
//   open-coded      bits and slots in the frame, FUNCDATA; the exit tests the bits
//
// The stack moves in the reports that the code makes, and freed stacks are poisoned. So the code
// checks itself all the time: its frame pointer, a pointer into its frame, a number there; and a
// deferred function its arguments, one of which points into the frame that deferred it. A failed
// check is an event that the model does not expect.
//
// Before: tests/unit/panic/defer_tree.h   After: tests/fuzz/defer_trees
#include <gtest/gtest.h>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "runtime/base/debug_vars.h"
#include "runtime/panic/fatal.h"
#include "runtime/panic/panic.h"
#include "runtime/stack/stack.h"
#include "runtime/unwind/unwinder.h"
#include "tests/support/fatal.h"
#include "tests/support/go_code.h"
#include "tests/support/leaf_call.h"
#include "tests/support/m_with_p.h"
#include "tests/support/panic_twins.h"
#include "tests/unit/panic/defer_tree.h"

TEST_LEAF(deferproc);
TEST_LEAF(deferprocStack);
TEST_LEAF(gorecover);

// Where deferproc goes when the P's pool is empty: in a program a stub, here the emitted one.
extern "C" {
uintptr_t gort_test_deferproc_slow;
}
__asm__(
    ".text\n"
    ".globl gort_tail.deferproc_slow\n"
    ".hidden gort_tail.deferproc_slow\n"
    "gort_tail.deferproc_slow: jmp *gort_test_deferproc_slow(%rip)\n");

// What panic/ and unwind/ call upwards to print, which no tree does.
namespace gort::lang {
[[gnu::weak]] abi::String TypeText(const abi::_type*) { return {}; }
[[gnu::weak]] abi::String PackagePath(const abi::_type*) { return {}; }
}  // namespace gort::lang
namespace gort::sched {
[[gnu::weak]] const char* WaitReasonText(abi::WaitReason) { return ""; }
[[gnu::weak]] void ForEachG(void (*)(G*, void*), void*) {}
[[gnu::weak]] void StopTheWorld(const char*) {}
[[gnu::weak]] void StartTheWorld() {}
[[gnu::weak]] void FreezeTheWorld() {}
[[gnu::weak]] void StepAside(G*) {}
[[gnu::weak]] void PrintLastState() {}
[[gnu::weak]] int64_t Nanotime() { return 0; }
[[gnu::weak]] bool EndInitLock(abi::m*, G*) { return false; }
}  // namespace gort::sched

namespace gort::panic {
namespace {

using testing_support::FunctionSpec;
using testing_support::GoCode;
using testing_support::MWithP;
using testing_support::PanicTwins;

constexpr int kSeeds = 2000;
constexpr int kMaxIds = 256;
constexpr size_t kMaxEvents = 20000;
constexpr uintptr_t kStackBytes = 1 << 17;

// ---- What the running code calls. ----

struct Running {
  MWithP* m;
  G* g;
  std::mt19937 random;
  uint32_t moves_in_8;  // how many of eight reports move the stack
  Outcome outcome;
};
Running* running;

abi::_type panic_type;
int64_t panic_values[kMaxIds];

struct ReportArgs {
  int64_t kind;
  int64_t id;
  int64_t value;
};
constexpr int64_t kJustMove = -1;

[[noreturn]] void Finish(Outcome::End end) {
  G* g = running->g;
  running->outcome.end = end;
  if (end == Outcome::kPanic) {
    for (const abi::_panic* p = g->_panic; p != nullptr; p = p->link) {
      const int64_t value = p->goexit ? 0 : *static_cast<const int64_t*>(p->arg.data);
      running->outcome.panics.push_back({value, p->goexit, p->recovered});
    }
  } else if (end != Outcome::kStopped) {
    EXPECT_EQ(g->_defer, nullptr);
  }
  if (end == Outcome::kReturned) {
    EXPECT_EQ(g->_panic, nullptr);
    EXPECT_EQ(g->running_panics.LoadRelaxed(), 0u);
  }
  stack::Free(g->stack);
  arch::GoGo(&running->m->g0.sched);
}

void Report(ReportArgs* a) {
  Running& r = *running;
  const bool move = a->kind == kJustMove || r.random() % 8 < r.moves_in_8;
  if (a->kind != kJustMove) r.outcome.events.push_back({a->kind, a->id, a->value});
  if (a->kind == Event::kWrong || r.outcome.events.size() > kMaxEvents) Finish(Outcome::kStopped);
  if (move) stack::Copy(r.g, r.random() % 2 == 0 ? kStackBytes : 2 * kStackBytes);
}

struct RaiseArgs {
  int64_t id;
};
void RaiseById(RaiseArgs* a) { Raise({&panic_type, &panic_values[a->id]}); }

void EndReturned(void*) { Finish(Outcome::kReturned); }
void EndGoexit(void*) { Finish(Outcome::kGoexit); }
void EndPanicked(void*) { Finish(Outcome::kPanic); }

// ---- A tree as machine code. ----

class TreeCode {
 public:
  TreeCode()
      : c_(1 << 20),
        twins_(&c_, {.returned = EndReturned, .goexit = EndGoexit, .panicked = EndPanicked}),
        report_(c_.SystemStub("main.report", Report, "000")),
        raise_(c_.SystemStub("main.raise", RaiseById, "0")) {}

  const PanicTwins& twins() const { return twins_; }

  // All functions of the tree; the address of the root's.
  uintptr_t Compile(const Statement& root) {
    NoteDeferrers(root);
    const uintptr_t entry = Function(root);
    unwind::SetModules(c_.module()->Build());
    return entry;
  }

 private:
  // Words of outgoing arguments; deferproc has the most, size, function and two arguments.
  static constexpr uint32_t kOutgoing = 4 * 8;
  // Locals of every function.
  static constexpr uint32_t kSelf = 0;     // pointer to kNumber
  static constexpr uint32_t kNumber = 1;   // the function's id
  static constexpr uint32_t kContext = 2;  // closure
  static constexpr uint32_t kBits = 3;     // of open-coded defers
  static constexpr uint32_t kFirst = 4;    // of the defer statements
  // Of a defer statement: the closure object, a word of code and one pointer; then a record with
  // its arguments, or the slots of an open-coded call: function and two arguments.
  static constexpr uint32_t kObject = 0;
  static constexpr uint32_t kRecord = 2;
  static constexpr uint32_t kRecordWords = sizeof(abi::_defer) / 8;

  enum Check : int64_t {
    kFramePointer,
    kPointer,
    kNumberChanged,
    kArgument,
    kCaptured,
    kNotReached
  };

  struct Deferred {
    const Statement* statement;
    abi::funcval* fn;  // nullptr: a closure made in the frame
    uintptr_t code;
    uint32_t local;  // its first word
  };

  void NoteDeferrers(const Statement& f) {
    for (const Statement& s : f.body) {
      deferrer_[s.id] = f.id;
      NoteDeferrers(s);
    }
  }

  abi::funcval* StaticFunction(uintptr_t code) {
    functions_.push_back({code});
    return &functions_.back();
  }

  static bool TakesArguments(const Statement& s) {
    return s.op == Op::kDefer && s.form != Form::kClosure;
  }

  // The function that a call or defer statement calls, its callees first.
  uintptr_t Function(const Statement& f) {
    std::vector<uintptr_t> callees(f.body.size());
    std::vector<Deferred> deferred(f.body.size());
    bool open = f.open_coded;
    int defers = 0;
    std::string locals = "1010";
    for (size_t i = 0; i < f.body.size(); i++) {
      const Statement& s = f.body[i];
      if (s.op != Op::kCall && s.op != Op::kDefer) continue;
      callees[i] = Function(s);
      if (s.op == Op::kDefer) {
        defers++;
        open = open && s.form != Form::kLoop;
      }
    }
    open = open && defers > 0 && defers <= 8;
    for (size_t i = 0; i < f.body.size(); i++) {
      const Statement& s = f.body[i];
      if (s.op != Op::kDefer) continue;
      Deferred& d = deferred[i];
      d.statement = &s;
      d.local = static_cast<uint32_t>(locals.size());
      d.code = s.form == Form::kWrapper       ? Wrapper(s, callees[i], abi::kFuncWrapper)
               : s.form == Form::kMethodValue ? Wrapper(s, callees[i], abi::kFuncNormal)
                                              : callees[i];
      d.fn = s.form == Form::kClosure ? nullptr : StaticFunction(d.code);
      locals += "01";
      locals += open ? "101" : std::string(kRecordWords + 2, '0');
    }
    deferred.erase(std::remove_if(deferred.begin(), deferred.end(),
                                  [](const Deferred& d) { return d.statement == nullptr; }),
                   deferred.end());

    FunctionSpec spec = {.name = "main.f" + std::to_string(f.id)};
    if (TakesArguments(f)) {
      spec.args = 16;
      spec.args_maps = {"01"};
    }
    const uintptr_t entry = c_.Begin(std::move(spec), kOutgoing, locals);
    Xbyak::Label exit, wrong;
    Enter(f, open, &wrong);
    size_t next_defer = 0;
    for (size_t i = 0; i < f.body.size(); i++) {
      const Statement& s = f.body[i];
      if (s.op == Op::kDefer) {
        const size_t nth = next_defer++;
        if (open) {
          OpenDefer(deferred[nth], nth);
        } else {
          RecordDefer(deferred[nth], &exit);
        }
      } else {
        Do(s, callees[i]);
      }
      CheckFrame(f, &wrong);
    }
    if (open) OpenExit(f, deferred, &wrong);
    c_.L(exit);
    if (!open && defers > 0) Deferreturn(f, &wrong);
    CheckFrame(f, &wrong);
    c_.Return();
    if (open) {
      // Reached by a recovery only.
      Deferreturn(f, &wrong);
      c_.Return();
      c_.spec().open_defers = OpenTable(deferred);
    }
    // eax: the check that failed.
    c_.L(wrong);
    c_.mov(c_.Outgoing(2), c_.rax);
    ReportEvent(Event::kWrong, f.id);
    c_.ud2();
    c_.End();
    return entry;
  }

  // A function between the deferring frame and what it defers. Marked as gc marks wrappers, or not.
  uintptr_t Wrapper(const Statement& s, uintptr_t callee, abi::FuncID id) {
    const uintptr_t entry = c_.Begin(
        {.name = "main.w" + std::to_string(s.id), .args = 16, .id = id, .args_maps = {"01"}}, 16,
        "");
    for (uint32_t i = 0; i < 2; i++) {
      c_.mov(c_.rax, c_.Argument(i));
      c_.mov(c_.Outgoing(i), c_.rax);
    }
    c_.Call(callee);
    c_.Return();
    c_.End();
    return entry;
  }

  void Fail(Check check, Xbyak::Label* wrong) {
    Xbyak::Label fine;
    c_.je(fine);
    c_.mov(c_.eax, check);
    c_.jmp(*wrong, c_.T_NEAR);
    c_.L(fine);
  }

  void Enter(const Statement& f, bool open, Xbyak::Label* wrong) {
    c_.lea(c_.rax, c_.Local(kNumber));
    c_.mov(c_.Local(kSelf), c_.rax);
    c_.mov(c_.Local(kNumber), f.id);
    if (open) c_.mov(c_.Local(kBits), 0);
    if (TakesArguments(f)) {
      c_.cmp(c_.Argument(0), f.id);
      Fail(kArgument, wrong);
      c_.mov(c_.rax, c_.Argument(1));
      c_.cmp(c_.qword[c_.rax], deferrer_[f.id]);
      Fail(kArgument, wrong);
    } else if (f.op == Op::kDefer) {
      c_.mov(c_.Local(kContext), c_.rdx);
    }
    CheckFrame(f, wrong);
  }

  // What must hold between any two statements; also at the exit, and where a recovery goes on.
  void CheckFrame(const Statement& f, Xbyak::Label* wrong) {
    c_.lea(c_.rax, c_.ptr[c_.rsp + c_.frame() - 8]);
    c_.cmp(c_.rax, c_.rbp);
    Fail(kFramePointer, wrong);
    c_.lea(c_.rax, c_.Local(kNumber));
    c_.cmp(c_.rax, c_.Local(kSelf));
    Fail(kPointer, wrong);
    c_.cmp(c_.Local(kNumber), f.id);
    Fail(kNumberChanged, wrong);
    if (f.op == Op::kDefer && !TakesArguments(f)) {
      c_.mov(c_.rax, c_.Local(kContext));
      c_.mov(c_.rax, c_.ptr[c_.rax + 8]);
      c_.cmp(c_.qword[c_.rax], deferrer_[f.id]);
      Fail(kCaptured, wrong);
    }
  }

  void ReportEvent(int64_t kind, int id) {
    c_.mov(c_.Outgoing(0), static_cast<int32_t>(kind));
    c_.mov(c_.Outgoing(1), id);
    c_.Call(report_);
  }

  void Do(const Statement& s, uintptr_t callee) {
    switch (s.op) {
      case Op::kReport:
      case Op::kMove:
        c_.mov(c_.Outgoing(2), 0);
        ReportEvent(s.op == Op::kMove ? kJustMove : Event::kReached, s.id);
        break;
      case Op::kCall:
        c_.Call(callee);
        break;
      case Op::kRecover:
        Recover(s.id);
        break;
      case Op::kPanic:
        c_.mov(c_.rax, reinterpret_cast<uintptr_t>(&panic_type));
        c_.mov(c_.Outgoing(0), c_.rax);
        c_.mov(c_.rax, reinterpret_cast<uintptr_t>(&panic_values[s.id]));
        c_.mov(c_.Outgoing(1), c_.rax);
        c_.Call(twins_.gopanic);
        NotReached(s.id);
        break;
      case Op::kRaise:
        c_.mov(c_.Outgoing(0), s.id);
        c_.Call(raise_);
        NotReached(s.id);
        break;
      case Op::kGoexit:
        c_.Call(twins_.goexit);
        NotReached(s.id);
        break;
      case Op::kDefer:
        break;
    }
  }

  void NotReached(int id) {
    c_.mov(c_.Outgoing(2), kNotReached);
    ReportEvent(Event::kWrong, id);
  }

  void Recover(int id) {
    Xbyak::Label nothing, done;
    c_.lea(c_.rax, c_.Argument(0));
    c_.mov(c_.Outgoing(0), c_.rax);
    c_.CallLeaf(leaf_gorecover);
    c_.mov(c_.rax, c_.Outgoing(1));
    c_.test(c_.rax, c_.rax);
    c_.jz(nothing, c_.T_NEAR);
    c_.mov(c_.rax, c_.Outgoing(2));
    c_.mov(c_.rax, c_.ptr[c_.rax]);
    c_.mov(c_.Outgoing(2), c_.rax);
    ReportEvent(Event::kRecovered, id);
    c_.jmp(done, c_.T_NEAR);
    c_.L(nothing);
    c_.mov(c_.Outgoing(2), 0);
    ReportEvent(Event::kNothingToRecover, id);
    c_.L(done);
  }

  // rax = the function that the statement defers; a closure is made in the frame.
  void MakeFunction(const Deferred& d) {
    if (d.fn != nullptr) {
      c_.mov(c_.rax, reinterpret_cast<uintptr_t>(d.fn));
      return;
    }
    c_.mov(c_.rax, d.code);
    c_.mov(c_.Local(d.local + kObject), c_.rax);
    c_.lea(c_.rax, c_.Local(kNumber));
    c_.mov(c_.Local(d.local + kObject + 1), c_.rax);
    c_.lea(c_.rax, c_.Local(d.local + kObject));
  }

  // The arguments, to two words: the statement's id and a pointer to the number of this frame. A
  // heap record may outlive what gc can prove, so its pointer is not into a stack.
  void MakeArguments(const Deferred& d, const Xbyak::Address& first, const Xbyak::Address& second) {
    c_.mov(first, d.statement->id);
    if (d.statement->form == Form::kLoop) {
      c_.mov(c_.rcx, reinterpret_cast<uintptr_t>(&panic_values[deferrer_[d.statement->id]]));
    } else {
      c_.lea(c_.rcx, c_.Local(kNumber));
    }
    c_.mov(second, c_.rcx);
  }

  void RecordDefer(const Deferred& d, Xbyak::Label* exit) {
    const Statement& s = *d.statement;
    const int32_t siz = TakesArguments(s) ? 16 : 0;
    Xbyak::Label skip;
    if (s.form == Form::kNever) SkipAlways(&skip);
    if (s.form == Form::kLoop) {
      for (int i = 0; i < s.times; i++) {
        MakeFunction(d);
        c_.mov(c_.Outgoing(0), siz);
        c_.mov(c_.Outgoing(1), c_.rax);
        MakeArguments(d, c_.Outgoing(2), c_.Outgoing(3));
        c_.CallLeaf(leaf_deferproc);
        c_.test(c_.eax, c_.eax);
        c_.jnz(*exit, c_.T_NEAR);
      }
      return;
    }
    MakeFunction(d);
    const uint32_t record = d.local + kRecord;
    c_.mov(c_.Local(record), siz);
    c_.mov(c_.Local(record + offsetof(abi::_defer, fn) / 8), c_.rax);
    MakeArguments(d, c_.Local(record + kRecordWords), c_.Local(record + kRecordWords + 1));
    c_.lea(c_.rax, c_.Local(record));
    c_.mov(c_.Outgoing(0), c_.rax);
    c_.CallLeaf(leaf_deferprocStack);
    c_.test(c_.eax, c_.eax);
    c_.jnz(*exit, c_.T_NEAR);
    c_.L(skip);
  }

  void SkipAlways(Xbyak::Label* skip) {
    c_.xor_(c_.eax, c_.eax);
    c_.test(c_.eax, c_.eax);
    c_.jz(*skip, c_.T_NEAR);
  }

  void OpenDefer(const Deferred& d, size_t nth) {
    Xbyak::Label skip;
    if (d.statement->form == Form::kNever) SkipAlways(&skip);
    MakeFunction(d);
    c_.mov(c_.Local(d.local + kRecord), c_.rax);
    MakeArguments(d, c_.Local(d.local + kRecord + 1), c_.Local(d.local + kRecord + 2));
    c_.or_(BitsByte(), 1u << nth);
    c_.L(skip);
  }

  Xbyak::Address BitsByte() { return c_.byte[c_.rsp + kOutgoing + kBits * 8]; }

  void OpenExit(const Statement& f, const std::vector<Deferred>& deferred, Xbyak::Label* wrong) {
    for (size_t nth = deferred.size(); nth-- > 0;) {
      const Deferred& d = deferred[nth];
      Xbyak::Label next;
      c_.test(BitsByte(), 1u << nth);
      c_.jz(next, c_.T_NEAR);
      c_.and_(BitsByte(), static_cast<uint8_t>(~(1u << nth)));
      for (uint32_t i = 0; i < 2; i++) {
        c_.mov(c_.rax, c_.Local(d.local + kRecord + 1 + i));
        c_.mov(c_.Outgoing(i), c_.rax);
      }
      c_.mov(c_.rdx, c_.Local(d.local + kRecord));
      c_.call(c_.qword[c_.rdx]);
      CheckFrame(f, wrong);
      c_.L(next);
    }
  }

  void Deferreturn(const Statement& f, Xbyak::Label* wrong) {
    c_.spec().deferreturn = c_.Offset();
    c_.Call(twins_.deferreturn);
    CheckFrame(f, wrong);
  }

  const void* OpenTable(const std::vector<Deferred>& deferred) {
    std::vector<uint8_t>& out = tables_.emplace_back();
    auto append = [&out](uint32_t v) {
      for (; v >= 0x80; v >>= 7) out.push_back(static_cast<uint8_t>(v | 0x80));
      out.push_back(static_cast<uint8_t>(v));
    };
    append(16);
    append(c_.BelowLocalsEnd(kBits));
    append(static_cast<uint32_t>(deferred.size()));
    for (size_t nth = deferred.size(); nth-- > 0;) {
      const Deferred& d = deferred[nth];
      const bool arguments = TakesArguments(*d.statement);
      append(arguments ? 16 : 0);
      append(c_.BelowLocalsEnd(d.local + kRecord));
      append(arguments ? 2 : 0);
      for (uint32_t i = 0; arguments && i < 2; i++) {
        append(c_.BelowLocalsEnd(d.local + kRecord + 1 + i));
        append(8);
        append(8 * i);
      }
    }
    return out.data();
  }

  GoCode c_;
  PanicTwins twins_;
  uintptr_t report_;
  uintptr_t raise_;
  std::deque<abi::funcval> functions_;
  std::deque<std::vector<uint8_t>> tables_;
  // The id of the function whose frame holds the defer statement, by the statement's id.
  int deferrer_[kMaxIds] = {};
};

// ---- The tests. ----

class RandomTreesTest : public testing::Test {
 protected:
  RandomTreesTest() {
    for (int i = 0; i < kMaxIds; i++) panic_values[i] = i;
    // Of abi::_defer: fn, _panic, link and fd are pointers to the collector.
    static const uint8_t mask[] = {0b01111000};
    record_type_.size = sizeof(abi::_defer);
    record_type_.ptrdata = 7 * 8;
    record_type_.gcdata = mask;
    record_pointer_type_.elem = &record_type_;
    auto* roots = const_cast<abi::Roots*>(abi::roots);
    roots->deferPtr.type = &record_pointer_type_.typ;
    roots->writeBarrier = &barrier_;
    roots->panicPending = &panic_pending_;
    roots->runOpenDeferFrame = &run_open_defer_frame_;
    debug_vars.gortpoison = 1;
  }
  ~RandomTreesTest() override {
    debug_vars.gortpoison = 0;
    EXPECT_EQ(testing_support::raised, nullptr);  // nothing but what the trees raise
    unwind::SetModules(nullptr);
  }

  Outcome RunTree(const Statement& root, uint32_t seed, uint32_t moves_in_8) {
    TreeCode code;
    abi::funcval entry = {code.Compile(root)};
    const PanicTwins& twins = code.twins();
    panic_pending_.fn = twins.panic_pending;
    run_open_defer_frame_.fn = twins.run_open_defer_frame;
    gort_test_deferproc_slow = twins.deferproc_slow;

    G g = {};
    Running state = {&m_, &g, std::mt19937(seed), moves_in_8, {}};
    running = &state;
    m_.Run([&] {
      // Other functions are at the same addresses now.
      memset(static_cast<void*>(unwind::CurrentPcCache()), 0, sizeof(unwind::PcCache));
      g.m = &m_.m;
      g.atomicstatus.StoreRelease(abi::kGRunning);
      g.stack = stack::Alloc(kStackBytes);
      stack::ResetGuard(&g);
      const uintptr_t sp = g.stack.hi - 64;
      arch::InitGobuf(&g.sched, &g, sp, twins.bottom + arch::kPcQuantum, &entry);
      g.stktopsp = sp;
      m_.m.curg = &g;
      arch::GoGo(&g.sched);
    });
    m_.m.curg = nullptr;
    unwind::SetModules(nullptr);
    return state.outcome;
  }

  void Check(const Statement& root, uint32_t seed, uint32_t moves_in_8) {
    const Outcome want = Model::Expect(root);
    const Outcome got = RunTree(root, seed, moves_in_8);
    ends_[got.end]++;
    for (const Event& e : got.events) recovered_ += e.kind == Event::kRecovered;
    EXPECT_TRUE(got == want) << "seed " << seed << "\n--- got\n"
                             << Describe(got) << "--- want\n"
                             << Describe(want) << "--- program\n"
                             << GoProgram::Of(root);
  }

  int ends_[4] = {};
  int recovered_ = 0;
  MWithP m_;
  abi::_type record_type_{};
  abi::ptrtype record_pointer_type_{};
  abi::writeBarrierFlags barrier_{};
  abi::funcval panic_pending_{};
  abi::funcval run_open_defer_frame_{};
};

// One function, one deferred call that recovers, one panic: of each kind of record.
TEST_F(RandomTreesTest, OneDeferredCallRecoversOnePanic) {
  for (bool open : {false, true}) {
    for (Form form : {Form::kClosure, Form::kArguments, Form::kLoop, Form::kWrapper}) {
      Statement deferred = {Op::kDefer, 1, form, 1, false, {{Op::kRecover, 2}}};
      Statement inner = {Op::kCall, 4, Form::kClosure, 1, open, {deferred, {Op::kPanic, 3}}};
      Statement root = {Op::kCall, 0, Form::kClosure, 1, false, {inner, {Op::kReport, 5}}};
      Check(root, 0, 0);
      Check(root, 1, 8);
    }
  }
}

// In a process of its own: a runtime that goes wrong may end it, and then the seed must be known.
TEST_F(RandomTreesTest, DoWhatTheModelSays) {
  void* shared = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  auto* seed = static_cast<volatile uint32_t*>(shared);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    for (int n = 1; n <= kSeeds && !HasFailure(); n++) {
      *seed = static_cast<uint32_t>(n);
      const uint32_t kMoves[] = {0, 2, 8};
      Check(TreeMaker(*seed).Make(), *seed, kMoves[n % 3]);
    }
    for (Outcome::End end : {Outcome::kReturned, Outcome::kGoexit, Outcome::kPanic}) {
      EXPECT_GT(ends_[end], kSeeds / 20) << "trees that say nothing";
    }
    EXPECT_GT(recovered_, kSeeds / 4);
    fflush(stdout);
    _exit(HasFailure() ? 1 : 0);
  }
  int status;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  const bool exited = WIFEXITED(status);
  EXPECT_TRUE(exited && WEXITSTATUS(status) == 0)
      << "seed " << *seed << (exited ? ": exit code " : ": signal ")
      << (exited ? WEXITSTATUS(status) : WTERMSIG(status)) << "\n--- program\n"
      << GoProgram::Of(TreeMaker(*seed).Make());
  munmap(shared, 4096);
}

}  // namespace
}  // namespace gort::panic
