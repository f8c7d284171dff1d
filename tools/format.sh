#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# format.sh [--check] [file...]: clang-format and gofmt over the files, or over all that git knows.
# --check changes nothing and fails when something would change.
set -u
cd -- "$(dirname -- "$0")/.."
check=
if [ "${1-}" = --check ]; then
  check=1
  shift
fi
goroot=${GORT_GOROOT:-/usr/lib/go-1.15}

existing() { while read -r file; do if [ -e "$file" ]; then echo "$file"; fi; done; }
files=("$@")
if [ $# = 0 ]; then mapfile -t files < <(git ls-files -co --exclude-standard | existing); fi
cxx=() go=()
for file in "${files[@]}"; do
  case $file in
    *.cc | *.h) if [ "${file#arch/*/}" = stub.h ]; then continue; else cxx+=("$file"); fi ;;
    *.go) go+=("$file") ;;
  esac
done

status=0
if [ -n "$check" ]; then
  if [ ${#cxx[@]} -gt 0 ]; then clang-format --dry-run -Werror "${cxx[@]}" || status=1; fi
  if [ ${#go[@]} -gt 0 ]; then
    differ=$("$goroot/bin/gofmt" -l "${go[@]}") || status=1
    if [ -n "$differ" ]; then
      printf 'gofmt would change:\n%s\n' "$differ"
      status=1
    fi
  fi
else
  if [ ${#cxx[@]} -gt 0 ]; then clang-format -i "${cxx[@]}" || status=1; fi
  if [ ${#go[@]} -gt 0 ]; then "$goroot/bin/gofmt" -w "${go[@]}" || status=1; fi
fi
exit $status
