// SPDX-License-Identifier: BSD-3-Clause
//
// The file that the program was started from, read by the program itself.
//
// Two things that a traceback of C++ wants are in the file and not, or not findable, in memory: the
// symbol table, and where .eh_frame begins. So the file is mapped when the first such traceback is
// printed, by three system calls and no allocation: the thread that asks is dying.
//
//   ELF header --e_shoff--> section headers --names from .shstrtab
//                             .symtab   address, size, kind of every function    (not after -s)
//                             .strtab   their names
//                             .eh_frame its address; its bytes are in memory too
//
// One thread at a time: the one that prints.
//
// Before: runtime/unwind/goroutines.cc   After: runtime/unwind/cxx_frames.h
#ifndef GORT_RUNTIME_UNWIND_EXECUTABLE_H_
#define GORT_RUNTIME_UNWIND_EXECUTABLE_H_

#include <cstdint>

namespace gort::unwind {

struct MemoryRange {
  const uint8_t* begin;
  const uint8_t* end;
};

// .eh_frame as it is in memory; empty when the program has none or its file cannot be read.
MemoryRange UnwindTables();

struct CxxSymbol {
  const char* name;  // as the linker knows it; nullptr: not found
  uintptr_t entry;
};
CxxSymbol FindSymbol(uintptr_t pc);

// Writes what a symbol of C++ names, with its namespaces and without its parameters; what is more
// than names in namespaces (templates, operators) is written as it is. Returns the length, which is
// less than size.
intptr_t ReadableName(const char* symbol, char* out, intptr_t size);

}  // namespace gort::unwind

#endif  // GORT_RUNTIME_UNWIND_EXECUTABLE_H_
