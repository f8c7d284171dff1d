// SPDX-License-Identifier: BSD-3-Clause
//
// The paragraphs of GODEBUG=allocfreetrace=1, up here because they show types and stacks.
//
// Before: runtime/mem/object_trace.h   After: runtime/api/profile.cc
#include "runtime/mem/object_trace.h"

#include "arch/arch.h"
#include "runtime/base/print.h"
#include "runtime/lang/type.h"
#include "runtime/unwind/traceback.h"

namespace gort::mem {
namespace {

// Keeps a paragraph together, and shows the runtime's frames in it.
class Paragraph {
 public:
  Paragraph() : m_(arch::GetG()->m) {
    PrintLock();
    m_->traceback = 2;
  }
  ~Paragraph() {
    PrintText("\n");
    m_->traceback = 0;
    PrintUnlock();
  }
  Paragraph(const Paragraph&) = delete;
  Paragraph& operator=(const Paragraph&) = delete;

  // Of the goroutine that this thread works for. A thread that works for none has no Go frames.
  void Stack() {
    G* g = m_->curg;
    unwind::PrintGoroutineHeader(g != nullptr ? g : m_->g0);
    if (g != nullptr) unwind::TracebackSaved(g);
  }

 private:
  M* m_;
};

}  // namespace

void TraceAlloc(const void* p, uintptr_t size, abi::_type* type) {
  Paragraph paragraph;
  Print("tracealloc(", Hex{reinterpret_cast<uintptr_t>(p)}, ", ", Hex{size});
  if (type != nullptr) Print(", ", lang::TypeText(type));
  PrintText(")\n");
  paragraph.Stack();
}

void TraceFree(uintptr_t object, uintptr_t size) {
  Paragraph paragraph;
  Print("tracefree(", Hex{object}, ", ", Hex{size}, ")\n");
  paragraph.Stack();
}

void TraceMarked() {
  Paragraph paragraph;
  PrintText("tracegc()\n");
  unwind::TracebackOthers(nullptr);
  PrintText("end tracegc\n");
}

}  // namespace gort::mem
