// SPDX-License-Identifier: BSD-3-Clause
//
// The race detector's and the memory sanitizer's hooks. gort has neither runtime behind it, and its
// tools refuse such a link (-race, -msan); a program that comes here was linked by other means.
//
// Before: runtime/lang/instrumentation_leaf.cc   After: runtime/lang/map_zero.h
#include "asm/gen/entries.h"
#include "runtime/base/check.h"

namespace gort::lang {
namespace {

[[noreturn]] void NoRace() {
  ThrowMisuse("gort: the program is compiled with -race, which is not supported");
}
[[noreturn]] void NoMsan() {
  ThrowMisuse("gort: the program is compiled with -msan, which is not supported");
}

}  // namespace

// ---- Entered from Go ----

extern "C" {

void gort_racefuncenter(entry::racefuncenter*) { NoRace(); }
void gort_racefuncenterfp(entry::racefuncenterfp*) { NoRace(); }
void gort_racefuncexit(entry::racefuncexit*) { NoRace(); }
void gort_raceread(entry::raceread*) { NoRace(); }
void gort_racewrite(entry::racewrite*) { NoRace(); }
void gort_racereadrange(entry::racereadrange*) { NoRace(); }
void gort_racewriterange(entry::racewriterange*) { NoRace(); }
void gort_msanread(entry::msanread*) { NoMsan(); }
void gort_msanwrite(entry::msanwrite*) { NoMsan(); }

}  // extern "C"

}  // namespace gort::lang
