// SPDX-License-Identifier: BSD-3-Clause
//
// Pointer bits against the types they come from: random masks, single values and arrays, every size
// class, the leaf form and the general one; GC programs against the mask that they were made from.
//
// Before: tests/unit/mem/page_heap_test.cc   After: tests/unit/mem/cache_test.cc
#include "runtime/mem/pointer_bits.h"

#include <cstring>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/abi/roots.h"
#include "runtime/mem/malloc.h"
#include "runtime/mem/malloc_inl.h"

namespace gort::mem {
namespace {

abi::Roots test_roots;

// A type with the given mask; lives as long as the test.
struct TestType {
  explicit TestType(std::vector<bool> mask_bits) : bits(std::move(mask_bits)) {
    type = {};
    type.size = bits.size() * abi::kWord;
    bytes.assign((bits.size() + 7) / 8 + 8, 0);
    for (size_t i = 0; i < bits.size(); i++) {
      if (!bits[i]) continue;
      type.ptrdata = (i + 1) * abi::kWord;
      bytes[i / 8] = static_cast<uint8_t>(bytes[i / 8] | 1 << (i % 8));
    }
    type.gcdata = bytes.data();
  }
  std::vector<bool> bits;
  std::vector<uint8_t> bytes;
  abi::_type type;
};

TestType* RandomType(std::mt19937* random, size_t words) {
  std::vector<bool> bits(words);
  for (size_t i = 0; i < words; i++) bits[i] = (*random)() % 3 == 0;
  bits[(*random)() % words] = true;
  return new TestType(bits);  // descriptors outlive the heap
}

class PointerBitsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    roots = &test_roots;
    Init();
  }

  struct Made {
    uintptr_t object;
    const TestType* type;
    uintptr_t size;
    bool one_value;
  };

  static void Check(const Made& made) {
    Span* s = FindSpan(made.object);
    ASSERT_NE(s, nullptr);
    uintptr_t words = s->elemsize / abi::kWord;
    uintptr_t period = made.type->bits.size();
    for (uintptr_t i = 0; i < words; i++) {
      bool in_data = i < (made.one_value ? period : made.size / abi::kWord);
      bool expected = made.type->bits[i % period];
      bool got = IsPointerWord(s, made.object, i * abi::kWord);
      if (in_data) {
        ASSERT_EQ(got, expected) << "word " << i << " size " << made.size << " period " << period;
      } else if (got) {
        // Behind the data an array's mask may go on; the memory there is nil.
        ASSERT_FALSE(made.one_value);
        ASSERT_EQ(reinterpret_cast<uintptr_t*>(made.object)[i], 0u);
      }
    }
  }
};

TEST_F(PointerBitsTest, OfSingleValuesAndArrays) {
  std::mt19937 random(7);
  std::vector<Made> all;
  for (int i = 0; i < 6000; i++) {
    size_t words = 1 + random() % (i % 10 == 0 ? 5000 : 140);
    TestType* type = RandomType(&random, words);
    uintptr_t count = random() % 2 == 0 ? 1 : 1 + random() % 9;
    uintptr_t size = count * type->type.size;
    void* p = Malloc(size, &type->type, true);
    all.push_back({reinterpret_cast<uintptr_t>(p), type, size, false});
  }
  for (const Made& made : all) Check(made);
}

TEST_F(PointerBitsTest, OfOneValueEndBehindIt) {
  std::mt19937 random(8);
  std::vector<Made> all;
  TestType type({0, 0, 0, true, true, true, 0, 0, 0});  // 72 bytes, as a defer record
  for (int i = 0; i < 2000; i++) {
    uintptr_t size = type.type.size + random() % 3000 / 8 * 8;
    void* p = MallocOneValue(size, &type.type);
    all.push_back({reinterpret_cast<uintptr_t>(p), &type, size, true});
  }
  for (const Made& made : all) Check(made);
}

TEST_F(PointerBitsTest, FastPathWritesTheSame) {
  G g{};
  M m{};
  P p{};
  g.m = &m;
  m.p = &p;
  m.g0 = &g;
  p.mcache = NewCache();
  G* before = arch::GetG();
  std::mt19937 random(9);
  std::vector<Made> all;
  int fast = 0;
  for (int i = 0; i < 20000; i++) {
    TestType* type = RandomType(&random, 1 + random() % 140);
    uintptr_t count = random() % 2 == 0 ? 1 : 1 + random() % 9;
    uintptr_t size = count * type->type.size;
    arch::SetG(&g);
    uintptr_t object = FastMalloc(size, &type->type, true);
    if (object != 0) fast++;
    if (object == 0) object = reinterpret_cast<uintptr_t>(Malloc(size, &type->type, true));
    arch::SetG(before);
    all.push_back({object, type, size, false});
  }
  for (const Made& made : all) Check(made);
  EXPECT_GT(fast, 5000);
  FlushCache(p.mcache);
}

// Writes a program for `bits`: literals, and a repetition where the last n bits come again.
std::vector<uint8_t> Program(const std::vector<bool>& bits, std::mt19937* random) {
  std::vector<uint8_t> out;
  auto varint = [&](uintptr_t v) {
    for (; v >= 0x80; v >>= 7) out.push_back(static_cast<uint8_t>(v | 0x80));
    out.push_back(static_cast<uint8_t>(v));
  };
  size_t at = 0;
  while (at < bits.size()) {
    size_t best_n = 0, best_c = 0;
    for (int attempt = 0; attempt < 4 && at > 0; attempt++) {
      size_t n = 1 + (*random)() % std::min<size_t>(at, 200);
      size_t c = 0;
      while (at + (c + 1) * n <= bits.size()) {
        bool same = true;
        for (size_t i = 0; i < n && same; i++) same = bits[at + c * n + i] == bits[at + i - n];
        if (!same) break;
        c++;
      }
      if (n * c > best_n * best_c) {
        best_n = n;
        best_c = c;
      }
    }
    if (best_n * best_c > 0) {
      if (best_n < 128) {
        out.push_back(static_cast<uint8_t>(0x80 | best_n));
      } else {
        out.push_back(0x80);
        varint(best_n);
      }
      varint(best_c);
      at += best_n * best_c;
      continue;
    }
    size_t n = std::min<size_t>(1 + (*random)() % 127, bits.size() - at);
    out.push_back(static_cast<uint8_t>(n));
    for (size_t i = 0; i < n; i += 8) {
      uint8_t byte = 0;
      for (size_t j = 0; j < 8 && i + j < n; j++) {
        byte = static_cast<uint8_t>(byte | bits[at + i + j] << j);
      }
      out.push_back(byte);
    }
    at += n;
  }
  out.push_back(0);
  return out;
}

TEST(GcProgram, ExpandsToItsMask) {
  std::mt19937 random(10);
  for (int round = 0; round < 300; round++) {
    // Repetitive, as arrays are.
    std::vector<bool> unit(1 + random() % 70);
    for (size_t i = 0; i < unit.size(); i++) unit[i] = random() % 2 == 0;
    std::vector<bool> bits;
    for (size_t n = random() % 50; n-- > 0;) bits.insert(bits.end(), unit.begin(), unit.end());
    for (size_t n = random() % 100; n-- > 0;) bits.push_back(random() % 2 == 0);
    std::vector<uint8_t> program = Program(bits, &random);
    std::vector<uint8_t> mask(bits.size() / 8 + 2, 0xee);
    ASSERT_EQ(RunGcProgram(program.data(), mask.data()), bits.size());
    for (size_t i = 0; i < bits.size(); i++) {
      ASSERT_EQ((mask[i / 8] >> (i % 8) & 1) != 0, bits[i]) << round << " bit " << i;
    }
    ASSERT_EQ(mask[bits.size() / 8 + 1], 0xee);
  }
}

TEST_F(PointerBitsTest, OfATypeWithAProgram) {
  // struct { [40000]struct{p *T; n int}; n int }: 0101.. and a scalar at the end.
  std::vector<bool> bits;
  for (int i = 0; i < 40000; i++) {
    bits.push_back(true);
    bits.push_back(false);
  }
  bits.push_back(false);
  TestType model(bits);
  std::vector<uint8_t> program = {0, 0, 0, 0, 2, 1, 0x82, 0xbf, 0xb8, 0x02, 0};
  abi::_type type{};
  type.size = model.type.size;
  type.ptrdata = model.type.ptrdata;
  type.kind = abi::kStruct | abi::kKindGCProg;
  type.gcdata = program.data();
  void* p = Malloc(3 * type.size, &type, true);
  Check({reinterpret_cast<uintptr_t>(p), &model, 3 * type.size, false});
}

TEST_F(PointerBitsTest, OfAnArrayWithAProgramComeFromItsElement) {
  TestType element({true, false, true});
  abi::arraytype array{};
  array.typ.size = 30000 * element.type.size;
  array.typ.ptrdata = array.typ.size;
  array.typ.kind = abi::kArray | abi::kKindGCProg;
  array.elem = &element.type;
  array.len = 30000;
  void* p = Malloc(array.typ.size, &array.typ, true);
  Check({reinterpret_cast<uintptr_t>(p), &element, array.typ.size, false});
}

}  // namespace
}  // namespace gort::mem
