// SPDX-License-Identifier: BSD-3-Clause
//
// Atomic words with named memory orders.
//
// Atomic<T> is a T in memory, nothing more, so it can stand in a structure whose layout gc or the
// assembly knows. Every access names its order: there is no operator= and no default, so a reader
// sees the cost and the promise at the place of use, and `grep Relaxed` finds every access that
// owes a reason.
//
//   LoadAcquire / StoreRelease   publish a value: what was written before the store is seen after
//                                the load
//   LoadRelaxed / StoreRelaxed   a counter or a hint; the comment beside it says why no order is
//                                needed
//   *AcqRel, *SeqCst             read-modify-write; SeqCst only where a store must not pass a later
//                                load
//
// All functions are inline and freestanding: leaf code on a goroutine stack uses them too.
//
// Before: runtime/abi/value.h   After: runtime/base/lock.h
#ifndef GORT_RUNTIME_BASE_ATOMIC_H_
#define GORT_RUNTIME_BASE_ATOMIC_H_

namespace gort {

template <typename T>
struct Atomic {
  T value;

  T LoadRelaxed() const { return Load<__ATOMIC_RELAXED>(); }
  T LoadAcquire() const { return Load<__ATOMIC_ACQUIRE>(); }
  T LoadSeqCst() const { return Load<__ATOMIC_SEQ_CST>(); }
  void StoreRelaxed(T v) { __atomic_store(&value, &v, __ATOMIC_RELAXED); }
  void StoreRelease(T v) { __atomic_store(&value, &v, __ATOMIC_RELEASE); }
  void StoreSeqCst(T v) { __atomic_store(&value, &v, __ATOMIC_SEQ_CST); }
  T ExchangeAcqRel(T v) { return Exchange<__ATOMIC_ACQ_REL>(v); }
  T ExchangeSeqCst(T v) { return Exchange<__ATOMIC_SEQ_CST>(v); }

  // Returns the value before the addition.
  T FetchAddRelaxed(T d) { return __atomic_fetch_add(&value, d, __ATOMIC_RELAXED); }
  T FetchAddAcqRel(T d) { return __atomic_fetch_add(&value, d, __ATOMIC_ACQ_REL); }
  T FetchAddSeqCst(T d) { return __atomic_fetch_add(&value, d, __ATOMIC_SEQ_CST); }
  T FetchOrAcqRel(T d) { return __atomic_fetch_or(&value, d, __ATOMIC_ACQ_REL); }
  T FetchAndAcqRel(T d) { return __atomic_fetch_and(&value, d, __ATOMIC_ACQ_REL); }

  // Strong compare and swap; on failure *expected receives the value found.
  template <typename U>
  requires __is_same(U, T*) bool CasAcqRel(U expected, T desired) {
    return __atomic_compare_exchange(&value, expected, &desired, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_ACQUIRE);
  }
  template <typename U>
  requires __is_same(U, T*) bool CasAcquire(U expected, T desired) {
    return __atomic_compare_exchange(&value, expected, &desired, false, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED);
  }
  template <typename U>
  requires __is_same(U, T*) bool CasSeqCst(U expected, T desired) {
    return __atomic_compare_exchange(&value, expected, &desired, false, __ATOMIC_SEQ_CST,
                                     __ATOMIC_SEQ_CST);
  }
  // The same with the expected value passed by copy, for callers that retry by other means.
  bool CasAcqRel(T expected, T desired) { return CasAcqRel(&expected, desired); }
  bool CasSeqCst(T expected, T desired) { return CasSeqCst(&expected, desired); }

 private:
  // The generic builtins, as the _n forms of clang take no enumeration.
  template <int kOrder>
  T Load() const {
    T v;
    __atomic_load(&value, &v, kOrder);
    return v;
  }
  template <int kOrder>
  T Exchange(T v) {
    T old;
    __atomic_exchange(&value, &v, &old, kOrder);
    return old;
  }
};

// Keeps the compiler, not the cpu, from moving memory accesses across it.
inline void CompilerBarrier() { __asm__ volatile("" ::: "memory"); }
// Full barrier of compiler and cpu: a store before it is visible before a load after it is done.
inline void FullBarrier() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

}  // namespace gort

#endif  // GORT_RUNTIME_BASE_ATOMIC_H_
