// SPDX-License-Identifier: BSD-3-Clause
//
// arm64: the first instruction of ours in a process. glibc's static start code calls main(argc,
// argv, envp) on the main thread's stack, in C++'s convention. It is Go text because cmd/link keeps
// only what this symbol reaches, and because Go's symbols are local to Go's object: the address of
// runtime.roots, the table of everything that C++ needs of Go, is handed over here in the place of
// envp, which follows argv anyway.
//
//   [[noreturn]] void gort_start(int argc, char** argv, const abi::Roots* roots)
//   runtime/start.cc
//
// The second address is for cmd/link's sake. It sorts the types of a program by size, and offset 0
// among them, where the smallest symbol lands, means "none" to who reads an offset. The import path
// of a package without one, 3 bytes and used by nothing else, takes that place.
//
// Before: asm/shim/roots.go   After: runtime/start.cc
#include "textflag.h"

TEXT main(SB), NOSPLIT|NOFRAME, $0
	MOVD	$·roots(SB), R2
	MOVD	$type··importpath··(SB), R3
	B	gort_start(SB)
