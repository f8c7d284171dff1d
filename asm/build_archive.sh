#!/bin/bash
# Builds the archive that stands in for the stock one of package runtime, and the empty one of
# runtime/cgo.
#
#   shim/*.go, gen/imports.go   go tool compile -p runtime   Go types, API, frames that call Go
#   arch/<cpu>/*.s, stubs.s     go tool asm                  text that Go's unwinder sees
#   gort_object.o               packed as it is              everything else (C++, gas; ld -r)
#
# Usage: GOROOT=... GOARCH=... build_archive.sh OUT_DIR GORT_OBJECT FILE...
# The files are told apart by their names; OUT_DIR is Bazel's folder of generated files of package
# asm, and holds asm_offsets.h, gen/ and stock/.
set -euo pipefail
out=$1 object=$2
shift 2

export GO111MODULE=off GOFLAGS= CGO_ENABLED=0 GOOS=linux GOARCH
tool() { "$GOROOT/bin/go" tool "$@"; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

go_files=() s_files=()
for file in "$@"; do
  case $file in
    *.go) go_files+=("$file") ;;
    *.s) s_files+=("$file") ;;
  esac
done

asm() {
  tool asm -p runtime -I "$work" -I . -I "$out" -I "$out/.." -I "arch/$GOARCH" \
    -I "$GOROOT/pkg/include" -D GOOS_linux -D "GOARCH_$GOARCH" "$@"
}

# The compiler must know which body-less functions assembly defines (symabis), and the assembler
# wants the Go structs' offsets (go_asm.h), which the compiler writes afterwards: the first pass
# makes do with an empty file.
: > "$work/go_asm.h"
asm -gensymabis -o "$work/symabis" "${s_files[@]}"
cat "$out/gen/symabis_extra" >> "$work/symabis"

(cd "$out/stock" && find . -name '*.a' | sed 's,^\./\(.*\)\.a$,\1,' | sort) |
  while read -r path; do echo "packagefile $path=$out/stock/$path.a"; done > "$work/importcfg"
echo 'package cgo' > "$work/cgo.go"
tool compile -std -p runtime/cgo -pack -complete -trimpath "$work" -o "$out/cgo.a" "$work/cgo.go"
echo "packagefile runtime/cgo=$out/cgo.a" >> "$work/importcfg"

# Tracebacks name the shim's files as stock names its own.
names="$PWD/asm/shim=>$GOROOT/src/runtime;asm/shim=>$GOROOT/src/runtime;$PWD"
tool compile -std -+ -p runtime -trimpath "$names" -importcfg "$work/importcfg" \
  -symabis "$work/symabis" -asmhdr "$work/go_asm.h" -pack -o "$work/runtime.a" "${go_files[@]}"

# One object per file; an archive keeps 16 characters of a member's name.
objects=()
for file in "${s_files[@]}"; do
  assembled=$work/$(basename "$file" .s).o
  asm -trimpath "$names" -o "$assembled" "$file"
  objects+=("$assembled")
done
cp "$object" "$work/gort.o"
tool pack r "$work/runtime.a" ${objects[@]+"${objects[@]}"} "$work/gort.o"
cp "$work/runtime.a" "$out/runtime.a"
