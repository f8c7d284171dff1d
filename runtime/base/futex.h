// SPDX-License-Identifier: BSD-3-Clause
//
// Sleeping on a word until another thread changes it: the one thing under locks, notes and idle
// threads.
//
// Both calls may return early and for no reason (a signal, a value that changed before the kernel
// looked), so a sleeper always tests its word again in a loop.
//
// Before: runtime/base/lock_rank.h   After: runtime/base/note.h
#ifndef GORT_RUNTIME_BASE_FUTEX_H_
#define GORT_RUNTIME_BASE_FUTEX_H_

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>

namespace gort {

// Sleeps while *word == value; ns < 0: without limit.
inline void FutexSleep(uint32_t* word, uint32_t value, int64_t ns) {
  struct timespec limit;
  struct timespec* limit_or_null = nullptr;
  if (ns >= 0) {
    limit.tv_sec = ns / 1000000000;
    limit.tv_nsec = ns % 1000000000;
    limit_or_null = &limit;
  }
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, limit_or_null, nullptr, 0);
}

inline void FutexWake(uint32_t* word, int32_t sleepers) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, sleepers, nullptr, nullptr, 0);
}

inline void ThreadYield() { sched_yield(); }

}  // namespace gort

#endif  // GORT_RUNTIME_BASE_FUTEX_H_
