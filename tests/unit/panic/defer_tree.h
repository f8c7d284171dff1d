// SPDX-License-Identifier: BSD-3-Clause
//
// Random trees of calls and deferred calls, and what they must do.
//
// A tree is a function: its statements report, call, defer, recover, panic or end the goroutine,
// and every call or defer statement carries the function it calls. Three readers:
//
//   Expect      the model: runs the tree by the rules of the language, with explicit lists of
//               deferred calls and panics
//   GoProgram   the tree as a Go program, for the eye and for another Go
//   (random_trees_test.cc)  the tree as machine code that has gc's shape
//
// The model's rules: every deferred call of a frame runs once, last first. recover works only in a
// function that the newest panic itself called (wrappers that gc marks do not count, others do). A
// panic in a deferred call replaces the one that made the call; when a panic is recovered, what it
// replaced goes with it, but for a Goexit, which then goes on.
//
// Before: runtime/panic/panic.cc   After: tests/unit/panic/random_trees_test.cc
#ifndef GORT_TESTS_UNIT_PANIC_DEFER_TREE_H_
#define GORT_TESTS_UNIT_PANIC_DEFER_TREE_H_

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace gort::panic {

enum class Op {
  kReport,   // says that it was reached
  kMove,     // the stack moves
  kCall,     // body()
  kDefer,    // defer body()
  kRecover,  // says what recover() gives
  kPanic,    // panic(id)
  kRaise,    // the same panic, raised by C++ in a system entry
  kGoexit,
};

enum class Form {
  kClosure,      // defer func() { ... }(), which captures a variable of the frame
  kArguments,    // defer f(id, &v)
  kLoop,         // for ... { defer f(id, &w) }: a heap record each
  kNever,        // if false { defer f(id, &v) }
  kWrapper,      // defer i.m(id, &v), where i.m is a wrapper that gc marks
  kMethodValue,  // defer f(id, &v), where f is a method value: a wrapper that gc does not mark
};
constexpr int kForms = 6;

struct Statement {
  Op op;
  int id;
  Form form = Form::kClosure;
  int times = 1;  // of a defer statement: how often it runs
  // Of the function `body`: it may have open-coded defers.
  bool open_coded = false;
  std::vector<Statement> body = {};
};

// What a run does, in order, and how it ends.
struct Event {
  enum Kind : int64_t { kReached, kRecovered, kNothingToRecover, kWrong };
  int64_t kind;
  int64_t id;
  int64_t value;  // kRecovered: of the panic. kWrong: which check failed
  bool operator==(const Event&) const = default;
};

struct PanicSeen {
  int64_t value;
  bool goexit;
  bool recovered;
  bool operator==(const PanicSeen&) const = default;
};

struct Outcome {
  enum End { kReturned, kGoexit, kPanic, kStopped };  // kStopped: by the test
  std::vector<Event> events;
  End end = kReturned;
  std::vector<PanicSeen> panics;  // kPanic: the chain, newest first
  bool operator==(const Outcome&) const = default;
};

inline std::string Describe(const Outcome& o) {
  std::string text;
  for (const Event& e : o.events) {
    static const char* const kNames[] = {"reached ", "recovered at ", "nothing to recover at ",
                                         "WRONG in "};
    text += kNames[e.kind] + std::to_string(e.id);
    if (e.kind == Event::kRecovered) text += " " + std::to_string(e.value);
    if (e.kind == Event::kWrong) text += ": check " + std::to_string(e.value);
    text += '\n';
  }
  static const char* const kEnds[] = {"returned", "goexit", "panic", "stopped"};
  text += kEnds[o.end];
  for (const PanicSeen& p : o.panics) {
    text += p.goexit ? " goexit" : " " + std::to_string(p.value);
    if (p.recovered) text += " [recovered]";
  }
  return text + '\n';
}

// ---- Making trees. ----

class TreeMaker {
 public:
  explicit TreeMaker(uint32_t seed) : random_(seed) {}

  Statement Make() {
    Statement root = {Op::kCall, Id(), Form::kClosure, 1, Draw(2) == 0, Body(0, false)};
    while (root.body.size() < 2 && left_ > 0) {
      for (Statement& s : Body(0, false)) root.body.push_back(std::move(s));
    }
    return root;
  }

 private:
  static constexpr int kMaxDepth = 6;

  uint32_t Draw(uint32_t n) { return static_cast<uint32_t>(random_()) % n; }
  int Id() { return next_id_++; }

  std::vector<Statement> Body(int depth, bool deferred) {
    std::vector<Statement> list;
    for (uint32_t n = 1 + Draw(5); n > 0 && left_ > 0; n--) {
      left_--;
      const uint32_t x = Draw(24);
      if (x < 3) {
        list.push_back({Op::kReport, Id()});
      } else if (x < 6 && depth < kMaxDepth) {
        Statement s = {Op::kCall, Id(), Form::kClosure, 1, Draw(2) == 0};
        s.body = Body(depth + 1, false);
        list.push_back(std::move(s));
      } else if (x < 14 && depth < kMaxDepth) {
        Statement s = {Op::kDefer, Id(), static_cast<Form>(Draw(kForms)), 1, Draw(2) == 0};
        if (s.form == Form::kLoop) s.times = static_cast<int>(Draw(4));
        if (s.form == Form::kNever) s.times = 0;
        s.body = Body(depth + 1, true);
        list.push_back(std::move(s));
      } else if (x < 15) {
        list.push_back({Op::kMove, Id()});
      } else if (x < 21) {
        // Once in a while where it cannot work.
        if (deferred || x == 15) list.push_back({Op::kRecover, Id()});
      } else if (x < 23) {
        list.push_back({x == 21 ? Op::kPanic : Op::kRaise, Id()});
        return list;
      } else if (Draw(3) == 0) {
        list.push_back({Op::kGoexit, Id()});
        return list;
      }
    }
    return list;
  }

  std::mt19937 random_;
  int next_id_ = 0;
  int left_ = 80;  // statements
};

// ---- The model. ----

class Model {
 public:
  static Outcome Expect(const Statement& root) {
    Model m;
    const int left_by = m.Run(root, kNone);
    if (left_by == kNone) return m.out_;
    m.out_.end = m.panics_[left_by].seen.goexit ? Outcome::kGoexit : Outcome::kPanic;
    if (m.out_.end == Outcome::kPanic) {
      for (size_t i = m.panics_.size(); i-- > 0;) m.out_.panics.push_back(m.panics_[i].seen);
    }
    return m.out_;
  }

 private:
  static constexpr int kNone = -1;
  struct Frame {
    std::vector<const Statement*> owed;
  };
  // Panics and Goexits in progress, oldest first; named by their index.
  struct InProgress {
    PanicSeen seen;
    bool replaced;
    const Frame* called;  // the deferred call that it made and that runs now
  };

  // Runs the function of a call or defer statement, called by a panic or by no one of them. Returns
  // what leaves the function: kNone, or a panic or Goexit.
  int Run(const Statement& function, int by) {
    Frame frame;
    if (by != kNone) {
      const bool hidden = function.op == Op::kDefer && function.form == Form::kMethodValue;
      panics_[by].called = hidden ? nullptr : &frame;
    }
    for (const Statement& s : function.body) {
      switch (s.op) {
        case Op::kMove:
          break;
        case Op::kReport:
          out_.events.push_back({Event::kReached, s.id, 0});
          break;
        case Op::kCall:
          if (const int p = Run(s, kNone); p != kNone) return Unwind(&frame, p);
          break;
        case Op::kDefer:
          for (int i = 0; i < s.times; i++) frame.owed.push_back(&s);
          break;
        case Op::kRecover:
          Recover(s, &frame);
          break;
        case Op::kPanic:
        case Op::kRaise:
        case Op::kGoexit:
          panics_.push_back(
              {{s.op == Op::kGoexit ? 0 : s.id, s.op == Op::kGoexit, false}, false, nullptr});
          return Unwind(&frame, static_cast<int>(panics_.size()) - 1);
      }
    }
    return Exit(&frame);
  }

  void Recover(const Statement& s, const Frame* frame) {
    if (!panics_.empty()) {
      InProgress& p = panics_.back();
      if (!p.seen.goexit && !p.seen.recovered && p.called == frame) {
        p.seen.recovered = true;
        out_.events.push_back({Event::kRecovered, s.id, p.seen.value});
        return;
      }
    }
    out_.events.push_back({Event::kNothingToRecover, s.id, 0});
  }

  static const Statement* Pop(Frame* frame) {
    if (frame->owed.empty()) return nullptr;
    const Statement* s = frame->owed.back();
    frame->owed.pop_back();
    return s;
  }

  int Exit(Frame* frame) {
    while (const Statement* s = Pop(frame)) {
      if (const int p = Run(*s, kNone); p != kNone) return Unwind(frame, p);
    }
    return kNone;
  }

  int Unwind(Frame* frame, int p) {
    while (const Statement* s = Pop(frame)) {
      if (const int q = Run(*s, p); q != kNone) {
        panics_[p].replaced = true;
        p = q;
        continue;
      }
      panics_[p].called = nullptr;
      if (!panics_[p].seen.recovered) continue;
      panics_.pop_back();
      while (!panics_.empty() && panics_.back().replaced && !panics_.back().seen.goexit) {
        panics_.pop_back();
      }
      if (panics_.empty() || !panics_.back().replaced) return Exit(frame);
      p = static_cast<int>(panics_.size()) - 1;
      panics_[p].replaced = false;
    }
    return p;
  }

  Outcome out_;
  std::vector<InProgress> panics_;
};

// ---- The tree as a Go program. ----

class GoProgram {
 public:
  static std::string Of(const Statement& root) {
    GoProgram p;
    const std::string body = p.Body(root, 1);
    return "package main\n\nimport \"runtime\"\n\nvar w int\n\n"
           "func no() bool { return w != 0 }\n\n"
           "func grow(n int) int {\n\tvar pad [64]int\n\tpad[n%64] = n\n\tif n > 0 {\n"
           "\t\treturn grow(n-1) + pad[n%64]\n\t}\n\treturn pad[0]\n}\n\n" +
           p.declarations_ + "func tree() {\n" + body +
           "}\n\nfunc main() {\n\ttree()\n\tprintln(\"returned\")\n\truntime.KeepAlive(w)\n}\n";
  }

 private:
  std::string Body(const Statement& function, int depth) {
    std::string text;
    const std::string tab(static_cast<size_t>(depth), '\t');
    bool variable = false;
    for (const Statement& s : function.body) variable |= s.op == Op::kDefer;
    if (variable) text += tab + "v := " + std::to_string(function.id) + "\n" + tab + "_ = v\n";
    for (const Statement& s : function.body) {
      const std::string id = std::to_string(s.id);
      switch (s.op) {
        case Op::kReport:
          text += tab + "println(\"reached\", " + id + ")\n";
          break;
        case Op::kMove:
          text += tab + "grow(20)\n";
          break;
        case Op::kCall:
          text += tab + "func() {\n" + Body(s, depth + 1) + tab + "}()\n";
          break;
        case Op::kDefer:
          text += Defer(s, tab, depth);
          break;
        case Op::kRecover:
          text += tab + "if r := recover(); r != nil {\n" + tab + "\tprintln(\"recovered at\", " +
                  id + ", r.(int))\n" + tab + "} else {\n" + tab +
                  "\tprintln(\"nothing to recover at\", " + id + ")\n" + tab + "}\n";
          break;
        case Op::kPanic:
          text += tab + "panic(" + id + ")\n";
          break;
        case Op::kRaise:
          text += tab + "panic(" + id + ") // raised in a system entry\n";
          break;
        case Op::kGoexit:
          text += tab + "runtime.Goexit()\n";
          break;
      }
    }
    return text;
  }

  std::string Defer(const Statement& s, const std::string& tab, int depth) {
    const std::string id = std::to_string(s.id);
    if (s.form == Form::kWrapper || s.form == Form::kMethodValue) return DeferMethod(s, tab);
    const std::string body = Body(s, depth + 1) + tab + "}";
    const std::string function = tab + "defer func(a int, p *int) {\n" + body;
    switch (s.form) {
      case Form::kLoop:
        return tab + "for i := 0; i < " + std::to_string(s.times) + "; i++ {\n" + function + "(" +
               id + ", &w)\n" + tab + "}\n";
      case Form::kNever:
        return tab + "if no() {\n" + function + "(" + id + ", &v)\n" + tab + "}\n";
      case Form::kArguments:
        return function + "(" + id + ", &v)\n";
      default:
        return tab + "defer func() {\n" + tab + "\t_ = v\n" + body + "()\n";
    }
  }

  std::string DeferMethod(const Statement& s, const std::string& tab) {
    const std::string id = std::to_string(s.id);
    const std::string method = "func (t *t" + id + ") m(a int, p *int) {\n" + Body(s, 1) + "}\n\n";
    declarations_ += "type t" + id + " struct{ x int }\n\ntype o" + id +
                     " struct {\n\tpad int\n\t*t" + id + "\n}\n\n" + method;
    if (s.form == Form::kWrapper) {
      return tab + "defer interface{ m(int, *int) }(o" + id + "{1, &t" + id + "{1}}).m(" + id +
             ", &v)\n";
    }
    return tab + "f" + id + " := (&t" + id + "{1}).m\n" + tab + "defer f" + id + "(" + id +
           ", &v)\n";
  }

  std::string declarations_;
};

}  // namespace gort::panic

#endif  // GORT_TESTS_UNIT_PANIC_DEFER_TREE_H_
