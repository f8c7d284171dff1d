# SPDX-License-Identifier: BSD-3-Clause
#
# Sourced by the test scripts: which gort (GORT, default ./gort) and which Go they are about, an
# environment that the caller's settings do not reach, and a folder $work that goes when the script
# ends.
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
gort=${GORT:-$root/gort}
goroot=${GORT_GOROOT:-/usr/lib/go-1.15}
go=$goroot/bin/go
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset GOARCH GOOS GOFLAGS GOTOOLDIR GODEBUG GORT_LACKING CGO_ENABLED
export GOENV=off GO111MODULE=off GOROOT=$goroot
