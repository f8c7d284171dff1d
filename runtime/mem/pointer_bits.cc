// SPDX-License-Identifier: BSD-3-Clause
//
// Writing and reading pointer bits in their general form, and the machine that runs GC programs.
//
// A GC program is a compressed mask:
//
//   00000000            end
//   0nnnnnnn bytes      the next n bits are literal, from ceil(n / 8) bytes
//   1nnnnnnn c          repeat the last n bits c more times; c is a varint
//   10000000 n c        the same with n as a varint
//
// Types carry it behind a 4-byte length; the linker's programs for data and bss have none.
//
// Before: runtime/mem/pointer_bits.h   After: runtime/mem/cache.h
#include "runtime/mem/pointer_bits.h"

#include "runtime/base/check.h"
#include "runtime/base/lock.h"
#include "runtime/mem/fixed_alloc.h"
#include "runtime/mem/malloc.h"
#include "runtime/mem/profile.h"
#include "runtime/mem/stats.h"

namespace gort::mem {
namespace {

bool MaskBit(const uint8_t* mask, uintptr_t i) { return (mask[i / 8] >> (i % 8) & 1) != 0; }

// A mask of n bits at any position of a byte array that is being written front to back: bits behind
// it are clear.
uint64_t ReadBits(const uint8_t* mask, uintptr_t first, uint32_t n) {
  uint64_t bits = 0;
  for (uint32_t i = 0; i < n;) {
    uint32_t in_byte = static_cast<uint32_t>((first + i) % 8);
    uint32_t count = 8 - in_byte < n - i ? 8 - in_byte : n - i;
    uint64_t part = mask[(first + i) / 8] >> in_byte & ((1u << count) - 1);
    bits |= part << i;
    i += count;
  }
  return bits;
}

void AppendBits(uint8_t* mask, uintptr_t first, uint64_t bits, uint32_t n) {
  for (uint32_t i = 0; i < n;) {
    uint32_t in_byte = static_cast<uint32_t>((first + i) % 8);
    uint32_t count = 8 - in_byte < n - i ? 8 - in_byte : n - i;
    uint8_t part = static_cast<uint8_t>((bits >> i & ((1u << count) - 1)) << in_byte);
    uint8_t* byte = &mask[(first + i) / 8];
    *byte = in_byte == 0 ? part : *byte | part;
    i += count;
  }
}

uintptr_t ReadVarint(const uint8_t** at) {
  uintptr_t value = 0;
  for (int shift = 0;; shift += 7) {
    uint8_t byte = *(*at)++;
    value |= uintptr_t{byte & 0x7fu} << shift;
    if ((byte & 0x80) == 0) return value;
  }
}

// Sets bits of an object of up to 127 words one word of the bitmap at a time.
void StoreBits(uintptr_t object, uintptr_t elemsize, const abi::_type* type, uintptr_t data_size) {
  uintptr_t words = elemsize / abi::kWord;
  uintptr_t period = type->size / abi::kWord;
  uintptr_t pointers = type->ptrdata / abi::kWord;
  uintptr_t data_words = data_size / abi::kWord;
  for (uintptr_t i = 0; i < words;) {
    uintptr_t address = object + i * abi::kWord;
    uint32_t shift = static_cast<uint32_t>(address / abi::kWord % 64);
    uint32_t count = static_cast<uint32_t>(64 - shift < words - i ? 64 - shift : words - i);
    uint64_t bits = 0;
    for (uint32_t j = 0; j < count && i + j < data_words; j++) {
      uintptr_t in_value = (i + j) % period;
      if (in_value < pointers && MaskBit(type->gcdata, in_value)) bits |= uint64_t{1} << j;
    }
    uint64_t all = count == 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1;
    uint64_t* word = PointerBitsWord(address);
    *word = (*word & ~(all << shift)) | bits << shift;
    i += count;
  }
}

struct MaskOfType {
  const abi::_type* type;
  const uint8_t* mask;
  MaskOfType* next;
};
Lock masks_lock(LockRank::kSpecials);
Atomic<MaskOfType*> masks;  // published by a store-release of the head; never shortened

Atomic<uintptr_t> mask_bytes;

}  // namespace

void StorePointerBits(uintptr_t object, uintptr_t elemsize, const abi::_type* type,
                      uintptr_t data_size, bool one_value) {
  if (elemsize == abi::kWord) return;
  if (one_value && data_size > type->size) data_size = type->size;
  if (elemsize <= kMaxBitsSize) {
    StoreBits(object, elemsize, type, data_size);
    return;
  }
  one_value = one_value || data_size < 2 * type->size;
  *TypeWordOf(object) = reinterpret_cast<uintptr_t>(type) | (one_value ? kOneValue : 0);
}

// Go counts expanded masks and profile buckets as one.
uintptr_t ProfileBytes() { return mask_bytes.LoadRelaxed() + ProfileTableBytes(); }

bool IsPointerWord(const Span* s, uintptr_t base, uintptr_t offset) {
  if (s->noscan()) return false;
  if (s->elemsize == abi::kWord) return true;
  if (s->elemsize <= kMaxBitsSize) {
    uintptr_t address = base + offset;
    return (*PointerBitsWord(address) >> (address / abi::kWord % 64) & 1) != 0;
  }
  uint64_t word = s->large() ? s->large_type : *TypeWordOf(base);
  if (word == 0) return false;
  auto* type = reinterpret_cast<const abi::_type*>(word & ~kOneValue);
  if ((word & kOneValue) == 0) offset %= type->size;
  if (offset >= type->ptrdata) return false;
  const uint8_t* mask = s->large() && s->large_mask != nullptr ? s->large_mask : type->gcdata;
  return MaskBit(mask, offset / abi::kWord);
}

const uint8_t* ExpandedMask(const abi::_type* type) {
  for (MaskOfType* m = masks.LoadAcquire(); m != nullptr; m = m->next) {
    if (m->type == type) return m->mask;
  }
  uintptr_t bytes = (type->ptrdata / abi::kWord + 7) / 8 + 8;
  auto* mask = static_cast<uint8_t*>(PersistentAlloc(bytes, 8));
  uintptr_t bits = RunGcProgram(type->gcdata + 4, mask);
  GORT_CHECK(bits <= type->size / abi::kWord && bits >= type->ptrdata / abi::kWord,
             "GC program of a type does not fit its size");
  mask_bytes.FetchAddRelaxed(bytes + sizeof(MaskOfType));  // a statistic
  auto* entry = static_cast<MaskOfType*>(PersistentAlloc(sizeof(MaskOfType), 8));
  entry->type = type;
  entry->mask = mask;
  LockGuard guard(&masks_lock);
  entry->next = masks.LoadRelaxed();  // only changed under the lock
  masks.StoreRelease(entry);
  return mask;
}

uintptr_t RunGcProgram(const uint8_t* program, uint8_t* mask) {
  uintptr_t written = 0;
  while (true) {
    uint8_t op = *program++;
    if (op == 0) return written;
    uintptr_t n = op & 0x7f;
    if ((op & 0x80) == 0) {
      for (uintptr_t i = 0; i < n; i += 8) {
        uint32_t count = static_cast<uint32_t>(n - i < 8 ? n - i : 8);
        AppendBits(mask, written + i, *program++, count);
      }
      written += n;
      continue;
    }
    if (n == 0) n = ReadVarint(&program);
    uintptr_t total = n * ReadVarint(&program);
    uintptr_t from = written - n;
    while (total > 0) {
      // The source may be what this loop wrote just before; take no more than is there.
      uintptr_t there = written - from;
      uintptr_t count = there < 56 ? there : 56;
      if (count > total) count = total;
      AppendBits(mask, written, ReadBits(mask, from, static_cast<uint32_t>(count)),
                 static_cast<uint32_t>(count));
      written += count;
      from += count;
      total -= count;
    }
  }
}

}  // namespace gort::mem
