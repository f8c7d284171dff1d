// SPDX-License-Identifier: BSD-3-Clause
//
// print and println: the compiler turns println(a, b) into printlock, one call per operand with
// printsp between, printnl, printunlock. The formats are those of runtime/base/print.cc; this file
// adds the values that have parts:
//
//   complex   (real imagi)      slice   [len/cap]pointer      interface   (type word,data word)
//
// Before: runtime/base/print.h   After: runtime/lang/utf8.h
#include "runtime/base/print.h"

#include "asm/gen/entries.h"

namespace gort::lang {
namespace {

void PrintWordPair(const void* first, const void* second) {
  Print("(");
  PrintPointer(first);
  Print(",");
  PrintPointer(second);
  Print(")");
}

}  // namespace

// ---- Entered from Go ----

extern "C" {

void gort_printlock(entry::printlock*) { PrintLock(); }
void gort_printunlock(entry::printunlock*) { PrintUnlock(); }

void gort_printbool(entry::printbool* a) { PrintBool(a->v); }
void gort_printfloat(entry::printfloat* a) { PrintFloat(a->v); }
void gort_printint(entry::printint* a) { PrintInt(a->v); }
void gort_printhex(entry::printhex* a) { PrintHex(a->v); }
void gort_printuint(entry::printuint* a) { PrintUint(a->v); }
void gort_printstring(entry::printstring* a) { PrintString(a->v); }
void gort_printpointer(entry::printpointer* a) { PrintPointer(a->v); }
void gort_printnl(entry::printnl*) { PrintText("\n"); }
void gort_printsp(entry::printsp*) { PrintText(" "); }

void gort_printcomplex(entry::printcomplex* a) {
  PrintText("(");
  PrintFloat(a->v.real);
  PrintFloat(a->v.imag);
  PrintText("i)");
}

void gort_printeface(entry::printeface* a) { PrintWordPair(a->v.type, a->v.data); }
void gort_printiface(entry::printiface* a) { PrintWordPair(a->v.tab, a->v.data); }

void gort_printslice(entry::printslice* a) {
  PrintText("[");
  PrintInt(a->v.len);
  PrintText("/");
  PrintInt(a->v.cap);
  PrintText("]");
  PrintPointer(a->v.array);
}

}  // extern "C"

}  // namespace gort::lang
