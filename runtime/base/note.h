// SPDX-License-Identifier: BSD-3-Clause
//
// Note: one thread sleeps until another wakes it, once. Clear, then Sleep and Wake in either order.
//
// Before: runtime/base/lock_rank.h   After: runtime/base/print.h
#ifndef GORT_RUNTIME_BASE_NOTE_H_
#define GORT_RUNTIME_BASE_NOTE_H_

#include "runtime/base/atomic.h"

#include <cstdint>

namespace gort {

class Note {
 public:
  constexpr Note() : word_{} {}
  void Clear() { word_.StoreRelease(0); }
  void Wake();
  bool IsWoken() const { return word_.LoadAcquire() != 0; }
  void Sleep();
  // ns < 0: no limit. Returns false on time-out.
  bool SleepFor(int64_t ns);

 private:
  Atomic<uint32_t> word_;
};

}  // namespace gort

#endif  // GORT_RUNTIME_BASE_NOTE_H_
