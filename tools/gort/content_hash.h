// SPDX-License-Identifier: BSD-3-Clause
//
// A 128-bit hash of contents, to name cache entries and to tell cmd/go that the runtime has
// changed.
//
// Two lanes fold 16 bytes a step through 64x64 -> 128 bit products, so that hashing every archive
// at every link costs a millisecond or two. It protects against accidents, not against an
// adversary: who can write the archives or the cache can put any program there anyway.
//
// Before: nothing   After: runtime_archive.h
#ifndef GORT_TOOLS_GORT_CONTENT_HASH_H_
#define GORT_TOOLS_GORT_CONTENT_HASH_H_

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>

#include "absl/strings/string_view.h"

namespace gort::tool {

class ContentHash {
 public:
  // Lengths are hashed too: ("ab", "c") and ("a", "bc") differ.
  void Add(absl::string_view bytes) {
    Step(bytes.size(), ~uint64_t{bytes.size()});
    size_t at = 0;
    for (; at + 16 <= bytes.size(); at += 16)
      Step(Load(bytes.data() + at), Load(bytes.data() + at + 8));
    char rest[16] = {};
    std::memcpy(rest, bytes.data() + at, bytes.size() - at);
    Step(Load(rest), Load(rest + 8));
  }

  // 32 hexadecimal digits.
  std::string Hex() const {
    ContentHash last = *this;
    for (int i = 0; i < 4; i++) last.Step(last.high_, last.low_);
    char text[33];
    std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(last.high_),
                  static_cast<unsigned long long>(last.low_));
    return text;
  }

 private:
  static constexpr uint64_t kFirst = 0x9e3779b97f4a7c15;   // 2^64 / golden ratio
  static constexpr uint64_t kSecond = 0xb7e151628aed2a6b;  // e - 2, 64 bits of it

  static uint64_t Load(const char* at) {
    uint64_t value;
    std::memcpy(&value, at, sizeof value);
    return value;
  }
  static uint64_t Fold(uint64_t a, uint64_t b) {
    const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }
  void Step(uint64_t a, uint64_t b) {
    // Adding the lane beside the product keeps a zero factor from erasing what came before.
    const uint64_t low = low_, high = high_;
    low_ = Fold(low ^ a ^ kFirst, b ^ kSecond) + (high << 23 | high >> 41);
    high_ = Fold(high ^ b ^ kSecond, a ^ low ^ kFirst) + (low << 29 | low >> 35);
  }

  uint64_t low_ = kFirst;
  uint64_t high_ = kSecond;
};

}  // namespace gort::tool

#endif  // GORT_TOOLS_GORT_CONTENT_HASH_H_
