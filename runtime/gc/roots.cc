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
#include "runtime/gc/worker.h"
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

}  // namespace

// Of the worker that scans; stacks are scanned one at a time by each.
struct StackScratch {
  Scratch<StackObject> objects;
  Scratch<uintptr_t> pointers;  // into the stack, not followed yet
};

namespace {

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
    if (g_->stack.Contains(p)) {
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
    // Words may be dead, and lead to what was garbage when the frame still had a map.
    if (mark_state.verifying) return;
    for (uintptr_t at = from; at < to; at += abi::kWord) {
      uintptr_t p = *reinterpret_cast<uintptr_t*>(at);
      if (g_->stack.Contains(p)) {
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

// A stretch of variables.
struct Variables {
  uintptr_t base;
  uintptr_t words;
  const uint8_t* mask;  // made from the linker's program
};

// data and bss of each module; gc of 1.15 makes one module.
constexpr int kMaxVariables = 16;
constexpr uintptr_t kPieceWords = (32 << 10) / abi::kWord;
static_assert(kPieceWords % 64 == 0);  // a piece's mask begins with a byte
Variables variables[kMaxVariables];
int variables_count;

void AddVariables(uintptr_t from, uintptr_t to, const uint8_t* program) {
  if (from == to) return;
  GORT_CHECK(variables_count < kMaxVariables, "too many modules");
  auto* mask = static_cast<uint8_t*>(mem::PersistentAlloc((to - from) / abi::kWord / 8 + 16, 8));
  uintptr_t words = mem::RunGcProgram(program, mask);
  variables[variables_count++] = {from, words, mask};
}

// False: there are not that many pieces.
bool MarkPiece(Work* work, uintptr_t piece) {
  for (int i = 0; i < variables_count; i++) {
    const Variables& v = variables[i];
    uintptr_t pieces = (v.words + kPieceWords - 1) / kPieceWords;
    if (piece >= pieces) {
      piece -= pieces;
      continue;
    }
    uintptr_t first = piece * kPieceWords;
    uintptr_t n = v.words - first < kPieceWords ? v.words - first : kPieceWords;
    ScanWords(work, v.base + first * abi::kWord, v.mask + first / 8, n);
    return true;
  }
  return false;
}

uintptr_t PieceCount() {
  uintptr_t pieces = 0;
  for (int i = 0; i < variables_count; i++) {
    pieces += (variables[i].words + kPieceWords - 1) / kPieceWords;
  }
  return pieces;
}

// ---- Specials ----

void MarkSpecialsOf(Work* work, mem::Span* s) {
  for (mem::Special* special = s->specials; special != nullptr; special = special->next) {
    if (special->kind != mem::Special::kFinalizer) continue;
    MarkSpecial(work, s, *static_cast<FinalizerSpecial*>(special));
  }
}

// While the collector marks no span of objects is freed, so what is found in use stays so.
void MarkSpecialsOfArena(Work* work, mem::Arena* arena) {
  for (uint32_t w = 0; w < mem::kArenaPageWords; w++) {
    uint64_t bits = __atomic_load_n(&arena->finalizers[w], __ATOMIC_RELAXED);
    for (; bits != 0; bits &= bits - 1) {
      uint32_t page = w * 64 + static_cast<uint32_t>(__builtin_ctzll(bits));
      mem::Span* s = arena->spans[page];
      bool in_use = s != nullptr && s->state.LoadAcquire() == mem::SpanState::kInUse &&
                    s->base == arena->base + page * mem::kPageSize;
      if (!in_use) continue;
      mem::SpecialsGuard guard(s);
      MarkSpecialsOf(work, s);
      // The bit goes while the lock is held that an addition takes before it sets the bit.
      if (s->specials == nullptr) {
        __atomic_fetch_and(&arena->finalizers[w], ~(uint64_t{1} << (page % 64)), __ATOMIC_RELAXED);
      }
    }
  }
}

// ---- Tables ----

void MarkOne(void* pointer, void* work) {
  MarkPointer(static_cast<Work*>(work), reinterpret_cast<uintptr_t>(pointer));
}

void MarkSlot(void** slot, void* work) { MarkOne(*slot, work); }

void MarkTables(Work* work) {
  ForEachQueued(MarkOne, work);
  lang::ForEachReflectOffset(MarkSlot, work);
}

// A panic value on its way from C++ to Go. An M does not stop in between.
void MarkThreads(Work* work) {
  for (M* m = sched::AllMsHead(); m != nullptr; m = m->alllink) {
    MarkConservatively(work, reinterpret_cast<uintptr_t>(m->pending_panic.type));
    MarkConservatively(work, reinterpret_cast<uintptr_t>(m->pending_panic.data));
  }
}

void MarkTimers(Work* work, P* p) {
  LockWord(&p->timersLock, LockRank::kTimers);
  for (int32_t i = 0; i < p->timers_len; i++) MarkOne(p->timers[i].t, work);
  UnlockWord(&p->timersLock, LockRank::kTimers);
}

// ---- Goroutines ----

StackScratch* ScratchOf(Work* work) {
  if (work->scratch == nullptr) {
    work->scratch = static_cast<StackScratch*>(
        mem::PersistentAlloc(sizeof(StackScratch), alignof(StackScratch)));
  }
  return work->scratch;
}

// g's stack is the caller's. It is not moved while C++ works for g on some system stack, which
// holds addresses in it.
void ScanStack(Work* work, G* g) {
  if (g->stack.lo == 0) return;
  // When a collection first saw it wait: tracebacks tell minutes.
  uint32_t status = StatusOf(g);
  if ((status == abi::kGWaiting || status == abi::kGSyscall) && g->waitsince == 0) {
    g->waitsince = sched::Nanotime();
  }
  if (g->m == nullptr && g->lockedm == nullptr && g->syscallsp == 0 && !g->asyncSafePoint &&
      g->parkingOnChan.LoadAcquire() == 0) {
    stack::Shrink(g);
  }
  StackScanner(work, g, ScratchOf(work)).Run();
}

void ScanGoroutine(Work* work, G* g) {
  if (g == sched::CurrentM()->curg) return ScanStack(work, g);  // it has stopped the world
  bool stopped;
  if (!sched::Suspend(g, &stopped)) return;
  ScanStack(work, g);
  sched::Resume(g, stopped);
}

// ---- The list of roots ----

// Jobs by number: pieces of variables, Ps, then one for the tables. Arenas and goroutines are lists
// that only grow at the end (goroutines) or stay in order (arenas), taken one by one. What is added
// after the list was made has nothing to be looked at: a new goroutine begins with what its maker
// has shaded, a new object is black.
struct RootList {
  uintptr_t pieces;
  uintptr_t ps;
  uintptr_t jobs;
  Atomic<uintptr_t> next_job;
  Atomic<mem::Arena*> next_arena;
  Atomic<G*> next_g;
  G* last_g;
};
RootList list;

bool RunNumbered(Work* work) {
  if (list.next_job.LoadRelaxed() >= list.jobs) return false;  // it only grows
  uintptr_t job = list.next_job.FetchAddAcqRel(1);
  if (job >= list.jobs) return false;
  if (job < list.pieces) {
    MarkPiece(work, job);
  } else if (job - list.pieces < list.ps) {
    MarkTimers(work, sched::all_ps[job - list.pieces]);
  } else {
    MarkTables(work);
  }
  return true;
}

bool RunArena(Work* work) {
  mem::Arena* arena = list.next_arena.LoadAcquire();
  do {
    if (arena == nullptr) return false;
  } while (!list.next_arena.CasAcqRel(&arena, mem::page_heap::NextArena(arena)));
  MarkSpecialsOfArena(work, arena);
  return true;
}

bool RunGoroutine(Work* work) {
  G* g = list.next_g.LoadAcquire();
  do {
    if (g == nullptr) return false;
  } while (!list.next_g.CasAcqRel(
      &g, g == list.last_g ? nullptr : __atomic_load_n(&g->alllink, __ATOMIC_ACQUIRE)));
  ScanGoroutine(work, g);
  return true;
}

}  // namespace

void ExpandVariableMasks() {
  for (abi::moduledata* m = roots->firstmoduledata; m != nullptr; m = m->next) {
    AddVariables(m->data, m->edata, m->gcdata);
    AddVariables(m->bss, m->ebss, m->gcbss);
  }
}

void PrepareRoots() {
  list.pieces = PieceCount();
  list.ps = static_cast<uintptr_t>(sched::all_ps_count);
  list.jobs = list.pieces + list.ps + 1;
  list.next_job.StoreRelaxed(0);  // world stopped
  list.next_arena.StoreRelaxed(mem::page_heap::NextArena(nullptr));
  list.next_g.StoreRelaxed(sched::AllGsHead());
  list.last_g = sched::AllGsTail();
  MarkThreads(WorkOf(sched::CurrentM()->p));
}

bool RootsLeft() {
  return list.next_job.LoadSeqCst() < list.jobs || list.next_arena.LoadSeqCst() != nullptr ||
         list.next_g.LoadSeqCst() != nullptr;
}

void MarkLastRoots(Work* work) { sched::ForEachProfileLabel(MarkOne, work); }

bool RunRootJob(Work* work) { return RunNumbered(work) || RunArena(work) || RunGoroutine(work); }

void MarkSpecial(Work* work, mem::Span* s, const FinalizerSpecial& special) {
  uintptr_t object = s->base + s->IndexOf(s->base + special.offset) * s->elemsize;
  if (!s->noscan()) ScanObject(work, object);
  MarkPointer(work, reinterpret_cast<uintptr_t>(special.call.fn));
  MarkPointer(work, reinterpret_cast<uintptr_t>(special.call.interface_word));
}

}  // namespace gort::gc
