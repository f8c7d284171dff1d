#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# tidy.sh FILE.cc...: clang-tidy with the flags of the build that clang knows. The generated headers
# must have been built (bazel build //:runtime_archive).
root=$(cd -- "$(dirname -- "$0")/.." && pwd -P)
cd -- "$root" && exec clang-tidy --quiet "$@" -- -std=c++20 -I. -I.bazel/bin -fno-exceptions \
  -fno-rtti -Wno-unknown-attributes -Wno-ignored-attributes -Wno-unknown-warning-option
