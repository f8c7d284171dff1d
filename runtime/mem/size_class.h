// SPDX-License-Identifier: BSD-3-Clause
//
// Size classes: what a request for n bytes really gets.
//
// Small objects (up to 32 KB) are rounded up to one of 66 sizes; a span of one class is cut into
// objects of that size. The sizes are Go 1.15's, because programs see them: append grows a slice to
// the capacity that the rounded block holds. The pages per span are Go's too; they keep the waste
// at a span's end below 12.5%.
//
// A span class is a size class and whether its objects hold no pointers (noscan), in one byte:
// class * 2 + noscan. Class 0 is "large": one object, as many pages as it needs.
//
//   size    1..1024 by 8    -> kClassOf8[(size + 7) / 8]
//           ..32768 by 128  -> kClassOf128[(size - 1024 + 127) / 128]
//
// The index of an object in its span is offset / size without a division: offset * ceil(2^32 /
// size) >> 32, which is exact for offsets below the longest span (tests/unit/mem/size_class_test.cc
// tries them all).
//
// Before: runtime/mem/malloc.h   After: runtime/mem/span.h
#ifndef GORT_RUNTIME_MEM_SIZE_CLASS_H_
#define GORT_RUNTIME_MEM_SIZE_CLASS_H_

#include <cstddef>
#include <cstdint>

namespace gort::mem {

constexpr uintptr_t kPageShift = 13;
constexpr uintptr_t kPageSize = uintptr_t{1} << kPageShift;

constexpr int kSizeClasses = 67;
constexpr int kSpanClasses = 2 * kSizeClasses;
constexpr uintptr_t kMaxSmallSize = 32768;
constexpr uintptr_t kTinySize = 16;  // blocks that the tiny allocator fills with several objects
constexpr int kTinySizeClass = 2;

struct SizeClass {
  uint16_t size;
  uint8_t pages;
};

inline constexpr SizeClass kClasses[kSizeClasses] = {
    {0, 0},      {8, 1},     {16, 1},    {32, 1},    {48, 1},    {64, 1},    {80, 1},    {96, 1},
    {112, 1},    {128, 1},   {144, 1},   {160, 1},   {176, 1},   {192, 1},   {208, 1},   {224, 1},
    {240, 1},    {256, 1},   {288, 1},   {320, 1},   {352, 1},   {384, 1},   {416, 1},   {448, 1},
    {480, 1},    {512, 1},   {576, 1},   {640, 1},   {704, 1},   {768, 1},   {896, 1},   {1024, 1},
    {1152, 1},   {1280, 1},  {1408, 2},  {1536, 1},  {1792, 2},  {2048, 1},  {2304, 2},  {2688, 1},
    {3072, 3},   {3200, 2},  {3456, 3},  {4096, 1},  {4864, 3},  {5376, 2},  {6144, 3},  {6528, 4},
    {6784, 5},   {6912, 6},  {8192, 1},  {9472, 7},  {9728, 6},  {10240, 5}, {10880, 4}, {12288, 3},
    {13568, 5},  {14336, 7}, {16384, 2}, {18432, 9}, {19072, 7}, {20480, 5}, {21760, 8}, {24576, 3},
    {27264, 10}, {28672, 7}, {32768, 4},
};

struct ClassTables {
  uint8_t of8[1024 / 8 + 1];
  uint8_t of128[(kMaxSmallSize - 1024) / 128 + 1];
  uint32_t reciprocal[kSizeClasses];  // ceil(2^32 / size)
};

constexpr ClassTables MakeClassTables() {
  ClassTables t{};
  int c = 1;
  for (size_t i = 1; i < sizeof(t.of8); i++) {
    while (kClasses[c].size < i * 8) c++;
    t.of8[i] = static_cast<uint8_t>(c);
  }
  for (size_t i = 0; i < sizeof(t.of128); i++) {
    while (kClasses[c].size < 1024 + i * 128) c++;
    t.of128[i] = static_cast<uint8_t>(c);
  }
  for (int i = 1; i < kSizeClasses; i++) {
    t.reciprocal[i] = static_cast<uint32_t>((uint64_t{1} << 32) / kClasses[i].size +
                                            ((uint64_t{1} << 32) % kClasses[i].size != 0));
  }
  return t;
}
inline constexpr ClassTables kClassTables = MakeClassTables();

// size <= kMaxSmallSize. Class of 0 bytes is 0, which callers treat before.
inline uint32_t SizeClassOf(uintptr_t size) {
  if (size <= 1024 - 8) return kClassTables.of8[(size + 7) >> 3];
  return kClassTables.of128[(size - 1024 + 127) >> 7];
}

using SpanClass = uint8_t;
constexpr SpanClass MakeSpanClass(uint32_t size_class, bool noscan) {
  return static_cast<SpanClass>(size_class << 1 | (noscan ? 1 : 0));
}
constexpr uint32_t SizeClassOfSpan(SpanClass c) { return c >> 1; }
constexpr bool IsNoscan(SpanClass c) { return (c & 1) != 0; }

constexpr uintptr_t ObjectsPerSpan(uint32_t size_class) {
  return kClasses[size_class].pages * kPageSize / kClasses[size_class].size;
}

}  // namespace gort::mem

#endif  // GORT_RUNTIME_MEM_SIZE_CLASS_H_
