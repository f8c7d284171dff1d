#!/bin/sh
# Runs the generator's tests: gen_test.sh GOROOT FILE.go...
set -e
export GOROOT="$1" GO111MODULE=off GOFLAGS= CGO_ENABLED=0 GOPATH=/nonexistent
GOCACHE=$(mktemp -d)
export GOCACHE
trap 'rm -rf "$GOCACHE"' EXIT
shift
"$GOROOT/bin/go" test -vet=off "$@"
