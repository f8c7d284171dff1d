// SPDX-License-Identifier: BSD-3-Clause
//
// Equality and hash of values: what a leaf computes in line and what a walk on the system stack
// computes is the same, for random structs; the order of panics and differences; and depth without
// end.
//
// Before: tests/unit/lang/map_test.cc   After: tests/unit/lang/string_test.cc
#include <random>

#include "runtime/lang/value_inl.h"
#include "tests/unit/lang/lang_test.h"

TEST_LEAF(efaceeq);
TEST_LEAF(nilinterequal);
TEST_LEAF(nilinterhash);
TEST_LEAF(memhash);
TEST_LEAF(strhash);

namespace gort::lang {
namespace {

class ValueTest : public LangTest {
 protected:
  uintptr_t LeafHash(abi::eface e, uintptr_t seed) {
    entry::nilinterhash a = {&e, seed, 0};
    CallLeaf(leaf_nilinterhash, &a);
    return a.ret;
  }
  bool LeafEqual(abi::eface x, abi::eface y) {
    entry::nilinterequal a = {&x, &y, false};
    CallLeaf(leaf_nilinterequal, &a);
    return a.ret;
  }
};

TEST_F(ValueTest, LeafAndWalkComputeTheSameHashOfRandomStructs) {
  std::mt19937 random(1);
  abi::_type* kinds[] = {types_.Int(),
                         types_.Int32(),
                         types_.Uint8(),
                         types_.String(),
                         types_.Float64(),
                         types_.Float32(),
                         types_.EmptyInterface(),
                         &types_.Array(types_.Uint8(), 3)->typ,
                         &types_.Array(types_.Int(), 0)->typ,
                         types_.Pointer("*T")};
  abi::_type* int_type = types_.Int();
  const std::string text = "some text";
  for (int round = 0; round < 300; round++) {
    std::vector<TypeBuilder::Field> fields;
    for (uint32_t i = 0, n = 1 + random() % 7; i < n; i++) {
      fields.push_back({random() % 8 == 0 ? "_" : "f", kinds[random() % std::size(kinds)]});
    }
    abi::structtype* t = types_.Struct("S", fields);
    alignas(8) uint8_t x[256], y[256];
    for (auto& b : x) b = static_cast<uint8_t>(random());
    const auto* field = static_cast<const abi::structfield*>(t->fields.array);
    static uint64_t box[2] = {1, 1};
    for (intptr_t i = 0; i < t->fields.len; i++) {
      uint8_t* p = x + field[i].offset();
      if (field[i].typ->kind_() == abi::kString) Store(p, Str(text));
      if (field[i].typ->kind_() == abi::kInterface) {
        Store(p, random() % 3 == 0 ? abi::eface{nullptr, nullptr} : abi::eface{int_type, &box[0]});
      }
      if (field[i].typ->kind_() == abi::kFloat64) Store(p, 1.5);
      if (field[i].typ->kind_() == abi::kFloat32) Store(p, 2.5f);
    }
    memcpy(y, x, sizeof x);
    for (intptr_t i = 0; i < t->fields.len; i++) {
      uint8_t* p = y + field[i].offset();
      if (IsBlank(field[i].name)) memset(p, 0x55, field[i].typ->size);
      if (!IsBlank(field[i].name) && field[i].typ->kind_() == abi::kInterface &&
          Load<void*>(p) != nullptr) {
        Store(p, abi::eface{int_type, &box[1]});
      }
    }
    uintptr_t hash = 0;
    ASSERT_TRUE(HashFields(t, x, 77, &hash));
    EXPECT_EQ(HashFields(t, y, 77, &hash), true);
    // The walk, made to walk: a struct in a struct is not a leaf's business.
    abi::structtype* outer = types_.Struct("O", {{"in", &t->typ}, {"f", types_.Float64()}});
    outer->typ.tflag = t->typ.tflag = 0;
    alignas(8) uint8_t big[512] = {};
    memcpy(big, y, t->typ.size);
    const auto* parts = static_cast<const abi::structfield*>(outer->fields.array);
    Store(big + parts[1].offset(), 0.25);
    const uintptr_t expected = HashFloat<double, uint64_t>(big + parts[1].offset(), hash, 0);
    EXPECT_EQ(Hash(&outer->typ, big, 77).hash, expected) << round;
    EXPECT_EQ(EqualFields(t, x, y), Answer::kYes) << round;
    EXPECT_TRUE(Equal(&outer->typ, big, big).equal);
  }
}

TEST_F(ValueTest, ADifferenceHidesALaterUncomparablePartAndNotAnEarlierOne) {
  abi::_type* any = types_.EmptyInterface();
  abi::structtype* t = types_.Struct("S", {{"n", types_.Int()}, {"i", any}, {"m", types_.Int()}});
  abi::_type* slice = types_.SliceOfInt();
  struct Value {
    uint64_t n;
    abi::eface i;
    uint64_t m;
  } x = {1, {slice, nullptr}, 1}, y = x;
  entry::efaceeq a = {&t->typ, &x, &y, true};
  CallLeaf(leaf_efaceeq, &a);
  EXPECT_EQ(Raised(), "comparing uncomparable type []int");
  y.m = 2;
  CallLeaf(leaf_efaceeq, &a);
  EXPECT_EQ(Raised(), "comparing uncomparable type []int");
  y.n = 2;
  a.ret = true;
  CallLeaf(leaf_efaceeq, &a);
  EXPECT_EQ(Raised(), "");
  EXPECT_FALSE(a.ret);
}

TEST_F(ValueTest, ArraysOfInterfacesCompareInOrder) {
  abi::arraytype* t = types_.Array(types_.EmptyInterface(), 2);
  abi::_type* slice = types_.SliceOfInt();
  abi::_type* number = types_.Int();
  abi::_type* text = types_.String();
  static uint64_t words[2] = {};
  abi::eface x[2] = {{slice, words}, {number, words}};
  abi::eface y[2] = {{slice, words}, {text, words}};
  EXPECT_EQ(Equal(&t->typ, x, y).uncomparable, slice) << "the difference comes later";
  std::swap(x[0], x[1]);
  std::swap(y[0], y[1]);
  const CompareResult result = Equal(&t->typ, x, y);
  EXPECT_FALSE(result.equal);
  EXPECT_EQ(result.uncomparable, nullptr) << "the difference comes first";
}

TEST_F(ValueTest, UnhashableValuesAreNamed) {
  abi::_type* slice = types_.SliceOfInt();
  LeafHash({slice, nullptr}, 1);
  EXPECT_EQ(Raised(), "hash of unhashable type []int");
}

TEST_F(ValueTest, ListsLinkedThroughInterfacesAreWalkedToAnyDepth) {
  abi::_type* any = types_.EmptyInterface();
  struct Node {
    abi::eface next;
    uint64_t n;
  };
  abi::structtype* t = types_.Struct("Node", {{"next", any}, {"n", types_.Int()}});
  constexpr int kDepth = 200000;
  std::vector<Node> x(kDepth), y(kDepth);
  for (int i = 0; i < kDepth; i++) {
    x[i] = {i == 0 ? abi::eface{} : abi::eface{&t->typ, &x[i - 1]}, 7};
    y[i] = {i == 0 ? abi::eface{} : abi::eface{&t->typ, &y[i - 1]}, 7};
  }
  EXPECT_TRUE(LeafEqual({&t->typ, &x[kDepth - 1]}, {&t->typ, &y[kDepth - 1]}));
  EXPECT_EQ(LeafHash({&t->typ, &x[kDepth - 1]}, 3), LeafHash({&t->typ, &y[kDepth - 1]}, 3));
  y[0].n = 8;
  EXPECT_FALSE(LeafEqual({&t->typ, &x[kDepth - 1]}, {&t->typ, &y[kDepth - 1]}));
  EXPECT_NE(LeafHash({&t->typ, &x[kDepth - 1]}, 3), LeafHash({&t->typ, &y[kDepth - 1]}, 3));
}

// Both implementations of the hash: every length, and every bit matters.
TEST_F(ValueTest, EveryBitOfMemoryChangesTheHash) {
  for (bool aes : {arch::gort_features.aes, false}) {
    arch::gort_features.aes = aes;
    std::mt19937_64 random(5);
    uint8_t data[200];
    for (auto& b : data) b = static_cast<uint8_t>(random());
    for (uintptr_t n = 0; n <= sizeof data; n++) {
      entry::memhash a = {data, 0, n, 0};
      a.h = 42;
      CallLeaf(leaf_memhash, &a);
      const uintptr_t hash = a.ret;
      int changed = 0;
      for (uintptr_t bit = 0; bit < n * 8; bit += 1 + random() % 13) {
        data[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
        CallLeaf(leaf_memhash, &a);
        data[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
        ASSERT_NE(a.ret, hash) << n << " " << bit;
        changed += __builtin_popcountll(a.ret ^ hash);
      }
      a.h = 43;
      CallLeaf(leaf_memhash, &a);
      EXPECT_NE(a.ret, hash) << n;
    }
  }
  arch::DetectFeatures();
}

}  // namespace
}  // namespace gort::lang
