// SPDX-License-Identifier: BSD-3-Clause
//
// Checks of unsafe.Pointer conversions, for code compiled with -d=checkptr.
//
//   alignment    (*[n]T)(p): if T has pointers p is aligned for T, and all n elements lie in one
//                allocation
//   arithmetic   unsafe.Pointer(uintptr(p) + x): the result points into the allocation of one of
//                the operands
//
// An allocation is a heap object, a section of global data, or the stack of the goroutine as a
// whole.
//
// Before: runtime/lang/iface.cc   After: runtime/lang/complex_leaf.cc
#include "arch/arch.h"
#include "asm/gen/entries.h"
#include "runtime/abi/roots.h"
#include "runtime/base/check.h"
#include "runtime/lang/string.h"
#include "runtime/mem/malloc.h"

namespace gort::lang {
namespace {

constexpr uintptr_t kMinLegalPointer = 4096;

// A number that identifies the allocation with p; 0: none that is known.
uintptr_t Allocation(uintptr_t p) {
  if (OnStackOf(arch::GetG()->m->curg, reinterpret_cast<void*>(p))) return 1;
  if (const uintptr_t base = mem::FindObject(reinterpret_cast<void*>(p)).base) return base;
  for (const abi::moduledata* m = roots->firstmoduledata; m != nullptr; m = m->next) {
    if (m->data <= p && p < m->edata) return m->data;
    if (m->bss <= p && p < m->ebss) return m->bss;
  }
  return 0;
}

}  // namespace

// ---- Entered from Go ----

extern "C" void gort_checkptrAlignment(entry::checkptrAlignment* a) {
  const uintptr_t p = reinterpret_cast<uintptr_t>(a->p);
  if (a->elem->has_pointers() && (p & (a->elem->align - 1u)) != 0) {
    ThrowMisuse("checkptr: misaligned pointer conversion");
  }
  const uintptr_t size = a->n * a->elem->size;
  if (size > 1 && Allocation(p) != Allocation(p + size - 1)) {
    ThrowMisuse("checkptr: converted pointer straddles multiple allocations");
  }
}

extern "C" void gort_checkptrArithmetic(entry::checkptrArithmetic* a) {
  const uintptr_t p = reinterpret_cast<uintptr_t>(a->p);
  if (p != 0 && p < kMinLegalPointer)
    ThrowMisuse("checkptr: pointer arithmetic computed bad pointer value");
  const uintptr_t allocation = Allocation(p);
  if (allocation == 0) return;
  auto* operand = static_cast<uintptr_t*>(a->originals.array);
  for (intptr_t i = 0; i < a->originals.len; i++) {
    if (Allocation(operand[i]) == allocation) return;
  }
  ThrowMisuse("checkptr: pointer arithmetic result points to invalid allocation");
}

}  // namespace gort::lang
