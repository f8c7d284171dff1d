// SPDX-License-Identifier: BSD-3-Clause
//
// The inner loop of the collector.
//
// Its time goes into cache misses: the object's memory, then for each pointer in it the mark bits
// of the target. So an object that is popped is first prefetched and waits in a short queue; by the
// time it is scanned its memory has come.
//
// Before: runtime/gc/mark.h   After: runtime/gc/roots.cc
#include "runtime/gc/mark.h"

#include "runtime/base/check.h"
#include "runtime/base/debug_vars.h"
#include "runtime/base/print.h"
#include "runtime/gc/roots.h"
#include "runtime/gc/worker.h"
#include "runtime/mem/pointer_bits.h"
#include "runtime/os/clock.h"
#include "runtime/sched/scheduler.h"

namespace gort::gc {
namespace {

// Of a large object. Up to two thousand pointers: somebody may wait for the P.
constexpr uintptr_t kPiece = 16 << 10;
constexpr int kAhead = 8;  // prefetched objects
// The limits are looked at after this many steps, or when this many bytes were looked through.
constexpr uint32_t kStepsBetweenLooks = 128;
constexpr int64_t kWorkBetweenLooks = 16 << 10;

using mem::Span;

// A pointer into memory that belongs to no object: the map was wrong, or somebody hid a pointer
// from the collector.
GORT_NOINLINE void BadPointer(const Span* s, uintptr_t p) {
  Print("runtime: pointer ", Hex{p}, " to unallocated span span.base()=", Hex{s->base},
        " span.limit=", Hex{s->limit}, "\n");
  Throw("found bad pointer in Go heap (incorrect use of unsafe or cgo?)");
}

GORT_ALWAYS_INLINE void MarkIn(Work* work, Span* s, uintptr_t p) {
  uint32_t i = s->IndexOf(p);
  if (i >= s->nelems) return;  // the waste behind the last object
  uint64_t bit = uint64_t{1} << (i % 64);
  uint64_t* word = &s->mark_bits[i / 64];
  if ((__atomic_load_n(word, __ATOMIC_RELAXED) & bit) != 0) return;
  // Several workers may set bits of one word.
  if ((__atomic_fetch_or(word, bit, __ATOMIC_RELAXED) & bit) != 0) return;
  work->bytes_marked += s->elemsize;
  if (s->noscan()) return;
  uintptr_t object = s->base + uintptr_t{i} * s->elemsize;
  __builtin_prefetch(reinterpret_cast<void*>(object));
  work->Push(object);
}

// The words [from, to) of an object at base whose type is known.
void ScanTyped(Work* work, uintptr_t base, uintptr_t from, uintptr_t to, uint64_t type_word,
               const uint8_t* mask) {
  auto* type = reinterpret_cast<const abi::_type*>(type_word & ~mem::kOneValue);
  if (mask == nullptr) mask = type->gcdata;
  const uintptr_t pointers = type->ptrdata / abi::kWord;
  const bool repeats = (type_word & mem::kOneValue) == 0;
  uintptr_t value = base;
  if (repeats) value += (from - base) / type->size * type->size;
  for (; value < to; value += type->size) {
    uintptr_t first = value < from ? (from - value) / abi::kWord : 0;
    uintptr_t last = (to - value) / abi::kWord < pointers ? (to - value) / abi::kWord : pointers;
    for (uintptr_t i = first / 64 * 64; i < last; i += 64) {
      uint32_t n = static_cast<uint32_t>(last - i < 64 ? last - i : 64);
      uint64_t bits = mem::MaskWord(mask + i / 8, n);
      if (i < first) bits &= ~uint64_t{0} << (first - i);
      for (; bits != 0; bits &= bits - 1) {
        uintptr_t at = value + (i + static_cast<uintptr_t>(__builtin_ctzll(bits))) * abi::kWord;
        MarkPointer(work, *reinterpret_cast<uintptr_t*>(at));
      }
    }
    if (!repeats) return;
  }
}

void ScanLarge(Work* work, const Span* s, uintptr_t piece) {
  if (s->large_type == 0) return;
  uintptr_t end = s->limit & ~(abi::kWord - 1);
  if (piece == s->base) {
    for (uintptr_t at = s->base + kPiece; at < end; at += kPiece) work->Push(at);
  }
  uintptr_t to = piece + kPiece < end ? piece + kPiece : end;
  work->scan_work += static_cast<int64_t>(to - piece);
  ScanTyped(work, s->base, piece, to, s->large_type, s->large_mask);
}

}  // namespace

void MarkPointer(Work* work, uintptr_t p) {
  mem::Arena* arena = mem::ArenaOf(p);
  if (arena == nullptr) return;
  Span* s = arena->spans[(p >> mem::kPageShift) % mem::kPagesPerArena];
  if (s == nullptr) return;
  mem::SpanState state = s->state.LoadAcquire();
  if (GORT_LIKELY(state == mem::SpanState::kInUse && p >= s->base && p < s->end())) {
    MarkIn(work, s, p);
  } else if (state != mem::SpanState::kManual && debug_vars.invalidptr != 0) {
    BadPointer(s, p);
  }
}

void MarkConservatively(Work* work, uintptr_t p) {
  Span* s = mem::FindSpan(p);
  if (s == nullptr || s->state.LoadAcquire() != mem::SpanState::kInUse) return;
  uint32_t i = s->IndexOf(p);
  if (i < s->nelems && !s->IsFree(i)) MarkIn(work, s, p);
}

void ScanWords(Work* work, uintptr_t base, const uint8_t* mask, uintptr_t n) {
  for (uintptr_t i = 0; i < n; i += 64) {
    uint64_t bits = mem::MaskWord(mask + i / 8, static_cast<uint32_t>(n - i < 64 ? n - i : 64));
    for (; bits != 0; bits &= bits - 1) {
      uintptr_t at = base + (i + static_cast<uintptr_t>(__builtin_ctzll(bits))) * abi::kWord;
      MarkPointer(work, *reinterpret_cast<uintptr_t*>(at));
    }
  }
}

void ScanObject(Work* work, uintptr_t object) {
  const Span* s = mem::SpanOfUnchecked(object);
  const uintptr_t size = s->elemsize;
  if (size > mem::kMaxSmallSize) return ScanLarge(work, s, object);
  work->scan_work += static_cast<int64_t>(size);
  if (size == abi::kWord) return MarkPointer(work, *reinterpret_cast<uintptr_t*>(object));
  if (size > mem::kMaxBitsSize) {
    uint64_t type_word = *mem::TypeWordOf(object);
    if (type_word != 0) ScanTyped(work, object, object, object + size, type_word, nullptr);
    return;
  }
  const uint64_t* word = mem::PointerBitsWord(object);
  uint32_t shift = static_cast<uint32_t>(object / abi::kWord % 64);
  uint32_t left = static_cast<uint32_t>(size / abi::kWord);
  for (uintptr_t at = object; left > 0;) {
    uint32_t count = 64 - shift < left ? 64 - shift : left;
    uint64_t bits = *word++ >> shift;
    if (count < 64) bits &= (uint64_t{1} << count) - 1;
    for (; bits != 0; bits &= bits - 1) {
      uintptr_t slot = at + static_cast<uintptr_t>(__builtin_ctzll(bits)) * abi::kWord;
      MarkPointer(work, *reinterpret_cast<uintptr_t*>(slot));
    }
    at += count * abi::kWord;
    left -= count;
    shift = 0;
  }
}

namespace {

bool ShouldStop(const Work* work, const DrainLimit& limit, int64_t work_at_start) {
  if (limit.yields) {
    const P* p = sched::CurrentM()->p;
    if (sched::scheduler.gc_waiting.LoadAcquire() != 0 ||
        __atomic_load_n(&p->runSafePointFn, __ATOMIC_ACQUIRE) != 0) {
      return true;
    }
    if (limit.idle && (sched::scheduler.runq_size.LoadRelaxed() != 0 || !sched::RunQueueEmpty(p))) {
      return true;  // relaxed: it is looked at again and again
    }
  }
  if (work->scan_work - work_at_start >= limit.work) return true;
  return limit.deadline != INT64_MAX && os::Nanotime() >= limit.deadline;
}

// Ps without anything to do may help.
void OfferWork(Work* work) {
  if (sched::scheduler.idle_p_count.LoadAcquire() != 0) {
    work->Share();
    if (work->published) sched::WakeP();
  } else if (mark_state.active.LoadRelaxed() < sched::gomaxprocs) {  // a hint
    work->Share();
  }
  work->published = false;
}

}  // namespace

bool Drain(Work* work, const DrainLimit& limit) {
  const int64_t work_at_start = work->scan_work;
  while (limit.roots && RunRootJob(work)) {
    if (ShouldStop(work, limit, work_at_start)) return false;
  }
  uintptr_t waiting[kAhead] = {};
  uint32_t at = 0;
  int idle = 0;
  int64_t looked_at = work->scan_work;
  for (uint32_t steps = 1; idle < kAhead; steps++) {
    uintptr_t next = work->Pop();
    if (next != 0) {
      __builtin_prefetch(reinterpret_cast<void*>(next));
      idle = 0;
    } else {
      idle++;  // the queue empties before there is nothing left
    }
    uintptr_t object = waiting[at % kAhead];
    waiting[at++ % kAhead] = next;
    if (object != 0) {
      idle = 0;
      ScanObject(work, object);
    }
    if (GORT_UNLIKELY(steps % kStepsBetweenLooks == 0 ||
                      work->scan_work - looked_at >= kWorkBetweenLooks)) {
      looked_at = work->scan_work;
      if (ShouldStop(work, limit, work_at_start)) {
        for (uintptr_t left : waiting) {
          if (left != 0) work->Push(left);
        }
        return false;
      }
      OfferWork(work);
    }
  }
  return true;
}

}  // namespace gort::gc
