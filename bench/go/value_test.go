// SPDX-License-Identifier: BSD-3-Clause

package bench

import "testing"

var (
	bytesSink  []byte
	intsSink   []int
	stringSink string
	ifaceSink  interface{ M() int }
	emptySink  interface{}
)

// Append one element at a time, from nothing to 1000: all growth, nothing is reused.
func BenchmarkAppendFromNil1000(b *testing.B) {
	for i := 0; i < b.N; i++ {
		var s []int
		for j := 0; j < 1000; j++ {
			s = append(s, j)
		}
		intsSink = s
	}
}

var left, right = "twelve bytes", "and some twenty more"

func BenchmarkConcat(b *testing.B) {
	for i := 0; i < b.N; i++ {
		stringSink = left + right
	}
}

type value struct{ n int }

func (v *value) M() int { return v.n }

func BenchmarkAssertE2I(b *testing.B) {
	emptySink = &value{1}
	for i := 0; i < b.N; i++ {
		ifaceSink = emptySink.(interface{ M() int })
	}
}
