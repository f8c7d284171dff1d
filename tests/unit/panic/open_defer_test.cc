// SPDX-License-Identifier: BSD-3-Clause
//
// Open-coded defers read from a hand-made FUNCDATA and frame: the calls come last first, each once,
// with their arguments at the callee's offsets, whoever asks and however often.
#include "runtime/panic/open_defer.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace gort::panic {
namespace {

struct Argument {
  uint32_t slot, size, offset;
};
struct Statement {
  uint32_t bytes;
  uint32_t closure_slot;
  std::vector<Argument> arguments;
};

void AppendVarint(std::vector<uint8_t>* out, uint32_t v) {
  for (; v >= 0x80; v >>= 7) out->push_back(static_cast<uint8_t>(v | 0x80));
  out->push_back(static_cast<uint8_t>(v));
}

// Statements in source order; the table has them last first.
std::vector<uint8_t> Encode(uint32_t bits_slot, const std::vector<Statement>& statements) {
  std::vector<uint8_t> out;
  uint32_t largest = 0;
  for (const Statement& s : statements) largest = s.bytes > largest ? s.bytes : largest;
  AppendVarint(&out, largest);
  AppendVarint(&out, bits_slot);
  AppendVarint(&out, static_cast<uint32_t>(statements.size()));
  for (size_t i = statements.size(); i-- > 0;) {
    AppendVarint(&out, statements[i].bytes);
    AppendVarint(&out, statements[i].closure_slot);
    AppendVarint(&out, static_cast<uint32_t>(statements[i].arguments.size()));
    for (const Argument& a : statements[i].arguments) {
      AppendVarint(&out, a.slot);
      AppendVarint(&out, a.size);
      AppendVarint(&out, a.offset);
    }
  }
  return out;
}

TEST(OpenDefers, TakesSetBitsLastFirstAndEachOnce) {
  std::mt19937 random(1);
  for (int round = 0; round < 500; round++) {
    uint8_t frame[2048] = {};
    uintptr_t varp = reinterpret_cast<uintptr_t>(frame + sizeof(frame));
    uint32_t count = 1 + random() % 8;
    std::vector<Statement> statements;
    std::vector<abi::funcval> functions(count);
    uint32_t slot = 200;
    for (uint32_t i = 0; i < count; i++) {
      Statement s = {0, slot += 8, {}};
      *reinterpret_cast<abi::funcval**>(varp - s.closure_slot) = &functions[i];
      for (uint32_t n = random() % 4; n > 0; n--) {
        uint32_t size = 1 + random() % 24;
        slot += (size + 7) & ~7u;
        s.arguments.push_back({slot, size, s.bytes});
        for (uint32_t b = 0; b < size; b++) {
          reinterpret_cast<uint8_t*>(varp - slot)[b] = static_cast<uint8_t>(i * 31 + s.bytes + b);
        }
        s.bytes += (size + 7) & ~7u;
      }
      statements.push_back(s);
    }
    std::vector<uint8_t> table = Encode(100, statements);
    uint8_t* bits = reinterpret_cast<uint8_t*>(varp - 100);
    *bits = static_cast<uint8_t>(random() % (1u << count));
    for (int i = static_cast<int>(count) - 1; i >= 0; i--) {
      if ((*bits >> i & 1) == 0) continue;
      OpenDefers open(table.data(), varp);
      ASSERT_TRUE(open.pending());
      EXPECT_GE(open.max_args(), statements[static_cast<size_t>(i)].bytes);
      uint32_t siz;
      ASSERT_EQ(open.Take(&siz), &functions[static_cast<size_t>(i)]);
      EXPECT_EQ(siz, statements[static_cast<size_t>(i)].bytes);
      EXPECT_EQ(*bits >> i, 0) << "the bit is cleared before the call";
      uint8_t block[256] = {};
      open.MoveArgsTo(block);
      const Statement& taken = statements[static_cast<size_t>(i)];
      EXPECT_EQ(*reinterpret_cast<abi::funcval**>(varp - taken.closure_slot), nullptr);
      for (const Argument& a : taken.arguments) {
        EXPECT_EQ(*reinterpret_cast<uint8_t*>(varp - a.slot), 0) << "nothing stays in the frame";
        for (uint32_t b = 0; b < a.size; b++) {
          ASSERT_EQ(block[a.offset + b],
                    static_cast<uint8_t>(static_cast<uint32_t>(i) * 31 + a.offset + b));
        }
      }
    }
    EXPECT_FALSE(OpenDefers(table.data(), varp).pending());
  }
}

TEST(DeferClass, HoldsItsLargestBlockAndNoLarger) {
  for (int32_t siz = 0; siz < 200; siz++) {
    int32_t cls = DeferClass(siz);
    EXPECT_GE(DeferClassSize(cls), sizeof(abi::_defer) + static_cast<uintptr_t>(siz));
    if (cls > 0) {
      EXPECT_LT(DeferClassSize(cls - 1), sizeof(abi::_defer) + static_cast<uintptr_t>(siz));
    }
  }
}

TEST(CopyArgs, CopiesAnySizeAndNothingBeside) {
  for (int32_t siz = 0; siz < 70; siz++) {
    uint8_t from[80], to[80];
    for (int i = 0; i < 80; i++) {
      from[i] = static_cast<uint8_t>(i + 1);
      to[i] = 0xee;
    }
    CopyArgs(to, from, siz);
    for (int i = 0; i < 80; i++) EXPECT_EQ(to[i], i < siz ? i + 1 : 0xee) << siz;
  }
}

}  // namespace
}  // namespace gort::panic
