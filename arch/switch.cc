// SPDX-License-Identifier: BSD-3-Clause
//
// The C++ end of switches that Go text makes by hand: systemstack, and the switches that must not
// happen. The texts are stock's, where stock has the case.
//
// Before: arch/upcalls.h   After: arch/amd64/stub.h
#include "arch/switch.h"

#include "arch/upcalls.h"
#include "runtime/base/check.h"

extern "C" {

void gort_systemstack(gort::abi::funcval** fn) { gort::arch::CallGo(*fn, nullptr, 0); }

void gort_morestack_on_g0() { gort::Throw("morestack on g0"); }
void gort_morestack_on_gsignal() { gort::Throw("morestack on gsignal"); }
void gort_morestackc() { gort::Throw("attempt to execute system stack code on user stack"); }
void gort_mcall_on_g0() { gort::Throw("runtime: mcall called on m->g0 stack"); }
void gort_mcall_returned() { gort::Throw("runtime: mcall function returned"); }
void gort_park_on_g0() { gort::Throw("a call that parks was made on the system stack"); }

}  // extern "C"
