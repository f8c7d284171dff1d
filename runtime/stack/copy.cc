// SPDX-License-Identifier: BSD-3-Clause
//
// Moving a stack: copy the bytes, then add the distance to every word that points into the old
// stack.
//
//   old            lo |........................| sp frames hi         delta = new.hi - old.hi
//   new   lo |.................................| sp frames hi
//
// Who can hold such a pointer, and no one else:
//   frames        what their maps call pointers, their stack objects, their saved frame pointers
//                 (Unwinder, MapsOf)
//   defer records fn (a closure in a frame), sp, _panic, link, fd, varp; argument blocks of records
//   whose call has not
//                 begun (DeferFrames). Records in frames have been copied with them, heap records
//                 are changed in place.
//   g             _defer, _panic, sched.ctxt, sched.bp, stktopsp
//   sudogs        elem: the word that a channel operation reads or writes. Another goroutine may
//                 use it meanwhile, so when g is parked on channels their locks are held while elem
//                 and the words it can point to are moved, and words there are changed by compare
//                 and swap.
//
// A panic record lives in the frame of gopanic and is moved with it.
//
// A frame that a panic has passed for good (continpc 0) is not touched: nothing reads it again.
//
// Before: runtime/stack/alloc.cc   After: runtime/stack/grow.cc
#include <string.h>

#include <type_traits>

#include "arch/arch.h"
#include "runtime/base/check.h"
#include "runtime/base/debug_vars.h"
#include "runtime/base/lock.h"
#include "runtime/base/print.h"
#include "runtime/mem/pointer_bits.h"
#include "runtime/stack/poison.h"
#include "runtime/stack/stack.h"
#include "runtime/unwind/unwinder.h"

namespace gort::stack {
namespace {

// Addresses below it are never those of objects; one in a pointer slot means that a map is wrong.
constexpr uintptr_t kMinPointer = 4096;

class Mover {
 public:
  Mover(abi::Stack from, abi::Stack to)
      : lo_(from.lo), size_(from.size()), delta_(to.hi - from.hi) {}

  uintptr_t delta() const { return delta_; }
  bool Covers(uintptr_t p) const { return p - lo_ < size_; }

  template <typename T>
  void Adjust(T* slot) const {
    static_assert(std::is_pointer_v<T> || std::is_same_v<T, uintptr_t>);
    uintptr_t* word = reinterpret_cast<uintptr_t*>(slot);
    if (Covers(*word)) *word += delta_;
  }

  // The words from `base` whose bit is set; `first` is the first 64 of them. checked: of a live
  // frame, so every word is nil or a pointer.
  void AdjustWords(uintptr_t base, abi::bitvector map, uint64_t first,
                   const unwind::Frame* checked) const {
    AdjustBits(base, first, checked);
    if (GORT_UNLIKELY(map.n > 64)) AdjustRest(base, map, checked);
  }

  void AdjustFrame(const unwind::Frame& frame) const;
  void AdjustSudogs(G* g) const;
  void AdjustRecords(G* g) const;
  void set_shared_end(uintptr_t end) { shared_end_ = end; }

 private:
  void AdjustWord(uintptr_t* slot, const unwind::Frame* checked) const {
    const uintptr_t p = *slot;
    if (!Covers(p)) {
      if (GORT_UNLIKELY(p - 1 < kMinPointer - 1) && checked != nullptr)
        BadPointer(slot, p, *checked);
      return;
    }
    if (GORT_LIKELY(reinterpret_cast<uintptr_t>(slot) >= shared_end_)) {
      *slot = p + delta_;
      return;
    }
    // A sender may store into a receive slot at the same time. What it stores never points into a
    // stack.
    uintptr_t expected = p;
    reinterpret_cast<Atomic<uintptr_t>*>(slot)->CasAcqRel(&expected, p + delta_);
  }
  void AdjustBits(uintptr_t base, uint64_t bits, const unwind::Frame* checked) const {
    for (; bits != 0; bits &= bits - 1)
      AdjustWord(reinterpret_cast<uintptr_t*>(base) + __builtin_ctzll(bits), checked);
  }
  void AdjustRest(uintptr_t base, abi::bitvector map, const unwind::Frame* checked) const;
  void AdjustObjects(const unwind::Frame& frame, const unwind::FrameMaps& maps) const;
  void AdjustObject(uintptr_t base, const abi::_type* type) const;
  static void BadPointer(const uintptr_t* slot, uintptr_t p, const unwind::Frame& frame);

  uintptr_t lo_;
  uintptr_t size_;
  uintptr_t delta_;
  uintptr_t shared_end_ =
      0;  // words of the new stack below it may be used by channel operations now
};

void Mover::BadPointer(const uintptr_t* slot, uintptr_t p, const unwind::Frame& frame) {
  if (debug_vars.invalidptr == 0) return;
  Print("runtime: bad pointer in frame ", unwind::FuncName(frame.func), " at ",
        Hex{reinterpret_cast<uintptr_t>(slot)}, ": ", Hex{p}, "\n");
  Throw("invalid pointer found on stack");
}

void Mover::AdjustRest(uintptr_t base, abi::bitvector map, const unwind::Frame* checked) const {
  for (int32_t i = 64; i < map.n; i += 64) {
    AdjustBits(base + i * abi::kWord,
               mem::MaskWord(map.bytedata + i / 8, map.n - i >= 64 ? 64 : map.n - i), checked);
  }
}

void Mover::AdjustObject(uintptr_t base, const abi::_type* type) const {
  const uint8_t* mask = type->gcdata;
  if (GORT_UNLIKELY((type->kind & abi::kKindGCProg) != 0)) mask = mem::ExpandedMask(type);
  const abi::bitvector map = {static_cast<int32_t>(type->ptrdata / abi::kWord),
                              const_cast<uint8_t*>(mask)};
  AdjustWords(base, map, mem::MaskWord(mask, map.n >= 64 ? 64 : map.n), nullptr);
}

GORT_ALWAYS_INLINE void Mover::AdjustFrame(const unwind::Frame& frame) const {
  if (GORT_UNLIKELY(frame.continpc == 0)) return;
  const unwind::FrameMaps maps = unwind::MapsOf(frame);
  // On cpus that keep it there: the word between the locals and the return pc.
  if (arch::kReturnPcOnStack && frame.argp - frame.varp == 2 * abi::kWord) {
    Adjust(reinterpret_cast<uintptr_t*>(frame.varp));
  }
  if (maps.locals.n > 0) {
    AdjustWords(frame.varp - static_cast<uintptr_t>(maps.locals.n) * abi::kWord, maps.locals,
                maps.locals_word, &frame);
  }
  if (maps.args.n > 0) AdjustWords(frame.argp, maps.args, maps.args_word, nullptr);
  if (GORT_UNLIKELY(maps.object_count > 0)) AdjustObjects(frame, maps);
}

GORT_NOINLINE void Mover::AdjustObjects(const unwind::Frame& frame,
                                        const unwind::FrameMaps& maps) const {
  for (intptr_t i = 0; i < maps.object_count; ++i) {
    const abi::stackObjectRecord& object = maps.objects[i];
    const uintptr_t base = (object.off < 0 ? frame.varp : frame.argp) + object.off;
    if (base >= frame.sp) AdjustObject(base, object.typ);  // else: the frame does not exist yet
  }
}

void Mover::AdjustSudogs(G* g) const {
  for (abi::sudog* s = g->waiting; s != nullptr; s = s->waitlink) Adjust(&s->elem);
}

// The list and the records' own words. Links lead to records on the new stack once they are
// adjusted.
void Mover::AdjustRecords(G* g) const {
  Adjust(&g->_defer);
  for (abi::_defer* d = g->_defer; d != nullptr; d = d->link) {
    Adjust(&d->fn);
    Adjust(&d->sp);
    Adjust(&d->_panic);
    Adjust(&d->link);
    Adjust(&d->fd);
    Adjust(&d->varp);
  }
  Adjust(&g->_panic);
}

// The highest word of the stack that a channel operation on behalf of g may use.
uintptr_t EndOfSharedPart(const G* g) {
  uintptr_t end = 0;
  for (const abi::sudog* s = g->waiting; s != nullptr; s = s->waitlink) {
    const uintptr_t elem_end = reinterpret_cast<uintptr_t>(s->elem) + s->c->elemsize;
    if (g->stack.Contains(elem_end) && elem_end > end) end = elem_end;
  }
  return end;
}

// Adjusts the sudogs and copies the part of the stack that channel operations may use, while none
// can run. Returns the end of that part in the old stack, 0 if there is none.
uintptr_t MoveSharedPart(G* g, const Mover& mover) {
  const uintptr_t end = EndOfSharedPart(g);
  // g->waiting is in the order in which the locks were taken.
  const abi::hchan* last = nullptr;
  for (abi::sudog* s = g->waiting; s != nullptr; s = s->waitlink) {
    if (s->c != last) LockWord(&s->c->lock, LockRank::kUnranked);
    last = s->c;
  }
  mover.AdjustSudogs(g);
  if (end != 0) {
    memcpy(reinterpret_cast<void*>(g->sched.sp + mover.delta()),
           reinterpret_cast<void*>(g->sched.sp), end - g->sched.sp);
  }
  last = nullptr;
  for (abi::sudog* s = g->waiting; s != nullptr; s = s->waitlink) {
    if (s->c != last) UnlockWord(&s->c->lock, LockRank::kUnranked);
    last = s->c;
  }
  return end;
}

}  // namespace

void Copy(G* g, uintptr_t size) {
  GORT_CHECK(g->syscallsp == 0, "stack growth not allowed in system call");
  const abi::Stack old = g->stack;
  GORT_CHECK(old.lo != 0, "nil stackbase");
  const abi::Stack fresh = Alloc(size);
  Mover mover(old, fresh);

  uintptr_t from = g->sched.sp;
  if (g->waiting == nullptr || g->activeStackChans.LoadRelaxed() == 0) {
    mover.AdjustSudogs(g);
  } else {
    const uintptr_t end = MoveSharedPart(g, mover);
    if (end != 0) {
      from = end;
      mover.set_shared_end(end + mover.delta());
    }
  }
  memcpy(reinterpret_cast<void*>(from + mover.delta()), reinterpret_cast<void*>(from),
         old.hi - from);
  if (GORT_UNLIKELY(debug_vars.gortpoison != 0)) {
    memset(reinterpret_cast<void*>(fresh.lo), kPoisonUnused,
           g->sched.sp + mover.delta() - fresh.lo);
  }

  // The unwinder reads g, records and closures, so these come before the frames.
  mover.Adjust(&g->sched.ctxt);
  mover.Adjust(&g->sched.bp);
  mover.AdjustRecords(g);
  g->stack = fresh;
  g->sched.sp += mover.delta();
  g->stktopsp += mover.delta();
  ResetGuard(g);
  for (unwind::DeferFrames pending(g); pending.valid(); pending.Next())
    mover.AdjustFrame(pending.frame());
  for (unwind::Unwinder walk(g); walk.valid(); walk.Next()) mover.AdjustFrame(walk.frame());

  Free(old);
}

void Shrink(G* g) {
  GORT_CHECK(g->stack.lo != 0, "missing stack in shrinkstack");
  GORT_CHECK(g->syscallsp == 0 && !g->asyncSafePoint && g->parkingOnChan.LoadAcquire() == 0,
             "shrinkstack at bad time");
  if (debug_vars.gcshrinkstackoff > 0) return;
  const uintptr_t size = g->stack.size() / 2;
  if (size < abi::kStackMin) return;
  if (g->stack.hi - g->sched.sp + abi::kStackLimit >= g->stack.size() / 4) return;
  Copy(g, size);
}

}  // namespace gort::stack
