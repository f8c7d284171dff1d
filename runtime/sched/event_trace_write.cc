// SPDX-License-Identifier: BSD-3-Clause
//
// Events, strings and stacks become bytes.
//
// The stack of an event begins at the function that a program called: entries that std packages
// reach by link name, what a mutex gives as frames to skip, and newproc are left out.
//
// Before: runtime/sched/event_trace_write.h   After: runtime/sched/event_trace.cc
#include "runtime/sched/event_trace_write.h"

#include <string.h>

#include "runtime/os/clock.h"

namespace gort::sched::event_trace {

Lock trace_lock(LockRank::kTrace);
Trace* trace = nullptr;
G* reader = nullptr;

namespace {

constexpr int kMaxFrames = 128;
constexpr size_t kChunk = 32 << 10;  // a batch is given to the reader when it has so many bytes

Batch* BatchOf(int32_t p) {
  Batch* batch = &trace->batches[p];
  if (batch->bytes.size() >= kChunk) Close(batch);
  if (batch->bytes.empty()) {
    batch->last = os::Nanotime();
    batch->bytes.reserve(kChunk + 4096);
    batch->bytes.push_back(kBatch | 1 << kArgumentsShift);
    Append(&batch->bytes, static_cast<uint64_t>(int64_t{p}));
    Append(&batch->bytes, static_cast<uint64_t>(batch->last));
  }
  return batch;
}

bool StartsWith(const abi::String& s, const char* prefix) {
  const size_t n = strlen(prefix);
  return static_cast<size_t>(s.len) >= n && memcmp(s.str, prefix, n) == 0;
}

bool LeftOut(uintptr_t pc) {
  const unwind::CallSite site = unwind::DescribeCallPc(pc);
  for (const char* prefix :
       {"sync.runtime_", "sync.(*Mutex).lockSlow", "sync.(*Mutex).unlockSlow",
        "sync.(*RWMutex).rUnlockSlow", "internal/poll.runtime_", "internal/poll.(*pollDesc).",
        "runtime.newproc", "runtime.entersyscall", "runtime.Gosched", "runtime/trace.user",
        "syscall.Syscall", "syscall.RawSyscall"}) {
    if (StartsWith(site.function, prefix)) return true;
  }
  return false;
}

}  // namespace

void Append(Bytes* out, uint64_t v) {
  for (; v >= 0x80; v >>= 7) out->push_back(static_cast<uint8_t>(0x80 | v));
  out->push_back(static_cast<uint8_t>(v));
}

void AppendText(Bytes* out, const char* text, size_t n) {
  Append(out, n);
  out->insert(out->end(), text, text + n);
}

void Close(Batch* batch) {
  if (batch->bytes.empty()) return;
  trace->full.push_back(std::move(batch->bytes));
  batch->bytes = Bytes();
  if (reader != nullptr) reader_is_due.StoreRelease(1);
}

void Write(int32_t p, Event event, std::initializer_list<uint64_t> args,
           std::optional<uint64_t> stack) {
  Batch* batch = BatchOf(p);
  Bytes* out = &batch->bytes;
  const int64_t now = os::Nanotime();
  const size_t count = args.size() + (stack ? 1 : 0);
  const size_t n = count < 3 ? count : 3;
  out->push_back(static_cast<uint8_t>(event | n << kArgumentsShift));
  const size_t length_at = out->size();
  if (n == 3) out->push_back(0);  // one byte: no event has so many numbers that it takes two
  Append(out, static_cast<uint64_t>(now - batch->last));
  batch->last = now;
  for (uint64_t a : args) Append(out, a);
  if (stack) Append(out, *stack);
  if (n == 3) (*out)[length_at] = static_cast<uint8_t>(out->size() - length_at - 1);
}

uint64_t StringId(int32_t p, const abi::String& string) {
  const char* text = reinterpret_cast<const char*>(string.str);
  size_t n = static_cast<size_t>(string.len);
  if (n == 0) return 0;
  constexpr size_t kLongest = 1 << 10;
  if (n > kLongest) {
    text += n - kLongest;
    n = kLongest;
  }
  auto [at, is_new] = trace->strings.emplace(std::string(text, n), trace->strings.size() + 1);
  if (is_new) {
    Bytes* out = &BatchOf(p)->bytes;
    out->push_back(kString);
    Append(out, at->second);
    AppendText(out, text, n);
  }
  return at->second;
}

uint64_t StackId(const Pcs& pcs) {
  if (pcs.empty()) return 0;
  return trace->stacks.emplace(pcs, trace->stacks.size() + 1).first->second;
}

void WriteStack(uint64_t id, const Pcs& pcs) {
  Bytes data;
  Append(&data, id);
  Append(&data, pcs.size());
  for (uintptr_t pc : pcs) {
    const unwind::CallSite site = unwind::DescribeCallPc(pc);
    Append(&data, site.pc);
    Append(&data, StringId(0, site.function));
    Append(&data, StringId(0, site.file));
    Append(&data, static_cast<uint64_t>(site.line));
  }
  Bytes* out = &BatchOf(0)->bytes;
  out->push_back(kStack | 3 << kArgumentsShift);
  Append(out, data.size());
  out->insert(out->end(), data.begin(), data.end());
}

Pcs StackOf(G* g) {
  if (g == nullptr || g->sched.sp == 0) return {};
  uintptr_t pcs[kMaxFrames];
  int n = unwind::CallersOf(g, 0, pcs, kMaxFrames);
  if (n > 0) n--;                  // goexit
  if (n > 0 && g->goid == 1) n--;  // runtime.main
  int begin = 0;
  while (begin < n && LeftOut(pcs[begin])) begin++;
  return Pcs(pcs + begin, pcs + n);
}

}  // namespace gort::sched::event_trace
