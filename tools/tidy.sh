#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# tidy.sh FILE.cc...: clang-tidy with the flags of the build that clang knows, each file for the cpu
# it is for. The generated headers must have been built (bazel build //:runtime_archive).
#
# The analyzer runs in its shallow mode, which looks into small callees only. What it finds beyond
# that costs ten times as much, nearly all of the time of a run, and is paths that cannot be: it
# takes a list that has an element for empty in the callee and for not empty in the caller.
root=$(cd -- "$(dirname -- "$0")/.." && pwd -P)
cd -- "$root" || exit 1
status=0
for file; do
  target=
  case $file in
    arch/arm64/*) target="--target=aarch64-linux-gnu -isystem /usr/aarch64-linux-gnu/include" ;;
  esac
  clang-tidy --quiet "$file" -- -std=c++20 -I. -I.bazel/bin -fno-exceptions -fno-rtti \
    -Wno-unknown-attributes -Wno-ignored-attributes -Wno-unknown-warning-option \
    -Xclang -analyzer-config -Xclang mode=shallow $target || status=1
done
exit $status
