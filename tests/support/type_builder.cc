// SPDX-License-Identifier: BSD-3-Clause
//
// Before: tests/support/type_builder.h   After: tests/unit/lang/map_test.cc
#include "tests/support/type_builder.h"

#include <cstdlib>
#include <cstring>

#include "runtime/abi/chan.h"
#include "runtime/abi/map.h"

namespace gort::testing_support {
namespace {

constexpr uintptr_t kBlockSize = 1 << 20;

// Descriptors say "comparable" by a closure, which C++ never calls.
abi::funcval comparable_function = {1};

uintptr_t RoundUp(uintptr_t n, uintptr_t align) { return (n + align - 1) & ~(align - 1); }

}  // namespace

TypeBuilder::TypeBuilder() : block_(new uint8_t[kBlockSize]()) {
  module_.types = reinterpret_cast<uintptr_t>(block_.get());
  module_.etypes = module_.types + kBlockSize;
}

void* TypeBuilder::Take(uintptr_t size) {
  void* p = block_.get() + used_;
  used_ += RoundUp(size, 16);
  if (used_ > kBlockSize) abort();
  return p;
}

abi::name TypeBuilder::Name(const std::string& text, bool exported) {
  auto* p = static_cast<uint8_t*>(Take(text.size() + 3));
  p[0] = exported ? 1 : 0;
  p[1] = static_cast<uint8_t>(text.size() >> 8);
  p[2] = static_cast<uint8_t>(text.size());
  memcpy(p + 3, text.data(), text.size());
  return {p};
}

void TypeBuilder::Describe(abi::_type* t, abi::Kind kind, uintptr_t size, uint8_t align,
                           const std::string& name) {
  t->size = size;
  t->kind = kind;
  t->align = t->fieldAlign = align;
  t->hash = next_hash_++ * 0x9e3779b1u;
  t->str = Offset(Name(name, true).bytes);
  t->equal = &comparable_function;
}

void TypeBuilder::SetPointers(abi::_type* t, const std::vector<bool>& words) {
  uintptr_t last = 0;
  auto* mask = static_cast<uint8_t*>(Take(words.size() / 8 + 1));
  for (uintptr_t i = 0; i < words.size(); i++) {
    if (!words[i]) continue;
    mask[i / 8] = static_cast<uint8_t>(mask[i / 8] | 1 << i % 8);
    last = i + 1;
  }
  t->gcdata = mask;
  t->ptrdata = last * abi::kWord;
}

std::vector<bool> TypeBuilder::PointersOf(const abi::_type* t) {
  std::vector<bool> words(RoundUp(t->size, abi::kWord) / abi::kWord);
  for (uintptr_t i = 0; i < t->ptrdata / abi::kWord; i++)
    words[i] = (t->gcdata[i / 8] >> i % 8 & 1) != 0;
  return words;
}

abi::_type* TypeBuilder::Plain(abi::Kind kind, uintptr_t size, const std::string& name) {
  auto* t = static_cast<abi::_type*>(Take(sizeof(abi::_type)));
  Describe(t, kind, size, static_cast<uint8_t>(size), name);
  t->tflag = abi::kTflagRegularMemory;
  return t;
}

abi::_type* TypeBuilder::Pointer(const std::string& name) {
  abi::_type* t = Plain(abi::kUnsafePointer, 8, name);
  t->kind |= abi::kKindDirectIface;
  SetPointers(t, {true});
  return t;
}

abi::_type* TypeBuilder::Float64() {
  abi::_type* t = Plain(abi::kFloat64, 8, "float64");
  t->tflag = 0;
  return t;
}

abi::_type* TypeBuilder::Float32() {
  abi::_type* t = Plain(abi::kFloat32, 4, "float32");
  t->tflag = 0;
  return t;
}

abi::_type* TypeBuilder::String() {
  auto* t = static_cast<abi::_type*>(Take(sizeof(abi::_type)));
  Describe(t, abi::kString, 16, 8, "string");
  SetPointers(t, {true, false});
  return t;
}

abi::_type* TypeBuilder::SliceOfInt() {
  auto* t = static_cast<abi::slicetype*>(Take(sizeof(abi::slicetype)));
  Describe(&t->typ, abi::kSlice, 24, 8, "[]int");
  t->typ.equal = nullptr;
  t->elem = Int();
  SetPointers(&t->typ, {true, false, false});
  return &t->typ;
}

abi::structtype* TypeBuilder::Struct(const std::string& name, const std::vector<Field>& fields) {
  auto* t = static_cast<abi::structtype*>(Take(sizeof(abi::structtype)));
  auto* out = static_cast<abi::structfield*>(Take(fields.size() * sizeof(abi::structfield)));
  uintptr_t offset = 0;
  uint8_t align = 1;
  bool plain = true, comparable = true;
  std::vector<bool> words;
  for (uintptr_t i = 0; i < fields.size(); i++) {
    abi::_type* field = fields[i].type;
    if (RoundUp(offset, field->align) != offset) plain = false;
    offset = RoundUp(offset, field->align);
    out[i] = {Name(fields[i].name, true), field, offset << 1};
    plain = plain && (field->tflag & abi::kTflagRegularMemory) != 0 && fields[i].name != "_";
    comparable = comparable && field->equal != nullptr;
    words.resize(RoundUp(offset + field->size, 8) / 8);
    const std::vector<bool> inner = PointersOf(field);
    for (uintptr_t k = 0; k < inner.size(); k++) {
      if (inner[k]) words[offset / 8 + k] = true;
    }
    offset += field->size;
    if (field->align > align) align = field->align;
  }
  const uintptr_t size = RoundUp(offset, align);
  Describe(&t->typ, abi::kStruct, size, align, name);
  if (plain && size == offset) t->typ.tflag = abi::kTflagRegularMemory;
  if (!comparable) t->typ.equal = nullptr;
  t->fields = {out, static_cast<intptr_t>(fields.size()), static_cast<intptr_t>(fields.size())};
  SetPointers(&t->typ, words);
  return t;
}

abi::arraytype* TypeBuilder::Array(abi::_type* elem, uintptr_t n) {
  auto* t = static_cast<abi::arraytype*>(Take(sizeof(abi::arraytype)));
  Describe(&t->typ, abi::kArray, n * elem->size, elem->align, "array");
  t->typ.tflag = elem->tflag & abi::kTflagRegularMemory;
  t->typ.equal = elem->equal;
  t->elem = elem;
  t->len = n;
  std::vector<bool> words(RoundUp(t->typ.size, 8) / 8);
  const std::vector<bool> inner = PointersOf(elem);
  for (uintptr_t i = 0; i < n; i++) {
    for (uintptr_t k = 0; k < inner.size(); k++) {
      if (inner[k]) words[i * elem->size / 8 + k] = true;
    }
  }
  SetPointers(&t->typ, words);
  return t;
}

abi::_type* TypeBuilder::EmptyInterface() { return &Interface("interface {}", {})->typ; }

abi::_type* TypeBuilder::FuncType() {
  if (func_type_ == nullptr) func_type_ = Plain(abi::kFunc, 8, "func()");
  return func_type_;
}

abi::interfacetype* TypeBuilder::Interface(const std::string& name,
                                           const std::vector<std::string>& methods) {
  auto* t = static_cast<abi::interfacetype*>(Take(sizeof(abi::interfacetype)));
  auto* list = static_cast<abi::imethod*>(Take(methods.size() * sizeof(abi::imethod) + 1));
  Describe(&t->typ, abi::kInterface, 16, 8, name);
  for (uintptr_t i = 0; i < methods.size(); i++) {
    const bool exported = methods[i][0] >= 'A' && methods[i][0] <= 'Z';
    list[i] = {Offset(Name(methods[i], exported).bytes), Offset(FuncType())};
  }
  t->pkgpath = Name("main", false);
  t->mhdr = {list, static_cast<intptr_t>(methods.size()), static_cast<intptr_t>(methods.size())};
  SetPointers(&t->typ, {true, true});
  return t;
}

abi::_type* TypeBuilder::WithMethods(const std::string& name,
                                     const std::vector<std::string>& methods,
                                     const std::string& package) {
  struct Layout {
    abi::structtype type;
    abi::uncommontype uncommon;
    abi::method methods[1];
  };
  auto* t = static_cast<Layout*>(Take(sizeof(Layout) + methods.size() * sizeof(abi::method)));
  Describe(&t->type.typ, abi::kStruct, 8, 8, name);
  t->type.typ.tflag = abi::kTflagRegularMemory | abi::kTflagUncommon | abi::kTflagNamed;
  t->uncommon.pkgpath = Offset(Name(package, false).bytes);
  t->uncommon.mcount = static_cast<uint16_t>(methods.size());
  t->uncommon.moff = offsetof(Layout, methods) - offsetof(Layout, uncommon);
  for (uintptr_t i = 0; i < methods.size(); i++) {
    const bool exported = methods[i][0] >= 'A' && methods[i][0] <= 'Z';
    t->methods[i] = {Offset(Name(methods[i], exported).bytes), Offset(FuncType()),
                     static_cast<int32_t>(100 + i), static_cast<int32_t>(100 + i)};
  }
  return &t->type.typ;
}

abi::maptype* TypeBuilder::Map(abi::_type* key, abi::_type* elem) {
  auto* t = static_cast<abi::maptype*>(Take(sizeof(abi::maptype)));
  Describe(&t->typ, abi::kMap, 8, 8, "map");
  abi::_type* key_slot = key;
  abi::_type* elem_slot = elem;
  if (key->size > abi::kMaxInlineKey) {
    t->flags |= abi::kMapIndirectKey;
    key_slot = Pointer("*key");
  }
  if (elem->size > abi::kMaxInlineElem) {
    t->flags |= abi::kMapIndirectElem;
    elem_slot = Pointer("*elem");
  }
  bool reflexive = true;
  if (key->kind_() == abi::kFloat64 || key->kind_() == abi::kFloat32 ||
      key->kind_() == abi::kInterface || key->kind_() == abi::kStruct) {
    reflexive = (key->tflag & abi::kTflagRegularMemory) != 0;
  }
  if (reflexive) t->flags |= abi::kMapReflexiveKey;
  if ((key->tflag & abi::kTflagRegularMemory) == 0) t->flags |= abi::kMapNeedKeyUpdate;
  if (key->kind_() == abi::kInterface || key->kind_() == abi::kStruct)
    t->flags |= abi::kMapHashMightPanic;
  abi::_type* tops = &Array(Uint8(), 8)->typ;
  abi::_type* keys = &Array(key_slot, 8)->typ;
  abi::_type* elems = &Array(elem_slot, 8)->typ;
  abi::_type* overflow = keys->ptrdata == 0 && elems->ptrdata == 0
                             ? Plain(abi::kUintptr, 8, "uintptr")
                             : Pointer("*bucket");
  abi::structtype* bucket = Struct(
      "bucket", {{"topbits", tops}, {"keys", keys}, {"elems", elems}, {"overflow", overflow}});
  t->key = key;
  t->elem = elem;
  t->bucket = &bucket->typ;
  t->keysize = static_cast<uint8_t>(key_slot->size);
  t->elemsize = static_cast<uint8_t>(elem_slot->size);
  t->bucketsize = static_cast<uint16_t>(bucket->typ.size);
  return t;
}

abi::eface TypeBuilder::PointerTo(abi::_type* t) {
  auto* p = static_cast<abi::ptrtype*>(Take(sizeof(abi::ptrtype)));
  Describe(&p->typ, abi::kPtr, 8, 8, "*T");
  p->typ.kind |= abi::kKindDirectIface;
  p->elem = t;
  SetPointers(&p->typ, {true});
  return {&p->typ, nullptr};
}

void TypeBuilder::FillRoots(abi::Roots* roots) {
  abi::_type* word = Plain(abi::kUintptr, 8, "uintptr");
  abi::_type* pointer = Pointer("unsafe.Pointer");
  auto* slice = &Struct("slice", {{"array", pointer}, {"len", word}, {"cap", word}})->typ;
  roots->firstmoduledata = &module_;
  roots->stringPtr = PointerTo(String());
  roots->pointerPtr = PointerTo(pointer);
  roots->int32SlicePtr = PointerTo(slice);
  roots->bmapPtrSlicePtr = PointerTo(slice);
  abi::_type* two_words = &Array(word, 2)->typ;
  roots->hmapPtr = PointerTo(&Struct("hmap", {{"head", two_words},
                                              {"buckets", pointer},
                                              {"oldbuckets", pointer},
                                              {"nevacuate", word},
                                              {"extra", pointer}})
                                  ->typ);
  roots->mapextraPtr = PointerTo(&Array(pointer, 3)->typ);
  roots->hiterPtr = PointerTo(&Array(pointer, sizeof(abi::hiter) / 8)->typ);
}

}  // namespace gort::testing_support
