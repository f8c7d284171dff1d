// SPDX-License-Identifier: BSD-3-Clause
//
// The slow twins that the leaf entries of runtime/lang continue in; SLOW is defined by the file
// that includes this.
//
// Before: tests/unit/lang/leaf_call_amd64.S   After: tests/unit/lang/map_test.cc
#define SLOW_TWINS                             \
  SLOW assertE2I2_slow;                        \
  SLOW assertE2I_slow;                         \
  SLOW assertI2I2_slow;                        \
  SLOW assertI2I_slow;                         \
  SLOW concatstring2_slow;                     \
  SLOW concatstring3_slow;                     \
  SLOW concatstring4_slow;                     \
  SLOW concatstring5_slow;                     \
  SLOW concatstrings_slow;                     \
  SLOW convI2I_slow;                           \
  SLOW convT16_slow;                           \
  SLOW convT2E_slow;                           \
  SLOW convT2Enoptr_slow;                      \
  SLOW convT2I_slow;                           \
  SLOW convT2Inoptr_slow;                      \
  SLOW convT32_slow;                           \
  SLOW convT64_slow;                           \
  SLOW convTslice_slow;                        \
  SLOW convTstring_slow;                       \
  SLOW efaceeq_slow;                           \
  SLOW ifaceeq_slow;                           \
  SLOW interequal_slow;                        \
  SLOW interhash_slow;                         \
  SLOW intstring_slow;                         \
  SLOW makemap_small_slow;                     \
  SLOW mapaccess1_fat_slow;                    \
  SLOW mapaccess1_slow;                        \
  SLOW mapaccess2_fat_slow;                    \
  SLOW mapaccess2_slow;                        \
  SLOW mapassign_fast32_slow;                  \
  SLOW mapassign_fast32ptr_slow;               \
  SLOW mapassign_fast64_slow;                  \
  SLOW mapassign_fast64ptr_slow;               \
  SLOW mapassign_faststr_slow;                 \
  SLOW mapassign_slow;                         \
  SLOW mapdelete_fast32_slow;                  \
  SLOW mapdelete_fast64_slow;                  \
  SLOW mapdelete_faststr_slow;                 \
  SLOW mapdelete_slow;                         \
  SLOW mapiterinit_slow;                       \
  SLOW mapiternext_slow;                       \
  SLOW memclrHasPointers_slow;                 \
  SLOW nilinterequal_slow;                     \
  SLOW nilinterhash_slow;                      \
  SLOW reflect_typedmemclr_slow;               \
  SLOW reflect_typedmemmove_slow;              \
  SLOW reflect_typedslicecopy_slow;            \
  SLOW reflectlite_typedmemmove_slow;          \
  SLOW slicebytetostring_slow;                 \
  SLOW slicerunetostring_slow;                 \
  SLOW stringtoslicebyte_slow;                 \
  SLOW stringtoslicerune_slow;                 \
  SLOW sync_atomic_CompareAndSwapPointer_slow; \
  SLOW sync_atomic_StorePointer_slow;          \
  SLOW sync_atomic_SwapPointer_slow;           \
  SLOW typedmemclr_slow;                       \
  SLOW typedmemmove_slow;                      \
  SLOW typedslicecopy_slow
