// SPDX-License-Identifier: BSD-3-Clause
//
// Writing an entry that runs on the goroutine stack.
//
//   GORT_LEAF(chanlen) {            // declared in the shim:  //gort:leaf
//     a.ret = a.c == nullptr ? 0 : a.c->qcount;     //        func chanlen(c *hchan) (ret int)
//   }
//
// `a` is the argument block, gort::entry::chanlen& (asm/gen/entries.h), in the Go caller's frame.
// There is no call between Go and this function that a stub could pass it in, so it is found
// relative to the frame (kLeafArgs, in arch/<cpu>/leaf.h). The function must not be inlined or
// merged with another one, hence noipa.
//
//   GORT_TAIL(name);                ends the leaf: continues in another entry with the same
//                                   argument block, as if the Go caller had called that one. It is
//                                   a jump: the frame of the leaf is gone. tools/leaf
//                                   refuses a leaf in which the compiler made it a call.
//   GORT_LEAF_INT(name) { ... return n; }    the same with an int result in the result register
//                                            (deferproc).
//   GORT_TAIL_INT(name)                      its tail
//
// What such code may do: runtime/base/stack_rules.h.
//
// Before: arch/switch.h   After: arch/amd64/leaf.h
#ifndef GORT_ARCH_LEAF_H_
#define GORT_ARCH_LEAF_H_

#include "arch/arch.h"
#include "asm/gen/entries.h"

#define GORT_LEAF(name)                                                                       \
  static inline __attribute__((always_inline)) void gort_body_##name(::gort::entry::name& a); \
  extern "C" __attribute__((noipa, used, visibility("hidden"))) void gort_leaf_##name(        \
      void) __asm__(GORT_LEAF_SYMBOL(name));                                                  \
  extern "C" void gort_leaf_##name(void) {                                                    \
    gort_body_##name(*reinterpret_cast<::gort::entry::name*>(                                 \
        static_cast<char*>(__builtin_dwarf_cfa()) + ::gort::arch::kLeafArgs));                \
  }                                                                                           \
  static inline void gort_body_##name([[maybe_unused]] ::gort::entry::name& a)

#define GORT_LEAF_INT(name)                                                                  \
  static inline __attribute__((always_inline)) int gort_body_##name(::gort::entry::name& a); \
  extern "C" __attribute__((noipa, used, visibility("hidden"))) int gort_leaf_##name(        \
      void) __asm__(GORT_LEAF_SYMBOL(name));                                                 \
  extern "C" int gort_leaf_##name(void) {                                                    \
    return gort_body_##name(*reinterpret_cast<::gort::entry::name*>(                         \
        static_cast<char*>(__builtin_dwarf_cfa()) + ::gort::arch::kLeafArgs));               \
  }                                                                                          \
  static inline int gort_body_##name([[maybe_unused]] ::gort::entry::name& a)

#define GORT_TAIL(name)                                                               \
  do {                                                                                \
    extern __attribute__((visibility("hidden"))) void gort_tail_##name(void) __asm__( \
        GORT_TAIL_SYMBOL(name));                                                      \
    return gort_tail_##name();                                                        \
  } while (false)

#define GORT_TAIL_INT(name)                                                          \
  do {                                                                               \
    extern __attribute__((visibility("hidden"))) int gort_tail_##name(void) __asm__( \
        GORT_TAIL_SYMBOL(name));                                                     \
    return gort_tail_##name();                                                       \
  } while (false)

#endif  // GORT_ARCH_LEAF_H_
