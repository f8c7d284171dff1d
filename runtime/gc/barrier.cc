// SPDX-License-Identifier: BSD-3-Clause
//
// The write barrier's C++ half: compiled code records one pointer pair per store (gcWriteBarrier in
// arch/<cpu>/barrier.s), BulkBarrierPreWrite records all pointers of a block that C++ moves, and a
// full buffer is emptied.
//
// A pair is what the slot is going to hold (shade the new pointer: it may come from a stack that is
// scanned already) and what it held (shade the old one: deletion would hide what hangs on it).
//
//   buf   | new old | new old | ...      next -> first free slot, end -> behind the last; next <
//                                        end between calls
//
// Before: runtime/base/upcalls.h   After: runtime/gc/cycle.cc
#include "arch/arch.h"
#include "runtime/abi/p.h"
#include "runtime/base/upcalls.h"

namespace gort::gc {
namespace {

// Outside a cycle nothing has to be marked, and what a buffer holds is dropped.
void FlushBuffer(abi::wbBuf* buf) { buf->next = reinterpret_cast<uintptr_t>(buf->buf); }

}  // namespace

void BulkBarrierPreWrite(void* dst, const void* src, uintptr_t size) {
  abi::wbBuf* buf = &arch::GetG()->m->p->wb;
  auto* slot = static_cast<uintptr_t*>(dst);
  auto* value = static_cast<const uintptr_t*>(src);
  for (uintptr_t i = 0; i < size / abi::kWord; i++) {
    auto* pair = reinterpret_cast<uintptr_t*>(buf->next);
    pair[0] = value == nullptr ? 0 : value[i];
    pair[1] = slot[i];
    buf->next += 2 * abi::kWord;
    if (buf->next == buf->end) FlushBuffer(buf);
  }
}

// ---- Entered from Go ----

extern "C" void gort_flush_write_barrier(void*) { FlushBuffer(&arch::GetG()->m->p->wb); }

}  // namespace gort::gc
