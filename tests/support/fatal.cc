// SPDX-License-Identifier: BSD-3-Clause
//
// What the lower areas of the runtime call upwards, for unit tests that do not link panic/: a fatal
// error ends the test with its text, a raised panic is remembered. Weak: a test that links the real
// ones gets those.
//
// Before: runtime/base/check.h   After: tests/unit/mem/malloc_test.cc
#include "tests/support/fatal.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "runtime/base/check.h"
#include "runtime/base/upcalls.h"
#include "runtime/mem/object_trace.h"
#include "runtime/panic/panic.h"
#include "runtime/sched/event_trace.h"
#include "runtime/unwind/symbols.h"

namespace gort {

[[gnu::weak]] void Throw(const char* text) {
  fprintf(stderr, "fatal error: %s\n", text);
  abort();
}

[[gnu::weak]] void ThrowMisuse(const char* text) { Throw(text); }

[[gnu::weak]] void ThrowHex(const char* text, unsigned long n) {
  fprintf(stderr, "fatal error: %s0x%lx\n", text, n);
  abort();
}

namespace testing_support {
const char* raised = nullptr;
}

namespace gc {
[[gnu::weak]] void SweepSpecials(mem::Span*) {}
[[gnu::weak]] void RequestCollection() {}
[[gnu::weak]] void CollectAtEntry(void*) {}
[[gnu::weak]] void ChargeAllocation(uintptr_t) {}
[[gnu::weak]] void Shade(const void*) {}
[[gnu::weak]] void BulkBarrierPreWrite(void*, const void*, uintptr_t) {}
[[gnu::weak]] Atomic<uint32_t> collector_needs;
}  // namespace gc

namespace mem {
[[gnu::weak]] void TraceAlloc(const void*, uintptr_t, abi::_type*) {}
[[gnu::weak]] void TraceFree(uintptr_t, uintptr_t) {}
}  // namespace mem

namespace sched::event_trace {
[[gnu::weak]] Atomic<uint32_t> enabled;
[[gnu::weak]] void HeapAlloc(uint64_t) {}
[[gnu::weak]] void GCSweepSpan(uintptr_t, uintptr_t) {}
[[gnu::weak]] void SweepScope::Open() {}
[[gnu::weak]] void SweepScope::Close() {}
}  // namespace sched::event_trace

namespace sched {
[[gnu::weak]] void RunAsSyscall(void (*work)(void*), void* arg) { work(arg); }
}  // namespace sched

namespace unwind {
[[gnu::weak]] int CallersOf(G*, int, uintptr_t*, int) { return 0; }
}  // namespace unwind

namespace panic {
[[gnu::weak]] void RaiseError(const char* text) { testing_support::raised = text; }
[[gnu::weak]] void RaisePlain(const char* text) { testing_support::raised = text; }
[[gnu::weak]] void RaiseErrorString(abi::String text) {
  static std::string last;
  last.assign(reinterpret_cast<const char*>(text.str), static_cast<size_t>(text.len));
  testing_support::raised = last.c_str();
}
[[gnu::weak]] void RaiseTypeAssertion(abi::_type* /*iface*/, abi::_type* /*have*/,
                                      abi::_type* /*want*/, abi::String missing_method) {
  static std::string last;
  last = "type assertion";
  if (missing_method.len != 0) {
    last += ": missing method ";
    last.append(reinterpret_cast<const char*>(missing_method.str),
                static_cast<size_t>(missing_method.len));
  }
  testing_support::raised = last.c_str();
}
}  // namespace panic

}  // namespace gort
