#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# The gort command as a user meets it: run, build, test, vet, link, env, and what it refuses.
#
#   tests/cli/run.sh [-v] [-arch CPU] [CASE...]
#
# -arch arm64: the cases that concern that cpu; amd64: the others; neither: all. GORT names the
# program (default ./gort). Each case is a function case_<claim>; it runs in a folder of its own and
# fails when a command in it fails. The last line is `N passed, N failed`.
set -u
. "$(dirname -- "$0")/../support/script.sh"
verbose=
arch=
while :; do
  case ${1-} in
    -v) verbose=1 && shift ;;
    -arch) arch=$2 && shift 2 ;;
    *) break ;;
  esac
done

# A file of the lines given.
write() {
  local file=$1
  shift
  printf '%s\n' "$@" > "$file"
}

# The importcfg for programs that import fmt.
importcfg() {
  CGO_ENABLED=0 "$go" list -export -deps \
    -f '{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}' fmt
}

hello() {
  cat > "$1" <<'END'
package main

import (
	"fmt"
	"os"
)

func main() { fmt.Println("hello", len(os.Args)-1) }
END
}

# fails_with TEXT COMMAND...: the command fails and says TEXT.
fails_with() {
  local text=$1 out
  shift
  if out=$("$@" 2>&1); then
    echo "succeeded: $*" && return 1
  fi
  case $out in
    *"$text"*) ;;
    *) echo "'$text' is not in: $out" && return 1 ;;
  esac
}

equal() { [ "$1" = "$2" ] || { echo "got '$1', want '$2'" && return 1; }; }

case_run_passes_arguments() {
  hello h.go && equal "$("$gort" run h.go a b 2>&1)" "hello 2"
}

case_run_passes_the_exit_code() {
  printf 'package main\n\nimport "os"\n\nfunc main() { os.Exit(7) }\n' > e.go
  fails_with "exit status 7" "$gort" run e.go
}

case_build_is_silent_and_static() {
  hello h.go && equal "$("$gort" build -o h h.go 2>&1)" "" || return
  equal "$(./h x)" "hello 1" && ! ldd h > /dev/null 2>&1
}

case_program_contains_gort_and_dwarf() {
  hello h.go && "$gort" build -o h h.go || return
  nm h | grep -q ' gort_start$' && readelf -S h | grep -q debug_info
}

case_program_is_at_most_1.3_times_as_large_as_stock() {
  hello h.go && "$gort" build -o h h.go && CGO_ENABLED=0 "$go" build -o s h.go || return
  local ours stock
  ours=$(stat -c %s h) stock=$(stat -c %s s)
  [ $((ours * 10)) -le $((stock * 13)) ] || { echo "$ours bytes, stock $stock" && return 1; }
}

case_one_build_cache_serves_both_runtimes() {
  hello h.go
  export GOCACHE=$PWD/cache
  for _ in 1 2; do
    "$gort" build -o p h.go && nm p | grep -q ' gort_start$' || return
    CGO_ENABLED=0 "$go" build -o p h.go && ! nm p | grep -q ' gort_start$' || return
  done
}

case_modules_and_vet_work() {
  mkdir -p m/lib
  printf 'module example.org/m\n\ngo 1.15\n' > m/go.mod
  printf 'package lib\n\nfunc V() int { return 42 }\n' > m/lib/lib.go
  write m/main.go 'package main' 'import "example.org/m/lib"' 'func main() { println(lib.V()) }'
  cd m && export GO111MODULE=on
  equal "$("$gort" run . 2>&1)" "42" && "$gort" vet ./... && "$gort" go list ./... > /dev/null
}

case_vet_finds_what_stock_finds() {
  printf 'package p\n\nimport "fmt"\n\nfunc F() { fmt.Printf("%%d", "x") }\n' > p.go
  fails_with "wrong type" "$gort" vet p.go
}

case_test_runs_tests() {
  mkdir t && cd t
  printf 'package t\n\nimport "testing"\n\nfunc TestA(t *testing.T) {}\n' > a_test.go
  "$gort" test . | grep -q '^ok'
}

case_test_reports_failures() {
  mkdir t && cd t
  printf 'package t\n\nimport "testing"\n\nfunc TestA(t *testing.T) { t.Error("no") }\n' > a_test.go
  fails_with "FAIL" "$gort" test .
}

case_link_takes_stock_objects() {
  mkdir -p d/example
  printf 'package dep\n\nfunc V() int { return 42 }\n' > dep.go
  write m.go 'package main' 'import "example/dep"' 'import "fmt"' \
    'func main() { fmt.Println(dep.V()) }'
  "$go" tool compile -p example/dep -o d/example/dep.a dep.go &&
    "$go" tool compile -I d -o main.o m.go || return
  "$gort" link -o a main.o -L d && equal "$(./a)" 42 || return
  "$gort" link -L d -o b main.o && equal "$(./b)" 42 || return
  "$gort" go tool link -L d -o c main.o && equal "$(./c)" 42
}

case_link_takes_an_importcfg() {
  hello h.go
  importcfg > cfg
  cp cfg before
  "$go" tool compile -importcfg cfg -o h.o h.go || return
  "$gort" go tool link -importcfg cfg -o h h.o && equal "$(./h)" "hello 0" && cmp cfg before
}

case_goflags_work_without_gort() {
  hello h.go
  GOFLAGS=$("$gort" env GOFLAGS) CGO_ENABLED=0 "$go" build -o h h.go &&
    nm h | grep -q ' gort_start$' && equal "$(./h)" "hello 0"
}

case_env_and_version_and_help_answer() {
  "$gort" env | grep -q '^GOROOT="/' && "$gort" env | grep -q '^GOFLAGS="-toolexec=/' &&
    "$gort" version | grep -q '^gort version .* go1\.15.* linux/amd64$' &&
    "$gort" help | grep -q toolexec
}

case_other_compiler_flags_relink_for_them() {
  hello h.go
  "$gort" build -gcflags='all=-N -l' -o h h.go && equal "$(./h)" "hello 0"
}

case_bench_compares_both_runtimes() {
  mkdir b && cd b
  write b_test.go 'package b' 'import "testing"' \
    'func BenchmarkNop(b *testing.B) { for i := 0; i < b.N; i++ {} }'
  "$gort" bench -count 2 -benchtime 10x . > out || return
  grep -q '^Nop ' out && grep -q '^geometric mean' out || return
  "$gort" bench -json -count 1 -benchtime 1x . | grep -q '"Nop"'
}

case_arm64_runs_under_qemu() {
  hello h.go
  export GOARCH=arm64
  equal "$("$gort" run h.go a 2>&1)" "hello 1" && "$gort" build -o h h.go || return
  readelf -h h | grep -q AArch64 && equal "$(qemu-aarch64 ./h)" "hello 0"
}

case_arm64_tests_run_under_qemu() {
  mkdir t && cd t
  printf 'package t\n\nimport "testing"\n\nfunc TestA(t *testing.T) {}\n' > a_test.go
  GOARCH=arm64 "$gort" test . | grep -q '^ok'
}

case_arm64_objects_link() {
  hello h.go
  export GOARCH=arm64
  importcfg > cfg
  "$go" tool compile -importcfg cfg -o h.o h.go || return
  "$gort" link -o h h.o && equal "$(qemu-aarch64 ./h)" "hello 0"
}

case_refuses_cgo() {
  write c.go 'package main' '// int f() { return 1; }' 'import "C"' 'func main() { println(C.f()) }'
  export GOFLAGS CGO_ENABLED=1
  GOFLAGS=$("$gort" env GOFLAGS)
  fails_with "CGO_ENABLED=0" "$go" build -o c c.go
}

case_refuses_sanitizers() {
  hello h.go
  fails_with "-race is not supported" "$gort" build -race h.go &&
    fails_with "-msan is not supported" "$gort" run -msan h.go
}

case_refuses_other_systems_and_cpus() {
  hello h.go
  GOOS=darwin fails_with "GOOS=darwin" "$gort" build h.go &&
    GOARCH=386 fails_with "GOARCH=386" "$gort" build h.go
}

case_refuses_other_releases() {
  mkdir other && echo go1.16.2 > other/VERSION && hello h.go
  GORT_GOROOT=$PWD/other fails_with "go1.16.2" "${direct[@]}" build h.go
}

case_refuses_tests_of_package_runtime() {
  fails_with "go test runtime" "$gort" test runtime
}

case_refuses_other_build_modes() {
  hello h.go
  fails_with "-buildmode=pie" "$gort" build -buildmode=pie h.go
}

case_refuses_unknown_commands() { fails_with "unknown command" "$gort" frobnicate; }

# The program behind the launcher, for a case in which the launcher must not set anything up.
direct=("$gort")
if [ -x "$root/.gort/build/tools/gort/gort" ]; then direct=("$root/.gort/build/tools/gort/gort"); fi

passed=0 failed=0
if [ $# -gt 0 ]; then cases=$*; else cases=$(declare -F | sed -n 's/^declare -f case_//p'); fi
for name in $cases; do
  case $arch:$name in
    amd64:arm64_* | arm64:[!a]* | arm64:a[!r]*) continue ;;
  esac
  mkdir "$work/$name"
  if (cd "$work/$name" && "case_$name") > "$work/log" 2>&1; then
    passed=$((passed + 1))
    [ -z "$verbose" ] || echo "ok   $name"
  else
    failed=$((failed + 1))
    echo "FAIL $name"
    sed 's/^/    /' "$work/log" | tail -20
  fi
  rm -rf "${work:?}/$name"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
