// SPDX-License-Identifier: BSD-3-Clause
//
// Finding the roots.
//
// A stack is scanned in two steps. The frames' maps give the pointers that are live in them. Some
// of these point into the stack itself, to variables whose address was taken: stack objects. A
// stack object is alive only if a live pointer leads to it, so it is scanned, by its type, when one
// does; its own pointers can lead to further ones.
//
// A frame that a signal stopped between safe points has no map for that place: it and its arguments
// are scanned conservatively. It is the frame that asyncPreempt's frame, which holds the registers,
// returns to.
//
// Before: runtime/gc/roots.h   After: runtime/gc/sweep.h
#include "runtime/gc/roots.h"

#include <cstdlib>

#include "runtime/abi/roots.h"
#include "runtime/base/check.h"
#include "runtime/gc/finalizer.h"
#include "runtime/gc/mark.h"
#include "runtime/lang/type.h"  // upward: types made by reflect are roots
#include "runtime/mem/malloc.h"
#include "runtime/mem/page_heap.h"
#include "runtime/mem/pointer_bits.h"
#include "runtime/panic/defer.h"  // upward: defer records are roots
#include "runtime/sched/cpu_profile.h"
#include "runtime/sched/scheduler.h"
#include "runtime/stack/stack.h"
#include "runtime/unwind/unwinder.h"

namespace gort::gc {
namespace {

// An array off the heap that keeps its memory: one collection after another fills it.
template <typename T>
class Scratch {
 public:
  void Clear() { size_ = 0; }
  intptr_t size() const { return size_; }
  T& operator[](intptr_t i) { return items_[i]; }
  T TakeLast() { return items_[--size_]; }
  void Add(const T& item) {
    if (size_ == capacity_) Grow();
    items_[size_++] = item;
  }

 private:
  void Grow() {
    capacity_ = capacity_ == 0 ? 256 : 2 * capacity_;
    items_ = static_cast<T*>(std::realloc(items_, sizeof(T) * static_cast<size_t>(capacity_)));
    GORT_CHECK(items_ != nullptr, "out of memory");
  }
  T* items_ = nullptr;
  intptr_t size_ = 0;
  intptr_t capacity_ = 0;
};

// A variable in a frame whose address was taken.
struct StackObject {
  uintptr_t base;
  const abi::_type* type;  // nullptr: has been scanned
};

// Of the worker that scans; stacks are scanned one at a time by each.
struct StackScratch {
  Scratch<StackObject> objects;
  Scratch<uintptr_t> pointers;  // into the stack, not followed yet
};

class StackScanner {
 public:
  StackScanner(Work* work, G* g, StackScratch* scratch) : work_(work), g_(g), scratch_(scratch) {
    scratch_->objects.Clear();
    scratch_->pointers.Clear();
  }

  void Run() {
    Mark(reinterpret_cast<uintptr_t>(g_->sched.ctxt));
    for (unwind::Unwinder walk(g_); walk.valid(); walk.Next()) ScanFrame(walk.frame());
    for (unwind::DeferFrames pending(g_); pending.valid(); pending.Next()) {
      ScanMaps(pending.frame());
    }
    ScanRecords();
    FollowStackPointers();
  }

 private:
  // A word that may point to the heap or into this stack.
  void Mark(uintptr_t p) {
    if (p - g_->stack.lo < g_->stack.size()) {
      scratch_->pointers.Add(p);
    } else {
      MarkPointer(work_, p);
    }
  }

  void MarkWords(uintptr_t base, const abi::bitvector& map) {
    for (int32_t i = 0; i < map.n; i += 64) {
      uint32_t n = static_cast<uint32_t>(map.n - i < 64 ? map.n - i : 64);
      uint64_t bits = mem::MaskWord(map.bytedata + i / 8, n);
      for (; bits != 0; bits &= bits - 1) {
        uintptr_t word = static_cast<uintptr_t>(i) + static_cast<uintptr_t>(__builtin_ctzll(bits));
        Mark(reinterpret_cast<uintptr_t*>(base)[word]);
      }
    }
  }

  void MarkAnyWords(uintptr_t from, uintptr_t to) {
    for (uintptr_t at = from; at < to; at += abi::kWord) {
      uintptr_t p = *reinterpret_cast<uintptr_t*>(at);
      if (p - g_->stack.lo < g_->stack.size()) {
        scratch_->pointers.Add(p);
      } else {
        MarkConservatively(work_, p);
      }
    }
  }

  void ScanFrame(const unwind::Frame& frame) {
    if (frame.continpc == 0) return;  // a panic has passed it for good
    bool registers = frame.func_id == abi::kFuncAsyncPreempt;
    if (registers || next_has_no_map_) {
      if (frame.varp > frame.sp) MarkAnyWords(frame.sp, frame.varp);
      if (frame.arglen > 0) MarkAnyWords(frame.argp, frame.argp + frame.arglen);
      next_has_no_map_ = registers;
      return;
    }
    ScanMaps(frame);
  }

  void ScanMaps(const unwind::Frame& frame) {
    if (frame.continpc == 0) return;
    unwind::FrameMaps maps = unwind::MapsOf(frame);
    if (maps.locals.n > 0) {
      MarkWords(frame.varp - static_cast<uintptr_t>(maps.locals.n) * abi::kWord, maps.locals);
    }
    if (maps.args.n > 0) MarkWords(frame.argp, maps.args);
    for (intptr_t i = 0; i < maps.object_count; i++) {
      const abi::stackObjectRecord& object = maps.objects[i];
      uintptr_t base = object.off < 0 ? frame.varp : frame.argp;
      base += static_cast<uintptr_t>(object.off);
      if (base >= frame.sp) scratch_->objects.Add({base, object.typ});
    }
  }

  // Deferred calls that are pending, and panics in progress.
  void ScanRecords() {
    for (abi::_defer* d = g_->_defer; d != nullptr; d = d->link) {
      Mark(reinterpret_cast<uintptr_t>(d));
      Mark(reinterpret_cast<uintptr_t>(d->fn));
    }
    Mark(reinterpret_cast<uintptr_t>(g_->_defer));
    for (abi::_panic* p = g_->_panic; p != nullptr; p = p->link) {
      Mark(reinterpret_cast<uintptr_t>(p->arg.type));
      Mark(reinterpret_cast<uintptr_t>(p->arg.data));
      Mark(reinterpret_cast<uintptr_t>(p));
    }
    for (abi::sudog* s = g_->waiting; s != nullptr; s = s->waitlink) {
      Mark(reinterpret_cast<uintptr_t>(s->elem));
      Mark(reinterpret_cast<uintptr_t>(s->c));
    }
    Mark(reinterpret_cast<uintptr_t>(g_->labels));
  }

  // Frames are visited from the lowest address up, objects of a frame in the order of their
  // offsets, except that those in the argument area come after those of the locals: nearly sorted,
  // so insertion is quick.
  void SortObjects() {
    Scratch<StackObject>& objects = scratch_->objects;
    for (intptr_t i = 1; i < objects.size(); i++) {
      StackObject object = objects[i];
      intptr_t j = i;
      for (; j > 0 && objects[j - 1].base > object.base; j--) objects[j] = objects[j - 1];
      objects[j] = object;
    }
  }

  StackObject* ObjectAt(uintptr_t p) {
    Scratch<StackObject>& objects = scratch_->objects;
    intptr_t low = 0, high = objects.size();  // objects before low begin at or below p
    while (low < high) {
      intptr_t middle = low + (high - low) / 2;
      if (objects[middle].base <= p) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == 0) return nullptr;
    StackObject* object = &objects[low - 1];
    if (object->type == nullptr || p - object->base >= object->type->size) return nullptr;
    return object;
  }

  void FollowStackPointers() {
    if (scratch_->objects.size() == 0) return;
    SortObjects();
    while (scratch_->pointers.size() > 0) {
      StackObject* object = ObjectAt(scratch_->pointers.TakeLast());
      if (object == nullptr) continue;
      const abi::_type* type = object->type;
      object->type = nullptr;
      const uint8_t* mask =
          (type->kind & abi::kKindGCProg) != 0 ? mem::ExpandedMask(type) : type->gcdata;
      MarkWords(object->base,
                {static_cast<int32_t>(type->ptrdata / abi::kWord), const_cast<uint8_t*>(mask)});
    }
  }

  Work* work_;
  G* g_;
  StackScratch* scratch_;
  bool next_has_no_map_ = false;
};

// ---- Variables ----

// Masks of a module's data and bss, made from the linker's programs at the first collection.
void MarkVariables(Work* work, abi::moduledata* m) {
  auto mask_of = [](abi::bitvector* mask, const uint8_t* program, uintptr_t bytes) {
    if (mask->bytedata != nullptr || bytes == 0) return;
    uintptr_t words = bytes / abi::kWord;
    mask->bytedata = static_cast<uint8_t*>(mem::PersistentAlloc(words / 8 + 16, 8));
    mask->n = static_cast<int32_t>(mem::RunGcProgram(program, mask->bytedata));
  };
  mask_of(&m->gcdatamask, m->gcdata, m->edata - m->data);
  mask_of(&m->gcbssmask, m->gcbss, m->ebss - m->bss);
  ScanWords(work, m->data, m->gcdatamask.bytedata, static_cast<uintptr_t>(m->gcdatamask.n));
  ScanWords(work, m->bss, m->gcbssmask.bytedata, static_cast<uintptr_t>(m->gcbssmask.n));
}

// ---- Specials ----

// What the finalizer is going to see must stay, but the object itself is what is being watched.
void MarkSpecials(mem::Span* s, void* arg) {
  auto* work = static_cast<Work*>(arg);
  if (s->specials == nullptr || s->state.LoadRelaxed() != mem::SpanState::kInUse) return;
  LockWord(&s->specials_lock, LockRank::kSpecials);
  for (mem::Special* special = s->specials; special != nullptr; special = special->next) {
    if (special->kind != mem::Special::kFinalizer) continue;
    auto* finalizer = static_cast<FinalizerSpecial*>(special);
    uintptr_t object = s->base + s->IndexOf(s->base + special->offset) * s->elemsize;
    if (!s->noscan()) ScanObject(work, object);
    MarkPointer(work, reinterpret_cast<uintptr_t>(finalizer->call.fn));
    MarkPointer(work, reinterpret_cast<uintptr_t>(finalizer->call.interface_word));
  }
  UnlockWord(&s->specials_lock, LockRank::kSpecials);
}

void MarkOne(void* pointer, void* work) {
  MarkPointer(static_cast<Work*>(work), reinterpret_cast<uintptr_t>(pointer));
}

void MarkSlot(void** slot, void* work) { MarkOne(*slot, work); }

void MarkProcessor(Work* work, P* p) {
  for (abi::DeferPool& pool : p->deferpool) MarkOne(pool.head, work);
  for (int32_t i = 0; i < p->timers_len; i++) MarkOne(p->timers[i].t, work);
}

StackScratch scratch;

}  // namespace

void MarkRoots(Work* work) {
  for (abi::moduledata* m = roots->firstmoduledata; m != nullptr; m = m->next) {
    MarkVariables(work, m);
  }
  for (int32_t i = 0; i < sched::all_ps_count; i++) MarkProcessor(work, sched::all_ps[i]);
  for (M* m = sched::AllMsHead(); m != nullptr; m = m->alllink) {
    MarkOne(m->pending_panic.type, work);
    MarkOne(m->pending_panic.data, work);
  }
  ForEachQueued(MarkOne, work);
  sched::ForEachProfileLabel(MarkOne, work);
  mem::page_heap::ForEachSpan(MarkSpecials, work);
  lang::ForEachReflectOffset(MarkSlot, work);
}

void ScanStack(Work* work, G* g) {
  uint32_t status = sched::ReadStatus(g) & ~abi::kGScan;
  if (status == abi::kGDead || status == abi::kGIdle || g->stack.lo == 0) return;
  // When a collection first saw it wait: tracebacks tell minutes.
  if ((status == abi::kGWaiting || status == abi::kGSyscall) && g->waitsince == 0)
    g->waitsince = sched::Nanotime();
  bool parked = status == abi::kGRunnable || status == abi::kGWaiting || status == abi::kGPreempted;
  if (parked && g->syscallsp == 0 && !g->asyncSafePoint && g->parkingOnChan.LoadAcquire() == 0 &&
      g->lockedm == nullptr) {
    stack::Shrink(g);
  }
  StackScanner(work, g, &scratch).Run();
}

}  // namespace gort::gc
