// SPDX-License-Identifier: BSD-3-Clause
//
// Text: a string under construction on the system stack. Short texts stay in the object, long ones
// grow off heap; ToHeap makes the Go string.
//
// Before: runtime/panic/panic.h   After: runtime/panic/errors.cc
#ifndef GORT_RUNTIME_PANIC_TEXT_H_
#define GORT_RUNTIME_PANIC_TEXT_H_

#include <cstdlib>
#include <cstring>

#include "runtime/abi/value.h"
#include "runtime/base/check.h"
#include "runtime/mem/malloc.h"

namespace gort::panic {

inline bool Same(abi::String a, abi::String b) {
  return a.len == b.len && std::memcmp(a.str, b.str, static_cast<size_t>(a.len)) == 0;
}

class Text {
 public:
  Text() = default;
  ~Text() {
    if (bytes_ != inline_) std::free(bytes_);
  }
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;

  Text& AddByte(uint8_t b) { return Append(&b, 1); }
  Text& Add(const char* text) { return Append(text, std::strlen(text)); }
  Text& Add(abi::String s) { return Append(s.str, static_cast<size_t>(s.len)); }
  Text& AddUint(uint64_t v) {
    char digits[20];
    size_t at = sizeof(digits);
    do {
      digits[--at] = static_cast<char>('0' + v % 10);
      v /= 10;
    } while (v != 0);
    return Append(digits + at, sizeof(digits) - at);
  }
  Text& AddInt(int64_t v) {
    if (v >= 0) return AddUint(static_cast<uint64_t>(v));
    AddByte('-');
    return AddUint(0 - static_cast<uint64_t>(v));
  }

  abi::String ToHeap() const {
    if (size_ == 0) return {};
    void* copy = mem::Malloc(size_, nullptr, false);
    std::memcpy(copy, bytes_, size_);
    return {static_cast<uint8_t*>(copy), static_cast<intptr_t>(size_)};
  }

 private:
  Text& Append(const void* data, size_t n) {
    if (size_ + n > capacity_) Grow(size_ + n);
    std::memcpy(bytes_ + size_, data, n);
    size_ += n;
    return *this;
  }
  void Grow(size_t need) {
    size_t capacity = capacity_ * 2 > need ? capacity_ * 2 : need;
    auto* bytes = static_cast<uint8_t*>(std::malloc(capacity));
    GORT_CHECK(bytes != nullptr, "out of memory");
    std::memcpy(bytes, bytes_, size_);
    if (bytes_ != inline_) std::free(bytes_);
    bytes_ = bytes;
    capacity_ = capacity;
  }

  uint8_t inline_[256];
  uint8_t* bytes_ = inline_;
  size_t size_ = 0;
  size_t capacity_ = sizeof(inline_);
};

}  // namespace gort::panic

#endif  // GORT_RUNTIME_PANIC_TEXT_H_
