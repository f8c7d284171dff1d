// SPDX-License-Identifier: BSD-3-Clause
//
// Prints asm_offsets.h: what both assemblers know about C++ structures.
//
// The structures in runtime/abi are the only home of a layout. Assembly text names a field as
// Struct_field and this program, built for the host, says where it is; that is right for every
// target, because the layouts are the same on all of them (runtime/abi/layout_check.cc asserts it
// when the target's code is compiled). A field inside a structure inside a structure is a sum in
// the assembly: G_sched+Gobuf_sp.
//
// Before: runtime/abi/layout_check.cc   After: asm/macros.h
#include <cstddef>
#include <cstdio>

#include "arch/features.h"
#include "runtime/abi/p.h"

using namespace gort::abi;  // names of fields only

#define FIELD(prefix, type, field) \
  std::printf("#define %s_%s %zu\n", #prefix, #field, offsetof(type, field))
#define SIZE(prefix, type) std::printf("#define %s_size %zu\n", #prefix, sizeof(type))

int main() {
  std::printf("// Written by asm/offsets.cc.\n");
  FIELD(Stack, Stack, lo);
  FIELD(Stack, Stack, hi);

  FIELD(G, g, stack);
  FIELD(G, g, stackguard0);
  FIELD(G, g, stackguard1);
  FIELD(G, g, _panic);
  FIELD(G, g, _defer);
  FIELD(G, g, m);
  FIELD(G, g, sched);

  FIELD(M, m, g0);
  FIELD(M, m, morebuf);
  FIELD(M, m, gsignal);
  FIELD(M, m, curg);
  FIELD(M, m, p);

  FIELD(P, p, wb);
  FIELD(P, p, deferpool);

  FIELD(WbBuf, wbBuf, next);
  FIELD(WbBuf, wbBuf, end);

  FIELD(Gobuf, gobuf, sp);
  FIELD(Gobuf, gobuf, pc);
  FIELD(Gobuf, gobuf, g);
  FIELD(Gobuf, gobuf, ctxt);
  FIELD(Gobuf, gobuf, ret);
  FIELD(Gobuf, gobuf, lr);
  FIELD(Gobuf, gobuf, bp);

  FIELD(Defer, _defer, siz);
  FIELD(Defer, _defer, started);
  FIELD(Defer, _defer, heap);
  FIELD(Defer, _defer, openDefer);
  FIELD(Defer, _defer, sp);
  FIELD(Defer, _defer, pc);
  FIELD(Defer, _defer, fn);
  FIELD(Defer, _defer, _panic);
  FIELD(Defer, _defer, link);
  FIELD(Defer, _defer, fd);
  SIZE(Defer, _defer);

  FIELD(Features, gort::arch::Features, wide_move);

  FIELD(Panic, _panic, argp);
  FIELD(Funcval, funcval, fn);
  return 0;
}
