// SPDX-License-Identifier: BSD-3-Clause
//
// Where the pointers in a heap object are.
//
// Every arena has one bit per word (arena.h). Three encodings share them, chosen by the object's
// size, so that an allocation writes one or two words however large the object is:
//
//   8 bytes           nothing is written: an object of the scan class of 8 bytes is one pointer
//   up to 1016 bytes  one bit per word of the object, set: pointer. Clear to the end of the object.
//   1024 to 32768     the first whole 64-bit word of the object's bits holds its type: any object
//   of that size covers one.
//                     Low bit 0: the object is an array, the type's mask repeats every type->size
//                     bytes up to the
//                     object's end (behind the last value the memory is zero, which is a nil
//                     pointer).
//                     Low bit 1: one value; nothing behind its mask is a pointer.
//   large             Span.large_type, the same word
//
//        object of 2304 bytes    |        512-byte block        |        512-byte block       |
//   .....[=============================================================================].......
//   bits        |..............||  word = type | single  ||     not used      ||
//
// A type whose pointers are given by a GC program (128 KB of values and more) is always a large
// object; an array of such is described by its element, and the program of a struct is expanded
// once per type.
//
// Rejected: a header word in the object, which changes the size classes that programs see through
// append; bits at the end of the span, which costs one object in eight for sizes like 1024.
//
// Before: runtime/mem/central.h   After: runtime/mem/cache.h
#ifndef GORT_RUNTIME_MEM_POINTER_BITS_H_
#define GORT_RUNTIME_MEM_POINTER_BITS_H_

#include "runtime/abi/type.h"
#include "runtime/base/stack_rules.h"
#include "runtime/mem/arena.h"

namespace gort::mem {

constexpr uintptr_t kMaxBitsSize = 1016;  // the largest object with one bit per word
constexpr uintptr_t kOneValue = 1;        // low bit of a type word

// The word that holds the type of an object of 1024 to 32768 bytes.
inline uint64_t* TypeWordOf(uintptr_t object) { return PointerBitsWord(object + 511); }

// The first n (<= 64) bits of a pointer mask. The bytes behind it belong to the type section or to
// a heap object whose block is not shorter than a word; the last page of an arena or section is the
// exception that is read byte by byte.
inline uint64_t MaskWord(const uint8_t* mask, uint32_t n) {
  uint64_t bits;
  if (GORT_LIKELY((reinterpret_cast<uintptr_t>(mask) & 4095) <= 4088)) {
    __builtin_memcpy(&bits, mask, 8);
  } else {
    bits = 0;
    for (uint32_t i = 0; i < (n + 7) / 8; i++) bits |= uint64_t{mask[i]} << (8 * i);
  }
  return n == 64 ? bits : bits & ((uint64_t{1} << n) - 1);
}

// Copies of a mask of `period` bits until `total` bits are there. period < total <= 64.
inline uint64_t RepeatMask(uint64_t mask, uint32_t period, uint32_t total) {
  while (period < total) {
    mask |= mask << period;
    period *= 2;
  }
  return total == 64 ? mask : mask & ((uint64_t{1} << total) - 1);
}

// Objects of at most 512 bytes: `bits` for its elemsize / 8 words; word = PointerBitsWord(object).
inline void StoreSmallBits(uint64_t* word, uintptr_t object, uint64_t bits, uintptr_t elemsize) {
  uint32_t n = static_cast<uint32_t>(elemsize / abi::kWord);
  uint32_t shift = static_cast<uint32_t>(object / abi::kWord % 64);
  uint64_t all = ~uint64_t{0} >> (64 - n);
  word[0] = (word[0] & ~(all << shift)) | bits << shift;
  if (shift + n > 64) {
    uint32_t done = 64 - shift;
    word[1] = (word[1] & ~(all >> done)) | bits >> done;
  }
}

// Pointers of a value of `type` in the first data_size bytes of an object of elemsize <= 512 bytes.
inline uint64_t SmallBits(const abi::_type* type, uintptr_t data_size) {
  uint64_t bits = MaskWord(type->gcdata, static_cast<uint32_t>(type->ptrdata / abi::kWord));
  if (data_size > type->size) {
    bits = RepeatMask(bits, static_cast<uint32_t>(type->size / abi::kWord),
                      static_cast<uint32_t>(data_size / abi::kWord));
  }
  return bits;
}

// Any object of a scan class, large ones excepted; one_value: data_size bytes hold one value and
// then other things.
void StorePointerBits(uintptr_t object, uintptr_t elemsize, const abi::_type* type,
                      uintptr_t data_size, bool one_value);

// The same question from the other side: is the word at `offset` of the object at `base` in span s
// a pointer?
bool IsPointerWord(const Span* s, uintptr_t base, uintptr_t offset);

// ---- GC programs ----

// Expands a type's program; the mask is made once per type and kept. System stack.
GORT_SYSTEM_STACK const uint8_t* ExpandedMask(const abi::_type* type);
// Runs a program: bit i of `mask` for word i. Returns the number of bits written.
uintptr_t RunGcProgram(const uint8_t* program, uint8_t* mask);

}  // namespace gort::mem

#endif  // GORT_RUNTIME_MEM_POINTER_BITS_H_
