// SPDX-License-Identifier: BSD-3-Clause
//
// debug.WriteHeapDump: the heap as a stream of records, in the format "go1.7 heap dump".
//
//   record   a tag and fields, all uvarints; a byte string is its length and the bytes
//   header   the text line
//   params   6: byte order, pointer size, bounds of the arenas, cpu, experiments, processors
//   object   1: address, contents, fields; a field is 1 (pointer) and its offset; 0 ends the list
//   thread   9: M, its id, its kernel id
//   end      0
//
// Objects that are allocated and not known dead are written, so before the first collection that is
// everything ever allocated. The world is stopped; nothing here allocates from the Go heap.
//
// Before: runtime/api/gc_bits.cc   After: runtime/api/os.cc
#include <string.h>
#include <unistd.h>

#include "arch/arch.h"
#include "asm/gen/entries.h"
#include "runtime/mem/page_heap.h"
#include "runtime/mem/pointer_bits.h"
#include "runtime/sched/scheduler.h"

namespace gort::api {
namespace {

constexpr char kHeader[] = "go1.7 heap dump\n";
constexpr uint64_t kTagEnd = 0, kTagObject = 1, kTagParams = 6, kTagThread = 9;
constexpr uint64_t kFieldEnd = 0, kFieldPointer = 1;

class Writer {
 public:
  explicit Writer(int fd) : fd_(fd) {}
  ~Writer() { Flush(); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void Bytes(const void* data, uintptr_t n) {
    if (n > sizeof(buffer_) - used_) Flush();
    if (n > sizeof(buffer_)) return Write(data, n);
    memcpy(buffer_ + used_, data, n);
    used_ += n;
  }
  void Uint(uint64_t v) {
    uint8_t bytes[10];
    uintptr_t n = 0;
    for (; v >= 0x80; v >>= 7) bytes[n++] = static_cast<uint8_t>(v | 0x80);
    bytes[n++] = static_cast<uint8_t>(v);
    Bytes(bytes, n);
  }
  void String(const void* data, uintptr_t n) {
    Uint(n);
    Bytes(data, n);
  }
  void Text(const char* text) { String(text, strlen(text)); }

 private:
  void Flush() {
    Write(buffer_, used_);
    used_ = 0;
  }
  void Write(const void* data, uintptr_t n) {
    auto* at = static_cast<const char*>(data);
    while (n > 0) {
      const ssize_t done = write(fd_, at, n);
      if (done <= 0) return;  // the reader notices the missing end
      at += done;
      n -= static_cast<uintptr_t>(done);
    }
  }

  int fd_;
  uint8_t buffer_[4096];
  uintptr_t used_ = 0;
};

struct Bounds {
  uintptr_t low = ~uintptr_t{0};
  uintptr_t high = 0;
};

void Widen(mem::Span* span, void* arg) {
  auto* bounds = static_cast<Bounds*>(arg);
  if (span->base < bounds->low) bounds->low = span->base;
  if (span->end() > bounds->high) bounds->high = span->end();
}

void WriteParams(Writer* out) {
  Bounds bounds;
  mem::page_heap::ForEachSpan(Widen, &bounds);
  out->Uint(kTagParams);
  out->Uint(0);  // little-endian
  out->Uint(abi::kWord);
  out->Uint(bounds.low);
  out->Uint(bounds.high);
  out->Text(arch::kName);
  out->Text("");
  out->Uint(static_cast<uint64_t>(sched::processors));
}

void WriteObjects(mem::Span* span, void* arg) {
  auto* out = static_cast<Writer*>(arg);
  if (span->state.LoadAcquire() != mem::SpanState::kInUse) return;
  for (uint32_t i = 0; i < span->nelems; i++) {
    if (span->IsFree(i)) continue;
    const uintptr_t object = span->base + i * span->elemsize;
    out->Uint(kTagObject);
    out->Uint(object);
    out->String(reinterpret_cast<void*>(object), span->elemsize);
    for (uintptr_t at = 0; !span->noscan() && at < span->elemsize; at += abi::kWord) {
      if (!mem::IsPointerWord(span, object, at)) continue;
      out->Uint(kFieldPointer);
      out->Uint(at);
    }
    out->Uint(kFieldEnd);
  }
}

void WriteThreads(Writer* out) {
  for (M* m = sched::AllMsHead(); m != nullptr; m = m->alllink) {
    out->Uint(kTagThread);
    out->Uint(reinterpret_cast<uintptr_t>(m));
    out->Uint(static_cast<uint64_t>(m->id));
    out->Uint(m->procid);
  }
}

}  // namespace

// ---- Entered from Go ----

extern "C" void gort_runtime_debug_WriteHeapDump(entry::runtime_debug_WriteHeapDump* a) {
  const int fd = static_cast<int>(a->fd);
  sched::StopTheWorld("write heap dump");
  {
    Writer out(fd);
    out.Bytes(kHeader, sizeof(kHeader) - 1);
    WriteParams(&out);
    mem::page_heap::ForEachSpan(WriteObjects, &out);
    WriteThreads(&out);
    out.Uint(kTagEnd);
  }
  sched::StartTheWorld();
}

}  // namespace gort::api
