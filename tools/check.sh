#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# ./gort check [--all] [--arch amd64|arm64]: every test of the project, and the house rules.
# ./gort check --soak: ten minutes of tests/soak instead; --leak: half an hour of tests/leak.
#
#   rules     tools/lint; clang-format and gofmt change nothing; clang-tidy (--all)
#   unit      GoogleTest programs, on amd64 and under qemu-user on arm64
#   cli       the gort command as a user meets it: what it builds, links and refuses
#   go        tests/go, plain and under the stress modes
#   defers    random programs of deferred calls and panics against a model (tests/fuzz/defer_trees)
#   testprog  the scenarios of the installed src/runtime/testdata (deadlocks, locked threads,
#             signals, fatal errors), compared with stock; amd64
#   traceback what a dying program prints at every level of GOTRACEBACK, compared with stock; all
#             levels of all ways to die with --all; amd64
#   locks     tests/go and the soak on a debug build, which checks the order of locks; --all; amd64
#   std       go test -short of std packages: those about goroutines, time, signals and I/O; --all
#             takes a list of 27; amd64
#   soak      ten thousand goroutines for 30 seconds, under random scheduling; amd64
#   leak      a minute of churn after which memory, threads and descriptors are as before; amd64
#   toolchain the Go compiler built with gort makes stock's archives, of 20 packages; --all:
#             compiler, assembler and linker, of all of std and three programs; amd64
#   external  the tests of the installed package runtime that need none of its insides; those that
#             start other programs with --all on amd64; 60 on arm64
#   goroot    the executable programs of the installed GOROOT/test: a sample of 250 on amd64 and of
#             100 on arm64; --all takes all 760, and on amd64 under the stress modes too
#
# --arch leaves out what concerns the other cpu only. The last line is `N passed, N failed`.
set -u
cd -- "$(dirname -- "$0")/.."
all= instead= archs="amd64 arm64"
while [ $# -gt 0 ]; do
  case $1 in
    --all) all=1 ;;
    --soak | --leak) instead=${1#--} ;;
    --arch) archs=${2-} && shift ;;
    --arch=*) archs=${1#--arch=} ;;
    *) echo "usage: gort check [--all | --soak | --leak] [--arch amd64|arm64]" >&2 && exit 2 ;;
  esac
  shift
done
case $archs in
  amd64 | arm64 | "amd64 arm64") ;;
  *) echo "gort check: no port to $archs" >&2 && exit 2 ;;
esac

goroot=${GORT_GOROOT:-/usr/lib/go-1.15}
stress=gortmovestack=1,gortpoison=1
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
passed=0 failed=0

# Runs a step whose output ends with `N passed, N failed`; without such a line it counts as one.
step() {
  local name=$1 start=$SECONDS status=0 line
  shift
  "$@" > "$log/out" 2>&1 || status=$?
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log/out" | tail -1)
  if [ -n "$line" ]; then
    set -- $line
    passed=$((passed + $1)) failed=$((failed + $3))
    if [ "$status" != 0 ] && [ "$3" = 0 ]; then failed=$((failed + 1)); fi
  elif [ "$status" = 0 ]; then
    passed=$((passed + 1)) line="passed"
  else
    failed=$((failed + 1)) line="failed"
  fi
  if [ "$status" != 0 ]; then cat "$log/out"; fi
  printf '%-28s %s (%d s)\n' "$name" "$line" $((SECONDS - start))
}

# bazel test, with Bazel's own count in our form.
unit() {
  local status=0
  bazel test --keep_going "$@" > "$log/bazel" 2>&1 || status=$?
  # 4: no test matches the cpu.
  if [ "$status" = 4 ]; then status=0; fi
  local good bad
  good=$(grep -cE '^//[^ ]+ +(\(cached\) )?PASSED' "$log/bazel")
  bad=$(grep -cE '^//[^ ]+ +.*(FAILED|TIMEOUT|NO STATUS)' "$log/bazel")
  if [ "$status" != 0 ]; then cat "$log/bazel"; fi
  echo "$good passed, $bad failed"
  return "$status"
}

tidy() {
  git ls-files 'runtime/*.cc' 'arch/*.cc' 'asm/*.cc' 'tools/*.cc' | xargs -n 1 -P 2 tools/tidy.sh
}

driver() {
  "$log/driver.bin" "$1" -gort .gort/build/tools/gort/gort -goroot "$goroot" "${@:2}"
}

# Random programs of deferred calls: the compiler's flags, GODEBUG.
defers() {
  local arch=$1 gcflags=$2 godebug=$3 exec=
  if [ "$arch" = arm64 ]; then exec=qemu-aarch64; fi
  GOARCH=$arch "$log/defer_trees.bin" -go "$PWD/.gort/build/tools/gort/gort" -gcflags "$gcflags" \
    -godebug "$godebug" -exec "$exec" -seed "$4" -count "$5"
}

# tests/soak for so many seconds; the second half with stacks that move and a heap that is checked
# after each marking. A run that hangs gets SIGQUIT, and prints what every goroutine, thread and P
# does.
soak() {
  local seed=$RANDOM mode
  GO111MODULE=off .gort/build/tools/gort/gort build -o "$log/soak.bin" ./tests/soak || return
  for mode in gortsched=$seed "gortsched=$seed,gortmovestack=1,gortverify=1"; do
    GODEBUG=$mode timeout -s QUIT -k 10 $(($1 + 120)) \
      "$log/soak.bin" -seed "$seed" -time $(($1 / 2))s || { echo "GODEBUG=$mode" && return 1; }
  done
}

# tests/leak for so many seconds, after a run that leaks and has to be caught.
leak() {
  GO111MODULE=off .gort/build/tools/gort/gort build -o "$log/leak.bin" ./tests/leak || return
  timeout -s QUIT -k 10 60 "$log/leak.bin" -time 6s -plant heap | grep '^leak: heap grew' ||
    { echo "the planted leak was not seen" && return 1; }
  timeout -s QUIT -k 10 $(($1 + 120)) "$log/leak.bin" -seed "$RANDOM" -time "$1s"
}

# docs/locks.md.
lock_order() {
  local debug=$log/debug
  bazel build --config=debug //:runtime_archive || return
  mkdir -p "$debug/runtime_amd64"
  cp -r .gort/build/tools "$debug" && cp .bazel/bin/asm/*.a "$debug/runtime_amd64" || return
  GO111MODULE=off "$debug/tools/gort/gort" build -o "$log/soak.debug" ./tests/soak || return
  timeout -s QUIT -k 10 120 "$log/soak.debug" -time 20s || return
  "$log/driver.bin" go -gort "$debug/tools/gort/gort" -goroot "$goroot"
}

if [ -n "$instead" ]; then
  case $instead in
    soak) step "soak, ten minutes" soak 600 ;;
    leak) if leak 1800; then passed=1; else failed=1; fi ;; # not a step: shows its table growing
  esac
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
  exit
fi

bazel build //tests/driver:driver.bin //tests/fuzz/defer_trees:defer_trees.bin \
  //tools/lint:lint.bin > "$log/out" 2>&1 ||
  { cat "$log/out" && echo "0 passed, 1 failed" && exit 1; }
# The links of .bazel point into the configuration built last.
cp -f .bazel/bin/tests/driver/driver.bin .bazel/bin/tests/fuzz/defer_trees/defer_trees.bin \
  .bazel/bin/tools/lint/lint.bin "$log"

step "rules: lint" "$log/lint.bin"
step "rules: format" tools/format.sh --check
if [ -n "$all" ]; then step "rules: clang-tidy" tidy; fi
for arch in $archs; do
  tests=//...
  if [ "$arch" != amd64 ]; then tests="--config=$arch //tests/unit/..."; fi
  step "unit tests, $arch" unit --build_tests_only $tests
  step "the gort command, $arch" \
    env GORT="$PWD/.gort/build/tools/gort/gort" tests/cli/run.sh -arch "$arch"
  step "tests/go, $arch" driver go -arch "$arch" -godebug "" -godebug "$stress"
  if [ "$arch" = amd64 ]; then
    step "defers, optimised" defers amd64 "" "" 1 700
    step "defers, -N -l" defers amd64 "-N -l" "" 1001 300
    step "defers under stress" defers amd64 "" "$stress" 2001 300
  else
    step "defers, $arch" defers "$arch" "" "" 1 60
  fi
  quick=-quick
  if [ -n "$all" ]; then quick=; fi
  if [ "$arch" = amd64 ]; then
    step "runtime's testdata" driver testprog $quick
    step "tracebacks" driver traceback $quick
    step "soak" soak 30
    step "leak" leak 60
    if [ -n "$all" ]; then step "order of locks" lock_order; fi
    step "tests of std" driver std $quick -timeout 300s
    step "the Go tool chain" env GORT="$PWD/.gort/build/tools/gort/gort" \
      tests/toolchain/run.sh ${all:+-all}
  fi
  sample=
  if [ -z "$all" ] && [ "$arch" = arm64 ]; then sample="-sample 60"; fi
  step "runtime's own tests, $arch" driver runtime -arch "$arch" $quick $sample
  sample=
  if [ -z "$all" ]; then
    if [ "$arch" = amd64 ]; then sample="-sample 250"; else sample="-sample 100"; fi
  fi
  step "GOROOT/test, $arch" driver goroot -arch "$arch" $sample
  if [ "$arch" = amd64 ] && [ -n "$all" ]; then
    step "GOROOT/test under stress" driver goroot -arch "$arch" -godebug "$stress"
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
