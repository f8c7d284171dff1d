// SPDX-License-Identifier: BSD-3-Clause
//
// Values to interfaces, interfaces to interfaces, assertions: what ends without lock or panic.
//
//   convT*       small integers point into a static table, zero strings and slices to zeros; others
//                need a heap copy, whose memory mostly is in the P's cache
//   convI2I      the interface grows or shrinks its method set: another itab for the same data word
//   assertE2I    x.(I): the itab of (I, dynamic type) must exist; assertE2I2 is the `v, ok` form
//
// Before: runtime/lang/itab.cc   After: runtime/lang/iface.cc
#include "arch/leaf.h"
#include "runtime/lang/itab.h"
#include "runtime/lang/map_zero.h"
#include "runtime/lang/string.h"
#include "runtime/lang/typed_memory.h"
#include "runtime/mem/malloc_inl.h"

namespace gort::lang {
namespace {

enum class Found : uint8_t { kNo, kYes, kUnknown };

// The interface of type `inter` with the data of one whose dynamic type is t.
GORT_ALWAYS_INLINE Found Assert(const abi::interfacetype* inter, const abi::_type* t, void* data,
                                abi::iface* out) {
  if (t == nullptr) return Found::kNo;
  abi::itab* tab = FindItab(inter, t);
  if (tab == nullptr) return Found::kUnknown;
  if (tab->fun[0] == 0) return Found::kNo;
  *out = {tab, data};
  return Found::kYes;
}

GORT_ALWAYS_INLINE const abi::_type* TypeOfTab(const abi::itab* tab) {
  return tab == nullptr ? nullptr : tab->type;
}

// A heap copy of a value without pointers; nullptr: the cache has no block.
template <typename T>
GORT_ALWAYS_INLINE void* BoxPlain(T value) {
  const uintptr_t box = mem::FastMalloc(sizeof(T), nullptr, false);
  if (GORT_LIKELY(box != 0)) *reinterpret_cast<T*>(box) = value;
  return reinterpret_cast<void*>(box);
}

// The same for a value of any type; nullptr also when the copied pointers need the write barrier: a
// block that is made while the collector marks is not looked into.
GORT_NOINLINE void* Box(const abi::_type* t, const void* value) {
  if (NeedsBarrier(t)) return nullptr;
  const uintptr_t box = mem::FastMalloc(t->size, t, t->has_pointers());
  if (GORT_LIKELY(box != 0)) CopyValue(reinterpret_cast<void*>(box), value, t->size);
  return reinterpret_cast<void*>(box);
}

}  // namespace

// ---- Entered from Go ----

GORT_LEAF(convT16) {
  void* box = a.val < 256 ? ByteWord(static_cast<uint8_t>(a.val)) : BoxPlain(a.val);
  if (box == nullptr) GORT_TAIL(convT16_slow);
  a.ret = box;
}
GORT_LEAF(convT32) {
  void* box = a.val < 256 ? ByteWord(static_cast<uint8_t>(a.val)) : BoxPlain(a.val);
  if (box == nullptr) GORT_TAIL(convT32_slow);
  a.ret = box;
}
GORT_LEAF(convT64) {
  void* box = a.val < 256 ? ByteWord(static_cast<uint8_t>(a.val)) : BoxPlain(a.val);
  if (box == nullptr) GORT_TAIL(convT64_slow);
  a.ret = box;
}
GORT_LEAF(convTstring) {
  void* box = a.val.len == 0 ? ZeroValue() : Box(abi::TypeOf(roots->stringPtr), &a.val);
  if (box == nullptr) GORT_TAIL(convTstring_slow);
  a.ret = box;
}
GORT_LEAF(convTslice) {
  // Any slice type will do for the block: the collector asks only where its pointers are.
  void* box = a.val.array == nullptr ? ZeroValue() : Box(abi::TypeOf(roots->int32SlicePtr), &a.val);
  if (box == nullptr) GORT_TAIL(convTslice_slow);
  a.ret = box;
}

GORT_LEAF(convT2E) {
  void* box = Box(a.t, a.elem);
  if (box == nullptr) GORT_TAIL(convT2E_slow);
  a.ret = {a.t, box};
}
GORT_LEAF(convT2Enoptr) {
  void* box = Box(a.t, a.elem);
  if (box == nullptr) GORT_TAIL(convT2Enoptr_slow);
  a.ret = {a.t, box};
}
GORT_LEAF(convT2I) {
  void* box = Box(a.tab->type, a.elem);
  if (box == nullptr) GORT_TAIL(convT2I_slow);
  a.ret = {a.tab, box};
}
GORT_LEAF(convT2Inoptr) {
  void* box = Box(a.tab->type, a.elem);
  if (box == nullptr) GORT_TAIL(convT2Inoptr_slow);
  a.ret = {a.tab, box};
}

GORT_LEAF(convI2I) {
  if (a.i.tab == nullptr) {
    a.ret = {nullptr, nullptr};
  } else if (a.i.tab->inter == a.inter) {
    a.ret = a.i;
  } else if (Assert(a.inter, a.i.tab->type, a.i.data, &a.ret) != Found::kYes) {
    GORT_TAIL(convI2I_slow);
  }
}

GORT_LEAF(assertI2I) {
  if (a.i.tab != nullptr && a.i.tab->inter == a.inter) {
    a.ret = a.i;
  } else if (Assert(a.inter, TypeOfTab(a.i.tab), a.i.data, &a.ret) != Found::kYes) {
    GORT_TAIL(assertI2I_slow);
  }
}

GORT_LEAF(assertI2I2) {
  if (a.i.tab != nullptr && a.i.tab->inter == a.inter) {
    a.ret = a.i;
    a.ok = true;
    return;
  }
  const Found found = Assert(a.inter, TypeOfTab(a.i.tab), a.i.data, &a.ret);
  if (found == Found::kUnknown) GORT_TAIL(assertI2I2_slow);
  if (found == Found::kNo) a.ret = {nullptr, nullptr};
  a.ok = found == Found::kYes;
}

GORT_LEAF(assertE2I) {
  if (Assert(a.inter, a.e.type, a.e.data, &a.ret) != Found::kYes) GORT_TAIL(assertE2I_slow);
}

GORT_LEAF(assertE2I2) {
  const Found found = Assert(a.inter, a.e.type, a.e.data, &a.ret);
  if (found == Found::kUnknown) GORT_TAIL(assertE2I2_slow);
  if (found == Found::kNo) a.ret = {nullptr, nullptr};
  a.ok = found == Found::kYes;
}

}  // namespace gort::lang
