#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# The tool chain on our runtime: cmd/compile, cmd/asm and cmd/link, built with gort, make the same
# files as stock's, to the byte.
#
#   tests/toolchain/run.sh [-all]
#
#   compile   some packages, by calls of the compiler
#   stress    a few of them under the stress modes, with collections all the time
#   build     -all: all of std, and three programs, by the go command, twice
#
# GORT names the program (default ./gort). The last line is `N passed, N failed`.
set -u
. "$(dirname -- "$0")/../support/script.sh"
export CGO_ENABLED=0

# Without assembly, so that one call of the compiler makes the archive.
some="sort strconv strings bufio fmt encoding/binary encoding/json text/tabwriter path/filepath
  text/template/parse text/template go/scanner go/ast go/parser go/types regexp/syntax regexp html
  compress/flate net/url"
few="sort strconv text/tabwriter"
stress=gortmovestack=1,gortpoison=1,gortgcevery=2000
programs="cmd/gofmt cmd/asm cmd/compile"
passed=0 failed=0

# identical NAME: what is in the folders stock and ours, after $SECONDS - $start.
identical() {
  local differing
  if differing=$(diff -rq "$work/stock" "$work/ours"); then
    passed=$((passed + 1))
    echo "$1: $(find "$work/ours" -type f | wc -l) files are identical ($((SECONDS - start)) s)"
  else
    failed=$((failed + 1))
    echo "FAIL $1:"
    echo "$differing"
  fi
  rm -rf "$work/ours"
}

# compile FOLDER COMPILER PACKAGE...: an archive for each package.
compile() {
  local to=$work/$1 compiler=$2 package dir files
  shift 2
  mkdir -p "$to"
  for package; do
    IFS='|' read -r dir files < <("$go" list -f '{{.Dir}}|{{join .GoFiles " "}}' "$package")
    (cd "$dir" && timeout 600 "$compiler" -p "$package" -std -complete -pack -c 1 \
      -importcfg "$work/importcfg" -o "$to/${package//\//.}.a" $files) || return
  done
}

# With the go command, of which each run has a new cache. It starts the tools through a script
# that takes them from the folder in $TOOLS: names and options, which are part of the files, are the
# same.
cat > "$work/swap" <<'END'
#!/bin/sh
tool=$TOOLS/${1##*/}
if [ ! -x "$tool" ]; then tool=$1; fi
shift
exec "$tool" "$@"
END
chmod +x "$work/swap"

# build FOLDER TOOLS: archives of std, and the programs.
build() {
  local program
  export GOCACHE=$work/cache TOOLS=$2
  "$go" install -a -toolexec "$work/swap" -pkgdir "$work/$1" std || return
  for program in $programs; do
    "$go" build -toolexec "$work/swap" -pkgdir "$work/$1" -o "$work/$1/${program##*/}.bin" \
      "$program" || return
  done
  rm -rf "$GOCACHE"
  unset GOCACHE
}

mkdir "$work/tools"
for tool in compile asm link; do
  "$gort" build -o "$work/tools/$tool" "cmd/$tool" || exit
done
"$go" list -export -deps -f '{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}' $some \
  > "$work/importcfg" || exit

stock=$("$go" env GOTOOLDIR)
start=$SECONDS
compile stock "$stock/compile" $some && compile ours "$work/tools/compile" $some
identical "compile"
rm -rf "$work/stock"
start=$SECONDS
compile stock "$stock/compile" $few && GODEBUG=$stress compile ours "$work/tools/compile" $few
identical "compile under $stress"
rm -rf "$work/stock"
if [ "${1-}" = -all ]; then
  build stock "$stock" || exit
  for round in 1 2; do
    start=$SECONDS
    build ours "$work/tools"
    identical "build of std and of $programs, round $round"
  done
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
