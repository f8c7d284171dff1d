// SPDX-License-Identifier: BSD-3-Clause
//
// Hash of values of any type, from the type descriptor alone, and the random keys of the process.
//
// The hash of one part is the seed of the next. Neighbouring fields of plain memory are hashed as
// one piece: a struct of two int32 hashes like 8 bytes of plain memory, whether its descriptor says
// so (compiled types) or not (types that reflect made).
//
// Before: runtime/lang/equal.cc   After: runtime/lang/type.cc
#include "runtime/lang/hash.h"

#include <errno.h>
#include <sys/auxv.h>
#include <sys/random.h>

#include <cstring>

#include "asm/gen/entries.h"
#include "runtime/base/check.h"
#include "runtime/lang/type.h"
#include "runtime/lang/value_inl.h"
#include "runtime/lang/walk.h"
#include "runtime/panic/panic.h"

namespace gort::lang {

void InitHash(const uint8_t random[128]) {
  static_assert(sizeof(HashKeys) == 128);
  memcpy(&hash_keys, random, sizeof hash_keys);
  for (uint64_t& word : hash_keys.odd) word |= 1;
}

void InitHash() {
  uint8_t random[128];
  size_t have = 0;
  while (have < sizeof random) {
    const ssize_t n = getrandom(random + have, sizeof random - have, 0);
    if (n > 0) {
      have += static_cast<size_t>(n);
      continue;
    }
    GORT_CHECK(errno == EINTR || errno == ENOSYS, "getrandom failed");
    if (errno == EINTR) continue;
    // An old kernel: 16 random bytes come with the process, each word gets another mixture of them.
    auto* seed = reinterpret_cast<const uint8_t*>(getauxval(AT_RANDOM));
    uint64_t a = Load<uint64_t>(seed), b = Load<uint64_t>(seed + 8);
    for (size_t i = 0; i < sizeof random; i += 8) {
      a = Fold(a ^ 0x9e3779b97f4a7c15, b ^ i);
      b = Fold(b ^ 0xbf58476d1ce4e5b9, a | 1);
      Store(random + i, a);
    }
    break;
  }
  InitHash(random);
}

namespace {

bool IsPlain(const abi::_type* t) { return (t->tflag & abi::kTflagRegularMemory) != 0; }

// Extends a piece of plain memory that begins with `first` by the parts behind it that continue it
// without a gap.
uintptr_t PlainLength(WalkEntry* e, const Part& first) {
  uintptr_t end = first.offset + first.type->size;
  for (;;) {
    WalkEntry ahead = *e;
    const Part part = NextPart(&ahead);
    if (part.type == nullptr || part.offset != end || !IsPlain(part.type)) break;
    end += part.type->size;
    *e = ahead;
  }
  return end - first.offset;
}

}  // namespace

HashResult Hash(const abi::_type* t, const void* p, uintptr_t seed) {
  WalkStack stack;
  for (;;) {
    if (t->equal == nullptr) return {0, const_cast<abi::_type*>(t)};
    if (!HashSimple(t, p, seed, &seed)) {
      if (t->kind_() == abi::kInterface) {
        const Dynamic x = DynamicOf(t, p);
        if (x.type != nullptr) {
          t = x.type;
          p = x.data();
          seed = DynamicSeed(t, seed);
          continue;
        }
      } else {
        stack.Push(t, p, nullptr);
      }
    }
    for (;;) {
      if (stack.empty()) return {seed, nullptr};
      const uint8_t* const base = stack.top().p;
      Part part = NextPart(&stack.top());
      if (part.type == nullptr) {
        stack.Pop();
        continue;
      }
      if (IsPlain(part.type)) {
        const uintptr_t length = PlainLength(&stack.top(), part);
        if (length != 0) seed = HashMemory(base + part.offset, length, seed);
        continue;
      }
      if (part.last) stack.Pop();
      t = part.type;
      p = base + part.offset;
      break;
    }
  }
}

namespace {

template <typename Args>
void HashSlow(Args* a, const abi::_type* t, const void* p, uintptr_t seed) {
  const HashResult result = Hash(t, p, seed);
  if (result.unhashable != nullptr)
    return RaiseWithType("hash of unhashable type ", result.unhashable);
  a->ret = result.hash;
}

template <typename Args>
void HashDynamicSlow(Args* a, Dynamic x) {
  HashSlow(a, x.type, x.data(), DynamicSeed(x.type, a->h));
}

}  // namespace

// ---- Entered from Go ----

extern "C" {

void gort_nilinterhash_slow(entry::nilinterhash_slow* a) {
  auto* e = static_cast<abi::eface*>(a->p);
  HashDynamicSlow(a, {e->type, &e->data});
}
void gort_interhash_slow(entry::interhash_slow* a) {
  auto* i = static_cast<abi::iface*>(a->p);
  HashDynamicSlow(a, {i->tab->type, &i->data});
}

void gort_typehash(entry::typehash* a) { HashSlow(a, a->t, a->p, a->h); }
void gort_reflect_typehash(entry::reflect_typehash* a) { HashSlow(a, a->t, a->p, a->h); }

}  // extern "C"

}  // namespace gort::lang
