// SPDX-License-Identifier: BSD-3-Clause
//
// WalkStack: the work list of Equal and Hash. Go values nest without bound (a list of structs
// linked through interface fields), so the walk keeps its own stack: 32 entries in the frame, more
// from the system.
//
// An entry is an aggregate that is being walked and how far: the next field of a struct, the next
// element of an array. It is popped before its last part is visited, so lists linked by the last
// field need one entry, however long.
//
// Before: runtime/lang/value_inl.h   After: runtime/lang/equal.cc
#ifndef GORT_RUNTIME_LANG_WALK_H_
#define GORT_RUNTIME_LANG_WALK_H_

#include <cstring>

#include "runtime/abi/type.h"
#include "runtime/lang/value_inl.h"
#include "runtime/mem/malloc.h"

namespace gort::lang {

struct WalkEntry {
  const abi::_type* type;
  const uint8_t* p;
  const uint8_t* q;  // Equal only
  uintptr_t next;
};

class WalkStack {
 public:
  WalkStack() : entries_(first_) {}
  ~WalkStack() {
    if (entries_ != first_) mem::SysFree(entries_, capacity_ * sizeof(WalkEntry));
  }
  WalkStack(const WalkStack&) = delete;
  WalkStack& operator=(const WalkStack&) = delete;

  bool empty() const { return size_ == 0; }
  WalkEntry& top() { return entries_[size_ - 1]; }
  void Pop() { size_--; }
  void Push(const abi::_type* t, const void* p, const void* q) {
    if (size_ == capacity_) Grow();
    entries_[size_++] = {t, static_cast<const uint8_t*>(p), static_cast<const uint8_t*>(q), 0};
  }

 private:
  void Grow() {
    const uintptr_t capacity = capacity_ < 512 ? 512 : capacity_ * 2;
    auto* entries = static_cast<WalkEntry*>(mem::SysAlloc(capacity * sizeof(WalkEntry)));
    memcpy(entries, entries_, size_ * sizeof(WalkEntry));
    if (entries_ != first_) mem::SysFree(entries_, capacity_ * sizeof(WalkEntry));
    entries_ = entries;
    capacity_ = capacity;
  }

  static constexpr uintptr_t kInFrame = 32;
  uintptr_t size_ = 0;
  uintptr_t capacity_ = kInFrame;
  WalkEntry* entries_;
  WalkEntry first_[kInFrame];
};

// A part of an aggregate: its type and its offset. type == nullptr: there is none left.
struct Part {
  const abi::_type* type;
  uintptr_t offset;
  bool last;
};

// The part that entry e comes to next, and moves e behind it. Fields named _ take no part in
// equality.
inline Part NextPart(WalkEntry* e) {
  if (e->type->kind_() == abi::kArray) {
    auto* array = reinterpret_cast<const abi::arraytype*>(e->type);
    const uintptr_t i = e->next++;
    if (i >= array->len) return {nullptr, 0, true};
    return {array->elem, i * array->elem->size, i + 1 == array->len};
  }
  auto* fields = &reinterpret_cast<const abi::structtype*>(e->type)->fields;
  const auto* field = static_cast<const abi::structfield*>(fields->array);
  while (e->next < static_cast<uintptr_t>(fields->len)) {
    const abi::structfield& f = field[e->next++];
    if (IsBlank(f.name)) continue;
    return {f.typ, f.offset(), e->next == static_cast<uintptr_t>(fields->len)};
  }
  return {nullptr, 0, true};
}

// What an interface value of static type t holds: dynamic type and data word.
struct Dynamic {
  abi::_type* type;
  void* const* word;
  const void* data() const { return type->direct_iface() ? static_cast<const void*>(word) : *word; }
};
inline Dynamic DynamicOf(const abi::_type* t, const void* p) {
  if (reinterpret_cast<const abi::interfacetype*>(t)->method_count() == 0) {
    auto* e = static_cast<const abi::eface*>(p);
    return {e->type, &e->data};
  }
  auto* i = static_cast<const abi::iface*>(p);
  return {i->tab == nullptr ? nullptr : i->tab->type, &i->data};
}

}  // namespace gort::lang

#endif  // GORT_RUNTIME_LANG_WALK_H_
