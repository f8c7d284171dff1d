// SPDX-License-Identifier: BSD-3-Clause
//
// Address space and pages from Linux.
//
//   Reserve   address space only: touching it faults; costs nothing
//   Commit    reserved space becomes readable, writable and zero; pages come on first touch
//   Discard   contents are gone, pages go back to the system; the next touch sees zeros
//   Map       Reserve + Commit anywhere;  Unmap gives address space and pages back
//
// Before: runtime/base/debug_vars.cc   After: runtime/os/thread.h
#ifndef GORT_RUNTIME_OS_MEMORY_H_
#define GORT_RUNTIME_OS_MEMORY_H_

#include <cstdint>

namespace gort::os {

// At hint when the system likes it, elsewhere when not; nullptr when there is no such address
// space.
void* Reserve(void* hint, uintptr_t size);
// False: the system has no memory for it.
bool Commit(void* p, uintptr_t size);
void Discard(void* p, uintptr_t size);
// Hints for transparent huge pages.
void PreferHugePages(void* p, uintptr_t size);
void AvoidHugePages(void* p, uintptr_t size);

// nullptr: no memory.
void* Map(uintptr_t size);
void Unmap(void* p, uintptr_t size);
// Whoever touches these pages from now on has a fault; what was in them is gone. False: refused.
bool Forbid(void* p, uintptr_t size);

uintptr_t PhysicalPageSize();

}  // namespace gort::os

#endif  // GORT_RUNTIME_OS_MEMORY_H_
