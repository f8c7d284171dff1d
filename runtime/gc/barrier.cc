// SPDX-License-Identifier: BSD-3-Clause
//
// The write barrier's C++ half: compiled code records one pointer pair per store (gcWriteBarrier in
// arch/<cpu>/barrier.s), BulkBarrierPreWrite records all words of a block that C++ moves, and a
// full buffer is emptied into the P's grey objects.
//
// A pair is what the slot is going to hold (shade the new pointer: it may come from a stack that is
// not scanned yet, and be stored where the collector has been) and what it held (shade the old one:
// whoever has read it may hide it on a stack that is scanned already).
//
//   buf   | new old | new old | ...      next -> first free slot, end -> behind the last; next <
//                                        end between calls
//
// A block's words are taken without asking which of them are pointers, and a slot in a frame may
// hold anything, so every word is treated as one that may be anything: it makes an object grey only
// if it points into one. An integer that looks like a pointer keeps an object for one cycle.
//
// Before: runtime/gc/barrier.h   After: runtime/gc/worker.h
#include "runtime/gc/barrier.h"

#include "arch/arch.h"
#include "runtime/abi/roots.h"
#include "runtime/base/upcalls.h"
#include "runtime/gc/mark.h"
#include "runtime/gc/work.h"

namespace gort::gc {

void ClearWriteBarrier(P* p) { p->wb.next = reinterpret_cast<uintptr_t>(p->wb.buf); }

void FlushWriteBarrier(P* p) {
  abi::wbBuf* buf = &p->wb;
  auto* end = reinterpret_cast<uintptr_t*>(buf->next);
  if (end == buf->buf) return;
  Work* work = WorkOf(p);
  for (uintptr_t* word = buf->buf; word != end; word++) MarkConservatively(work, *word);
  ClearWriteBarrier(p);
}

void BulkBarrierPreWrite(void* dst, const void* src, uintptr_t size) {
  P* p = arch::GetG()->m->p;
  abi::wbBuf* buf = &p->wb;
  auto* slot = static_cast<uintptr_t*>(dst);
  auto* value = static_cast<const uintptr_t*>(src);
  for (uintptr_t i = 0; i < size / abi::kWord; i++) {
    auto* pair = reinterpret_cast<uintptr_t*>(buf->next);
    pair[0] = value == nullptr ? 0 : value[i];
    pair[1] = slot[i];
    buf->next += 2 * abi::kWord;
    if (buf->next == buf->end) FlushWriteBarrier(p);
  }
}

void Shade(const void* p) {
  if (p == nullptr || !abi::roots->writeBarrier->enabled) return;
  MarkConservatively(WorkOf(arch::GetG()->m->p), reinterpret_cast<uintptr_t>(p));
}

// ---- Entered from Go ----

extern "C" void gort_flush_write_barrier(void*) { FlushWriteBarrier(arch::GetG()->m->p); }

}  // namespace gort::gc
