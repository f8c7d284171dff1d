// SPDX-License-Identifier: BSD-3-Clause
//
// The long forms of the two hashes, and the hash functions that compiled code and maps know by
// name.
//
// Data longer than 16 bytes runs through lanes of 16 bytes. Up to 64 bytes every lane is
// independent of the others until the end, so the rounds overlap in the cpu; beyond that four
// states take 64 bytes per step.
//
//   17..32   first 16, last 16
//   33..64   first 32, last 32
//   65...    64-byte steps, then the last 64
//
// Before: runtime/lang/hash.h   After: runtime/lang/value_inl.h
#include "arch/leaf.h"
#include "runtime/lang/hash.h"
#include "runtime/lang/value_inl.h"

namespace gort::lang {

HashKeys hash_keys;

uintptr_t AesHashLong(const uint8_t* p, uintptr_t n, uintptr_t seed) {
  arch::Block state = arch::Block{seed, n} ^ hash_keys.aes[0];
  state = arch::AesRound(state, hash_keys.aes[1]);
  arch::Block a = state ^ hash_keys.aes[2];
  arch::Block b = state ^ hash_keys.aes[3];
  const uint8_t* const end = p + n;
  if (n <= 32) {
    a = arch::AesRound(a ^ LoadBlock(p), state);
    b = arch::AesRound(b ^ LoadBlock(end - 16), state);
  } else {
    arch::Block c = state ^ hash_keys.aes[4];
    arch::Block d = state ^ hash_keys.aes[5];
    while (end - p > 64) {
      a = arch::AesRound(a ^ LoadBlock(p), state);
      b = arch::AesRound(b ^ LoadBlock(p + 16), state);
      c = arch::AesRound(c ^ LoadBlock(p + 32), state);
      d = arch::AesRound(d ^ LoadBlock(p + 48), state);
      p += 64;
    }
    if (n > 64) p = end - 64;
    a = arch::AesRound(a ^ LoadBlock(p), state);
    b = arch::AesRound(b ^ LoadBlock(p + 16), state);
    c = arch::AesRound(c ^ LoadBlock(end - 32), state);
    d = arch::AesRound(d ^ LoadBlock(end - 16), state);
    a = arch::AesRound(a, c);
    b = arch::AesRound(b, d);
  }
  a = arch::AesRound(a, b);
  a = arch::AesRound(a, hash_keys.aes[2]);
  a = arch::AesRound(a, hash_keys.aes[3]);
  return a[0];
}

uintptr_t MulHashLong(const uint8_t* p, uintptr_t n, uintptr_t seed) {
  const uint64_t* const odd = hash_keys.odd;
  const uint8_t* const end = p + n;
  uint64_t a = seed ^ odd[0], b = seed ^ odd[1];
  while (end - p > 32) {
    a = Fold(Load<uint64_t>(p) ^ odd[1], Load<uint64_t>(p + 8) ^ a);
    b = Fold(Load<uint64_t>(p + 16) ^ odd[2], Load<uint64_t>(p + 24) ^ b);
    p += 32;
  }
  if (end - p > 16) a = Fold(Load<uint64_t>(p) ^ odd[1], Load<uint64_t>(p + 8) ^ a);
  b = Fold(Load<uint64_t>(end - 16) ^ odd[2], Load<uint64_t>(end - 8) ^ b);
  return Fold(a ^ b ^ odd[3], n ^ odd[0] ^ b);
}

bool HashFields(const abi::structtype* t, const uint8_t* p, uintptr_t seed, uintptr_t* hash) {
  const auto* field = static_cast<const abi::structfield*>(t->fields.array);
  uintptr_t begin = 0, end = 0;  // of the piece of plain memory that is not hashed yet
  for (const auto* last = field + t->fields.len; field != last; field++) {
    if (IsBlank(field->name)) continue;
    const abi::_type* type = field->typ;
    const uintptr_t offset = field->offset();
    const bool plain = (type->tflag & abi::kTflagRegularMemory) != 0;
    if (begin != end && (!plain || offset != end)) {
      seed = HashMemory(p + begin, end - begin, seed);
      begin = end;
    }
    if (plain) {
      if (begin == end) begin = offset;
      end = offset + type->size;
    } else if (type->kind_() == abi::kInterface) {
      const abi::_type* dynamic = DynamicTypeAt(type, p + offset);
      if (dynamic == nullptr) continue;
      void* const* word = &reinterpret_cast<const abi::eface*>(p + offset)->data;
      if (dynamic->equal == nullptr ||
          !HashScalar(dynamic, dynamic->direct_iface() ? static_cast<const void*>(word) : *word,
                      DynamicSeed(dynamic, seed), &seed)) {
        return false;
      }
    } else if (!HashScalar(type, p + offset, seed, &seed)) {
      return false;
    }
  }
  *hash = begin == end ? seed : HashMemory(p + begin, end - begin, seed);
  return true;
}

// ---- Entered from Go ----

GORT_LEAF(memhash) { a.ret = HashMemory(a.p, a.size, a.h); }
GORT_LEAF(memhash0) { a.ret = HashMemory(a.p, 0, a.h); }
GORT_LEAF(memhash8) { a.ret = HashMemory(a.p, 1, a.h); }
GORT_LEAF(memhash16) { a.ret = HashMemory(a.p, 2, a.h); }
GORT_LEAF(memhash32) { a.ret = HashMemory(a.p, 4, a.h); }
GORT_LEAF(memhash64) { a.ret = HashMemory(a.p, 8, a.h); }
GORT_LEAF(memhash128) { a.ret = HashMemory(a.p, 16, a.h); }
GORT_LEAF(strhash) { a.ret = HashString(*static_cast<abi::String*>(a.p), a.h); }
GORT_LEAF(f32hash) { a.ret = HashFloat<float, uint32_t>(a.p, a.h, NextRandom()); }
GORT_LEAF(f64hash) { a.ret = HashFloat<double, uint64_t>(a.p, a.h, NextRandom()); }
GORT_LEAF(c64hash) { a.ret = HashComplex<float, uint32_t>(a.p, a.h); }
GORT_LEAF(c128hash) { a.ret = HashComplex<double, uint64_t>(a.p, a.h); }

GORT_LEAF(nilinterhash) {
  auto* e = static_cast<abi::eface*>(a.p);
  if (!HashData(e->type, &e->data, a.h, &a.ret)) GORT_TAIL(nilinterhash_slow);
}

GORT_LEAF(interhash) {
  auto* i = static_cast<abi::iface*>(a.p);
  if (!HashData(DynamicType(*i), &i->data, a.h, &a.ret)) GORT_TAIL(interhash_slow);
}

}  // namespace gort::lang
