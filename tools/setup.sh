#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# setup.sh OUT COMMAND CPU...: what ./gort does when something has changed or was never there.
#
#   1. Debian packages that are missing, by apt. All or nothing: before the first one is unpacked,
#      everything has been downloaded, and the apt source that was added goes again when that fails.
#   2. Bazel builds the program and the runtimes of the CPUs.
#   3. They are copied to OUT, each by a rename, so that a link meanwhile sees the old files.
set -eu
out=$1 command=$2
shift 2
cpus=$*
root=$(cd -- "$(dirname -- "$0")/.." && pwd -P)
host=amd64
if [ "$(uname -m)" = aarch64 ]; then host=arm64; fi
if [ "$cpus" = host ]; then cpus=$host; fi

packages="bazel-bootstrap g++ binutils libabsl-dev libxbyak-dev googletest libbenchmark-dev"
[ -n "${GORT_GOROOT-}" ] || packages="$packages golang-1.15-go golang-1.15-src"
packages="$packages g++-aarch64-linux-gnu qemu-user"
if [ "$command" = check ]; then packages="$packages clang-format clang-tidy"; fi

say() { printf 'gort: %s\n' "$*" >&2; }

missing=
for package in $packages; do
  case $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null || true) in
    ii*) ;;
    *) missing="$missing $package" ;;
  esac
done
missing=${missing# }

list=/etc/apt/sources.list.d/gort-bullseye.sources
pin=/etc/apt/preferences.d/gort-bullseye

# What apt is configured to read.
targets() { apt-get indextargets --format "$1" 'Created-By: Packages' 2> /dev/null; }

# The mirror of the machine's own suite; apt knows it whichever format and file it stands in.
mirror() {
  suite=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME-bookworm}")
  targets '$(CODENAME) $(RELEASE) $(REPO_URI)' |
    awk -v suite="$suite" '($1 == suite || $2 == suite) { print $3; exit }'
}

# bullseye is wanted, and apt has no such source yet.
needs_bullseye() {
  case " $missing " in
    *" golang-1.15-go "* | *" golang-1.15-src "*) ;;
    *) return 1 ;;
  esac
  ! targets '$(CODENAME) $(RELEASE)' | grep -qw bullseye
}

source_text() {
  printf 'Types: deb\nURIs: %s\nSuites: bullseye\nComponents: main\n' "$1"
  keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  if [ -r "$keyring" ]; then printf 'Signed-By: %s\n' "$keyring"; fi
}
pin_text() { printf 'Package: *\nPin: release n=bullseye\nPin-Priority: 100\n'; }

# The commands that set the machine up, for somebody who may.
explain() {
  say "$1"
  say "as root, with a network, this installs what is missing:"
  {
    if [ -n "$url" ]; then
      printf "\ncat > %s <<'END'\n%s\nEND\n" "$list" "$(source_text "$url")"
      printf "cat > %s <<'END'\n%s\nEND" "$pin" "$(pin_text)"
    fi
    printf '\napt-get update\napt-get install --no-install-recommends %s\n\n' "$missing"
  } >&2
  exit 1
}

if [ -n "$missing" ]; then
  command -v apt-get > /dev/null || { say "these Debian packages are needed: $missing"; exit 1; }
  url=
  if needs_bullseye; then
    url=$(mirror)
    if [ -z "$url" ]; then
      say "apt names no mirror of this machine's suite; these packages are needed: $missing"
      exit 1
    fi
  fi
  [ "$(id -u)" = 0 ] || explain "packages are missing, and only root can install them"
  say "installing $missing"
  undo() { if [ -n "$url" ]; then rm -f "$list" "$pin"; fi; }
  if [ -n "$url" ]; then
    source_text "$url" > "$list"
    pin_text > "$pin"
  fi
  export DEBIAN_FRONTEND=noninteractive
  if ! apt-get -qq -o APT::Update::Error-Mode=any update > /dev/null; then
    undo
    explain "apt could not fetch its package lists"
  fi
  if ! apt-get -qq -y --no-install-recommends --download-only install $missing > /dev/null; then
    undo
    explain "apt could not fetch the packages"
  fi
  apt-get -qq -y --no-install-recommends install $missing > /dev/null
fi

[ -n "$cpus" ] || exit 0
mkdir -p "$out"
exec 9> "$out/lock"
if ! flock -n 9; then
  say "waiting for another gort that is building"
  flock 9
fi

# A file of the build, to its place under OUT.
place() {
  mkdir -p "$(dirname -- "$2")"
  cp -f -- "$1" "$2.new"
  chmod u+w "$2.new"
  mv -f -- "$2.new" "$2"
}

cd -- "$root"
printf '%s\n' "$host" > "$out/host"
export HOME="${HOME:-/root}"
case " $cpus " in
  *" $host "*) ;;
  *) [ -x "$out/build/tools/gort/gort" ] || cpus="$host $cpus" ;;
esac
for cpu in $cpus; do
  if [ "$cpu" = "$host" ]; then
    what=//:gort
  else
    what="--config=$cpu //:runtime_archive"
  fi
  # What is edited while Bazel runs is newer than this.
  : > "$out/stamp.new"
  if [ ! -e "$out/stamp_$cpu" ]; then
    say "building the runtime for $cpu; the first time takes minutes"
  fi
  log=$out/build_$cpu.log
  # The server that Bazel leaves behind must not inherit the lock: it would hold it as long as it
  # lives.
  if ! bazel build $what > "$log" 2>&1 9>&-; then
    cat "$log" >&2
    say "the build failed"
    exit 1
  fi
  if [ "$cpu" = "$host" ]; then
    place .bazel/bin/tools/gort/gort "$out/build/tools/gort/gort"
    place .bazel/bin/tools/gort/gort-toolexec "$out/build/tools/gort/gort-toolexec"
  fi
  place .bazel/bin/asm/runtime.a "$out/build/runtime_$cpu/runtime.a"
  place .bazel/bin/asm/cgo.a "$out/build/runtime_$cpu/cgo.a"
  printf '%s\n' "${GORT_GOROOT-}" > "$out/stamp.text"
  touch -r "$out/stamp.new" "$out/stamp.text"
  mv -f "$out/stamp.text" "$out/stamp_$cpu"
done
rm -f "$out/stamp.new"
