// SPDX-License-Identifier: BSD-3-Clause
//
// Open-coded defers: no record, only a byte of bits and some slots in the frame.
//
// A function with few defers outside loops stores, at each defer statement, the closure and its
// arguments into frame slots and sets the statement's bit. Its exits test the bits and call. The
// function's FUNCDATA says where things are, as unsigned varints:
//
//   largest argument block | offset of the bits below varp | n | per defer, last statement first:
//     bytes of arguments | closure's offset below varp | k | k x { offset below varp, size, offset
//     in the arguments }
//
// The bit is cleared in the frame before the call is made. So whoever looks at the frame (exit
// code, a panic, a second panic, Goexit, deferreturn after a recovery) sees exactly the calls that
// have not begun, and every call runs once. The compiler's maps say that the slots hold pointers
// until the frame ends: a call that is taken leaves none there, so that what the call drops can go.
//
// Before: runtime/panic/defer.h   After: runtime/panic/panic.cc
#ifndef GORT_RUNTIME_PANIC_OPEN_DEFER_H_
#define GORT_RUNTIME_PANIC_OPEN_DEFER_H_

#include "runtime/panic/defer.h"

namespace gort::panic {

class OpenDefers {
 public:
  // funcdata: the function's kFuncdataOpenCodedDeferInfo; varp: of its frame.
  OpenDefers(const void* funcdata, uintptr_t varp)
      : at_(static_cast<const uint8_t*>(funcdata)), varp_(varp) {
    max_args_ = Next();
    bits_ = reinterpret_cast<uint8_t*>(varp_ - Next());
    count_ = Next();
  }

  bool pending() const { return *bits_ != 0; }
  uint32_t max_args() const { return max_args_; }

  // Takes the last pending call: clears its bit, returns its closure (may be nil) and argument
  // size, and stands at its arguments for MoveArgsTo. Requires pending().
  abi::funcval* Take(uint32_t* siz) {
    for (uint32_t left = count_; left > 0; left--) {
      uint32_t arg_bytes = Next();
      uint32_t closure = Next();
      uint8_t bit = static_cast<uint8_t>(1u << (left - 1));
      if ((*bits_ & bit) != 0) {
        *bits_ &= static_cast<uint8_t>(~bit);
        *siz = arg_bytes;
        auto* slot = reinterpret_cast<abi::funcval**>(varp_ - closure);
        abi::funcval* fn = *slot;
        *slot = nullptr;
        return fn;
      }
      for (uint32_t args = Next(); args > 0; args--) {
        Next();
        Next();
        Next();
      }
    }
    *bits_ = 0;
    *siz = 0;
    return nullptr;
  }

  void MoveArgsTo(uint8_t* block) {
    for (uint32_t args = Next(); args > 0; args--) {
      uint32_t slot = Next();
      uint32_t size = Next();
      uint32_t offset = Next();
      void* from = reinterpret_cast<void*>(varp_ - slot);
      CopyArgs(block + offset, from, static_cast<int32_t>(size));
      __builtin_memset(from, 0, size);
    }
  }

 private:
  uint32_t Next() {
    uint32_t value = 0;
    int shift = 0;
    uint8_t byte;
    do {
      byte = *at_++;
      value |= static_cast<uint32_t>(byte & 0x7f) << shift;
      shift += 7;
    } while ((byte & 0x80) != 0);
    return value;
  }

  const uint8_t* at_;
  uintptr_t varp_;
  uint32_t max_args_;
  uint8_t* bits_;
  uint32_t count_;
};

}  // namespace gort::panic

#endif  // GORT_RUNTIME_PANIC_OPEN_DEFER_H_
