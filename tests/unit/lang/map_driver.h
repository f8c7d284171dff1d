// SPDX-License-Identifier: BSD-3-Clause
//
// MapDriver: one map of a given kind, driven through the entries that compiled code or reflect
// would use for it. Keys are made from numbers; the element's first word is a number.
//
// Before: tests/unit/lang/lang_test.h   After: tests/unit/lang/map_test.cc
#ifndef GORT_TESTS_UNIT_LANG_MAP_DRIVER_H_
#define GORT_TESTS_UNIT_LANG_MAP_DRIVER_H_

#include <cmath>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "runtime/lang/map.h"
#include "tests/unit/lang/lang_test.h"

TEST_LEAF(mapaccess2_fast32);
TEST_LEAF(mapaccess2_fast64);
TEST_LEAF(mapaccess2_faststr);
TEST_LEAF(mapaccess1_fast64);
TEST_LEAF(mapaccess2);
TEST_LEAF(mapaccess1);
TEST_LEAF(mapassign_fast32);
TEST_LEAF(mapassign_fast64);
TEST_LEAF(mapassign_fast64ptr);
TEST_LEAF(mapassign_faststr);
TEST_LEAF(mapassign);
TEST_LEAF(mapdelete_fast32);
TEST_LEAF(mapdelete_fast64);
TEST_LEAF(mapdelete_faststr);
TEST_LEAF(mapdelete);
TEST_LEAF(mapiterinit);
TEST_LEAF(mapiternext);

namespace gort::lang {

class MapDriver : public LangTest {
 public:
  static std::vector<const char*> Kinds() {
    return {"int32",
            "int64",
            "int64_big_elem",
            "pointer",
            "string",
            "string_reflect",
            "float64",
            "struct",
            "string_in_struct",
            "interface",
            "big_array",
            "bytes16",
            "int64_pointer_elem"};
  }

 protected:
  enum class Entries { k32, k64, kString, kAny, kReflect };

  void Open(const std::string& kind, intptr_t hint = 0) {
    abi::_type* elem = types_.Plain(abi::kUint64, 8, "uint64");
    entries_ = Entries::kAny;
    abi::_type* key = nullptr;
    kind_ = kind;
    if (kind == "int32") {
      key = types_.Int32();
      entries_ = Entries::k32;
    } else if (kind == "int64" || kind == "int64_empty_elem") {
      key = types_.Int();
      entries_ = Entries::k64;
    } else if (kind == "int64_pointer_elem") {
      key = types_.Int();
      elem = &types_.Struct("elem", {{"n", elem}, {"p", types_.Pointer("*int")}})->typ;
      entries_ = Entries::k64;
    } else if (kind == "int64_big_elem") {
      key = types_.Int();
      elem = &types_.Array(elem, 40)->typ;
    } else if (kind == "pointer") {
      key = types_.Pointer("*int");
      entries_ = Entries::k64;
    } else if (kind == "string") {
      key = types_.String();
      entries_ = Entries::kString;
    } else if (kind == "string_reflect") {
      key = types_.String();
      entries_ = Entries::kReflect;
    } else if (kind == "float64") {
      key = types_.Float64();
    } else if (kind == "struct") {
      key = &types_
                 .Struct("S", {{"s", types_.String()},
                               {"n", types_.Int32()},
                               {"i", types_.EmptyInterface()}})
                 ->typ;
    } else if (kind == "string_in_struct") {
      key = &types_.Struct("T", {{"s", types_.String()}})->typ;
      entries_ = Entries::kString;
    } else if (kind == "interface") {
      key = types_.EmptyInterface();
    } else if (kind == "big_array") {
      key = &types_.Array(types_.Int(), 20)->typ;
    } else if (kind == "bytes16") {
      key = &types_.Array(types_.Int32(), 4)->typ;
    }
    int_type_ = types_.Int();
    string_type_ = types_.String();
    float_type_ = types_.Float64();
    type_ = types_.Map(key, elem);
    map_ = MakeMap(type_, hint, nullptr);
    iterator_ = {};
  }

  abi::hmap* map() { return map_; }
  abi::hiter* iterator() { return &iterator_; }
  intptr_t Count() { return map_->count; }
  void Clear() {
    entry::mapclear a = {type_, map_};
    gort_mapclear(&a);
  }

  // A key of the map's type for number n; valid until the next call.
  void* Key(uint64_t n) {
    memset(key_, 0, sizeof key_);
    if (kind_ == "int32") {
      Store<uint32_t>(key_, static_cast<uint32_t>(n * 3 + 1));
    } else if (kind_ == "string" || kind_ == "string_reflect" || kind_ == "string_in_struct") {
      Store(key_, KeyText(n));
    } else if (kind_ == "float64") {
      Store(key_, static_cast<double>(n) + 0.5);
    } else if (kind_ == "struct") {
      Store(key_, KeyText(n / 3));
      Store<uint32_t>(key_ + 16, static_cast<uint32_t>(n % 3));
      Store(key_ + 24, KeyInterface(n));
    } else if (kind_ == "interface") {
      Store(key_, KeyInterface(n));
    } else if (kind_ == "big_array") {
      Store(key_ + 152, n);
    } else {
      Store(key_, n * 8 + 8);
    }
    return key_;
  }
  uint64_t NumberOf(const void* key) {
    const auto* k = static_cast<const uint8_t*>(key);
    if (kind_ == "int32") return (Load<uint32_t>(k) - 1) / 3;
    if (kind_ == "string" || kind_ == "string_reflect" || kind_ == "string_in_struct") {
      return NumberOfText(Load<abi::String>(k));
    }
    if (kind_ == "float64") return static_cast<uint64_t>(Load<double>(k));
    if (kind_ == "struct") return NumberOfInterface(Load<abi::eface>(k + 24));
    if (kind_ == "interface") return NumberOfInterface(Load<abi::eface>(k));
    if (kind_ == "big_array") return Load<uint64_t>(k + 152);
    return Load<uint64_t>(k) / 8 - 1;
  }

  void Assign(uint64_t n, uint64_t value) {
    void* elem = AssignAt(Key(n));
    if (elem != nullptr && type_->elem->size != 0) Store(elem, value);
  }
  uint64_t Get(uint64_t n) { return GetAt(Key(n)); }
  void Delete(uint64_t n) { DeleteAt(Key(n)); }

  void* AssignAt(void* key) {
    switch (entries_) {
      case Entries::k32: {
        entry::mapassign_fast32 a = {type_, map_, Load<uint32_t>(key), nullptr};
        CallLeaf(leaf_mapassign_fast32, &a);
        return a.ret;
      }
      case Entries::k64: {
        if (type_->key->has_pointers()) {
          entry::mapassign_fast64ptr a = {type_, map_, Load<void*>(key), nullptr};
          CallLeaf(leaf_mapassign_fast64ptr, &a);
          return a.ret;
        }
        entry::mapassign_fast64 a = {type_, map_, Load<uint64_t>(key), nullptr};
        CallLeaf(leaf_mapassign_fast64, &a);
        return a.ret;
      }
      case Entries::kString: {
        entry::mapassign_faststr a = {type_, map_, Load<abi::String>(key), nullptr};
        CallLeaf(leaf_mapassign_faststr, &a);
        return a.ret;
      }
      case Entries::kReflect: {
        uint64_t zero[40] = {};
        entry::reflect_mapassign a = {type_, map_, key, zero};
        gort_reflect_mapassign(&a);
        entry::mapassign_faststr b = {type_, map_, Load<abi::String>(key), nullptr};
        CallLeaf(leaf_mapassign_faststr, &b);
        return b.ret;
      }
      default: {
        entry::mapassign a = {type_, map_, key, nullptr};
        CallLeaf(leaf_mapassign, &a);
        return a.ret;
      }
    }
  }

  uint64_t GetAt(void* key) {
    void* elem = nullptr;
    bool found = false;
    auto take = [&](auto* a) {
      elem = a->ret;
      found = a->ret1;
    };
    switch (entries_) {
      case Entries::k32: {
        entry::mapaccess2_fast32 a = {type_, map_, Load<uint32_t>(key), nullptr, false};
        CallLeaf(leaf_mapaccess2_fast32, &a);
        take(&a);
        break;
      }
      case Entries::k64: {
        entry::mapaccess2_fast64 a = {type_, map_, Load<uint64_t>(key), nullptr, false};
        CallLeaf(leaf_mapaccess2_fast64, &a);
        take(&a);
        break;
      }
      case Entries::kString: {
        entry::mapaccess2_faststr a = {type_, map_, Load<abi::String>(key), nullptr, false};
        CallLeaf(leaf_mapaccess2_faststr, &a);
        take(&a);
        break;
      }
      case Entries::kReflect: {
        entry::reflect_mapaccess a = {type_, map_, key, nullptr};
        gort_reflect_mapaccess(&a);
        return a.ret == nullptr ? 0 : Load<uint64_t>(a.ret);
      }
      default: {
        entry::mapaccess2 a = {type_, map_, key, nullptr, false};
        CallLeaf(leaf_mapaccess2, &a);
        take(&a);
        break;
      }
    }
    EXPECT_NE(elem, nullptr);
    return found ? Load<uint64_t>(elem) : 0;
  }

  void DeleteAt(void* key) {
    switch (entries_) {
      case Entries::k32: {
        entry::mapdelete_fast32 a = {type_, map_, Load<uint32_t>(key)};
        return CallLeaf(leaf_mapdelete_fast32, &a);
      }
      case Entries::k64: {
        entry::mapdelete_fast64 a = {type_, map_, Load<uint64_t>(key)};
        return CallLeaf(leaf_mapdelete_fast64, &a);
      }
      case Entries::kString: {
        entry::mapdelete_faststr a = {type_, map_, Load<abi::String>(key)};
        return CallLeaf(leaf_mapdelete_faststr, &a);
      }
      case Entries::kReflect: {
        entry::reflect_mapdelete a = {type_, map_, key};
        return gort_reflect_mapdelete(&a);
      }
      default: {
        entry::mapdelete a = {type_, map_, key};
        return CallLeaf(leaf_mapdelete, &a);
      }
    }
  }

  void StartLoop() {
    iterator_ = {};
    entry::mapiterinit a = {type_, map_, &iterator_};
    CallLeaf(leaf_mapiterinit, &a);
  }
  bool Looping() { return iterator_.key != nullptr; }
  void Next() {
    entry::mapiternext a = {&iterator_};
    CallLeaf(leaf_mapiternext, &a);
  }
  uint64_t LoopKey() { return NumberOf(iterator_.key); }
  uint64_t LoopElem() { return Load<uint64_t>(iterator_.elem); }

  uint64_t step_ = 0;

 private:
  // Texts of very different lengths, kept for good: Go strings are not copied by maps.
  abi::String KeyText(uint64_t n) {
    while (texts_.size() <= n) {
      const uint64_t i = texts_.size();
      texts_.push_back(std::string(i % 7 == 0 ? i % 90 : i % 5, 'x') + std::to_string(i));
    }
    return Str(texts_[n]);
  }
  static uint64_t NumberOfText(abi::String s) {
    const std::string text = Text(s);
    return std::stoull(text.substr(text.find_first_not_of('x')));
  }
  abi::eface KeyInterface(uint64_t n) {
    while (boxes_.size() <= n)
      boxes_.push_back({boxes_.size(), static_cast<double>(boxes_.size()), {}});
    Box& box = boxes_[n];
    box.string = KeyText(n);
    if (n % 3 == 0) return {int_type_, &box.number};
    if (n % 3 == 1) return {string_type_, &box.string};
    return {float_type_, &box.real};
  }
  uint64_t NumberOfInterface(abi::eface e) {
    if (e.type == int_type_) return *static_cast<uint64_t*>(e.data);
    if (e.type == string_type_) return NumberOfText(*static_cast<abi::String*>(e.data));
    return static_cast<uint64_t>(*static_cast<double*>(e.data));
  }

  struct Box {
    uint64_t number;
    double real;
    abi::String string;
  };
  std::string kind_;
  Entries entries_ = Entries::kAny;
  abi::maptype* type_ = nullptr;
  abi::hmap* map_ = nullptr;
  abi::hiter iterator_{};
  abi::_type* int_type_ = nullptr;
  abi::_type* string_type_ = nullptr;
  abi::_type* float_type_ = nullptr;
  std::deque<std::string> texts_;
  std::deque<Box> boxes_;
  alignas(16) uint8_t key_[256];
};

}  // namespace gort::lang

#endif  // GORT_TESTS_UNIT_LANG_MAP_DRIVER_H_
