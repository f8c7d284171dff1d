// SPDX-License-Identifier: BSD-3-Clause
//
// Calling leaf entries from tests, as compiled Go code does: the argument block lies on the stack,
// where the leaf looks for it. The slow twins that a leaf continues in are called on the same
// stack.
//
//   TEST_LEAF(countrunes);                                   declares it, at namespace scope
//   entry::countrunes a = {s, 0};  CallLeaf(leaf_countrunes, &a);
//
// Before: tests/support/type_builder.h   After: tests/support/leaf_call_amd64.S
#ifndef GORT_TESTS_SUPPORT_LEAF_CALL_H_
#define GORT_TESTS_SUPPORT_LEAF_CALL_H_

#include "arch/leaf.h"

extern "C" void gort_test_call_leaf(void (*leaf)(), void* args, size_t size);

#define TEST_LEAF(name) extern "C" void leaf_##name() __asm__(GORT_LEAF_SYMBOL(name))

namespace gort::testing_support {

template <typename Args>
void CallLeaf(void (*leaf)(), Args* args) {
  gort_test_call_leaf(leaf, args, sizeof(Args));
}

}  // namespace gort::testing_support

#endif  // GORT_TESTS_SUPPORT_LEAF_CALL_H_
