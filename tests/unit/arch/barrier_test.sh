#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Builds and runs the program of the folder barrier/ on gort, for the cpu that the runtime was built
# for. A folder with assembly in it is built by the go command, so gort is laid out as ./gort
# expects it.
#
# Usage: barrier_test.sh CPU GORT GORT_TOOLEXEC RUNTIME_A CGO_A
set -eu
cpu=$1
export GORT_ROOT=$TEST_TMPDIR/root
built=$GORT_ROOT/.gort/build
mkdir -p "$built/tools/gort" "$built/runtime_$cpu" "$TEST_TMPDIR/barrier"
cp -L "$2" "$GORT_ROOT/.gort/build/tools/gort/gort"
cp -L "$3" "$GORT_ROOT/.gort/build/tools/gort/gort-toolexec"
cp -L "$4" "$GORT_ROOT/.gort/build/runtime_$cpu/runtime.a"
cp -L "$5" "$GORT_ROOT/.gort/build/runtime_$cpu/cgo.a"
cp -L tests/unit/arch/barrier/* "$TEST_TMPDIR/barrier"
export HOME=$TEST_TMPDIR GOCACHE=$TEST_TMPDIR/cache GO111MODULE=off GOARCH=$cpu GOPATH=/nonexistent
cd "$TEST_TMPDIR/barrier"
"$GORT_ROOT/.gort/build/tools/gort/gort" build -o program .
if [ "$cpu" = arm64 ] && [ "$(uname -m)" != aarch64 ]; then
  qemu-aarch64 ./program
else
  ./program
fi
