// SPDX-License-Identifier: BSD-3-Clause

// Package bench holds the Go benchmarks that `gort bench` compiles once for each runtime, from the
// same objects up to the link, and runs interleaved. Where Go's own runtime tests have a benchmark
// of a name, the name means the same here.
//
// Before: docs/README.md  After: defer_test.go
package bench
