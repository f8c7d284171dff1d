// SPDX-License-Identifier: BSD-3-Clause
//
// The knobs and questions of packages runtime and runtime/debug.
//
// Before: runtime/api/os.cc   After: runtime/api/profile.cc
#include <string.h>

#include "arch/arch.h"
#include "asm/gen/entries.h"
#include "runtime/abi/roots.h"
#include "runtime/base/check.h"
#include "runtime/os/environ.h"
#include "runtime/sched/scheduler.h"

namespace gort::api {

namespace {

abi::String Text(const char* text) {
  return {reinterpret_cast<const uint8_t*>(text), static_cast<intptr_t>(strlen(text))};
}

}  // namespace

// ---- Entered from Go ----

extern "C" void gort_GOROOT(entry::GOROOT* a) {
  const char* root = os::Environ("GOROOT");
  a->ret = root != nullptr && *root != 0 ? Text(root) : *abi::roots->defaultGOROOT;
}

extern "C" void gort_Version(entry::Version* a) { a->ret = *abi::roots->buildVersion; }
extern "C" void gort_debug_modinfo(entry::debug_modinfo* a) { a->ret = *abi::roots->modinfo; }

extern "C" void gort_NumCPU(entry::NumCPU* a) { a->ret = *abi::roots->ncpu; }
extern "C" void gort_NumCgoCall(entry::NumCgoCall* a) { a->ret = 0; }
extern "C" void gort_NumGoroutine(entry::NumGoroutine* a) { a->ret = sched::GoroutineCount(); }

extern "C" void gort_gcount(entry::gcount* a) { a->ret = sched::GoroutineCount(); }

extern "C" void gort_Breakpoint(entry::Breakpoint*) { arch::Trap(); }

// Only cgo's unwinders are meant.
extern "C" void gort_SetCgoTraceback(entry::SetCgoTraceback*) {}

extern "C" void gort_setMaxThreads(entry::setMaxThreads* a) {
  sched::scheduler.lock.Acquire();
  a->out = sched::scheduler.max_m_count;
  sched::scheduler.max_m_count = a->in > INT32_MAX ? INT32_MAX : static_cast<int32_t>(a->in);
  sched::CheckMCountLocked();
  sched::scheduler.lock.Release();
}

extern "C" void gort_setPanicOnFault(entry::setPanicOnFault* a) {
  G* g = arch::GetG()->m->curg;
  a->old = g->paniconfault;
  g->paniconfault = a->enabled;
}

// A statically linked program has no plugins.
extern "C" void gort_plugin_lastmoduleinit(entry::plugin_lastmoduleinit* a) {
  a->path = {};
  a->syms = nullptr;
  a->errstr = {};
  ThrowMisuse("runtime: no plugin module data");
}

// cgo is refused when a program is linked; these exist so that the linker finds all builtins.
extern "C" void gort_cgocall(entry::cgocall*) { ThrowMisuse("cgocall unavailable"); }
extern "C" void gort_cgocallback(entry::cgocallback*) { ThrowMisuse("cgocallback unavailable"); }
extern "C" void gort_cgoCheckPointer(entry::cgoCheckPointer*) {}
extern "C" void gort_cgoCheckResult(entry::cgoCheckResult*) {}
extern "C" void gort__cgo_panic_internal(entry::_cgo_panic_internal*) {
  ThrowMisuse("cgo unavailable");
}

}  // namespace gort::api
