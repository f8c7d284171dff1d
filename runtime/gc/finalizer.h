// SPDX-License-Identifier: BSD-3-Clause
//
// Finalizers.
//
// A finalizer's special (mem/special.h) makes the object's contents reachable (what the finalizer
// will see) but not the object itself. When the sweep finds an object with a finalizer unreachable,
// it takes the special away, marks the object as alive for one more cycle and queues the call; one
// goroutine (runfinq in the shim) makes the calls in the order of the queue.
//
// Before: runtime/gc/pacer.h   After: runtime/gc/finalizer.cc
#ifndef GORT_RUNTIME_GC_FINALIZER_H_
#define GORT_RUNTIME_GC_FINALIZER_H_

#include "runtime/abi/type.h"
#include "runtime/base/stack_rules.h"
#include "runtime/mem/special.h"

namespace gort::gc {

// How to call fn(obj): the first word of the argument if the parameter is an interface (its type or
// itab), then the object's address, then room for results.
struct FinalizerCall {
  abi::funcval* fn;       // a root while the special exists
  void* interface_word;   // nullptr: the parameter is a pointer
  uintptr_t result_size;  // bytes, whole words
};

struct FinalizerSpecial : mem::Special {
  FinalizerCall call;
};

// obj points into a heap object. False: there is one already.
GORT_SYSTEM_STACK bool AddFinalizer(void* obj, const FinalizerCall& call);
GORT_SYSTEM_STACK void RemoveFinalizer(void* obj);
// Makes the goroutine that runs finalizers, once.
GORT_SYSTEM_STACK void StartFinalizerGoroutine();

void FreeFinalizerSpecial(FinalizerSpecial* special);

// Sweep: the object at obj is unreachable; its call goes to the end of the queue. World stopped or
// queue lock held inside.
void QueueFinalizer(void* obj, const FinalizerCall& call);
// After a sweep: the goroutine goes on when there is something in the queue.
void WakeFinalizerGoroutine();

// Roots: every pointer in the queue.
void ForEachQueued(void (*visit)(void* pointer, void* arg), void* arg);

}  // namespace gort::gc

#endif  // GORT_RUNTIME_GC_FINALIZER_H_
