// SPDX-License-Identifier: BSD-3-Clause
//
// What the runtime itself writes to standard error: print/println of programs, panics, fatal
// errors, tracebacks.
//
// No allocation, no libc formatting, usable in a crash. Each call writes to fd 2, or to g->writebuf
// when runtime.Stack collects the text. PrintLock/PrintUnlock keep a message of several pieces
// together; they nest. Formats are Go's: integers in decimal, pointers 0x..., floats as
// +1.500000e+000.
//
// Before: runtime/base/note.h   After: runtime/base/upcalls.h
#ifndef GORT_RUNTIME_BASE_PRINT_H_
#define GORT_RUNTIME_BASE_PRINT_H_

#include <cstdint>

#include "runtime/abi/value.h"

namespace gort {

void PrintLock();
void PrintUnlock();

void PrintBytes(const void* data, intptr_t n);
void PrintText(const char* text);  // NUL-terminated
void PrintString(abi::String s);
void PrintInt(int64_t v);
void PrintUint(uint64_t v);
void PrintHex(uint64_t v);   // 0x...
void PrintWord(uint64_t v);  // as dumps of memory have it: sixteen digits
void PrintPointer(const void* v);
void PrintBool(bool v);
void PrintFloat(double v);

// Prints its arguments one after the other: Print("goroutine ", id, " [", state, "]:\n").
inline void PrintOne(const char* v) { PrintText(v); }
inline void PrintOne(abi::String v) { PrintString(v); }
inline void PrintOne(int64_t v) { PrintInt(v); }
inline void PrintOne(int v) { PrintInt(v); }
inline void PrintOne(uint32_t v) { PrintUint(v); }
inline void PrintOne(uint64_t v) { PrintUint(v); }
inline void PrintOne(double v) { PrintFloat(v); }
struct Hex {
  uint64_t v;
};
inline void PrintOne(Hex v) { PrintHex(v.v); }
template <typename... T>
void Print(T... v) {
  (PrintOne(v), ...);
}

}  // namespace gort

#endif  // GORT_RUNTIME_BASE_PRINT_H_
