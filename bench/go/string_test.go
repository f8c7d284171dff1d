// SPDX-License-Identifier: BSD-3-Clause

// Strings and interfaces: what the compiler turns into calls of the runtime.
package bench

import (
	"io"
	"testing"
)

func BenchmarkConcat5(b *testing.B) {
	x, y := "hello, ", "gophers"
	for i := 0; i < b.N; i++ {
		stringSink = x + y + x + y + "!"
	}
}

func BenchmarkConcatSmallBuffer(b *testing.B) {
	x, y := "hello, ", "gophers"
	n := 0
	for i := 0; i < b.N; i++ {
		if x+y == "hello, gophers" {
			n++
		}
	}
	sink = n
}

func BenchmarkBytesToString(b *testing.B) {
	s := []byte("some bytes that become a string")
	for i := 0; i < b.N; i++ {
		stringSink = string(s)
	}
}

func BenchmarkStringToBytes(b *testing.B) {
	s := "a string that becomes some bytes"
	for i := 0; i < b.N; i++ {
		bytesSink = []byte(s)
	}
}

func BenchmarkRangeString(b *testing.B) {
	s := "ein Vögelein, der Frühling, und 日本語 dazu"
	for i := 0; i < b.N; i++ {
		for _, r := range s {
			sink += int(r)
		}
	}
}

func BenchmarkConvT64(b *testing.B) {
	for i := 0; i < b.N; i++ {
		emptySink = i + 1000
	}
}

func BenchmarkConvTString(b *testing.B) {
	s := "text"
	for i := 0; i < b.N; i++ {
		emptySink = s
	}
}

func BenchmarkAssertE2I2(b *testing.B) {
	var e interface{} = &value{1}
	n := 0
	for i := 0; i < b.N; i++ {
		if _, ok := e.(io.Writer); !ok {
			n++
		}
	}
	sink = n
}

func BenchmarkEfaceEqual(b *testing.B) {
	var x, y interface{} = "some text", "some " + string([]byte("text"))
	n := 0
	for i := 0; i < b.N; i++ {
		if x == y {
			n++
		}
	}
	sink = n
}

type shape struct {
	a, b int
	s    string
}

func BenchmarkEfaceEqualStruct(b *testing.B) {
	var x, y interface{} = shape{1, 2, "some text"}, shape{1, 2, "some " + string([]byte("text"))}
	n := 0
	for i := 0; i < b.N; i++ {
		if x == y {
			n++
		}
	}
	sink = n
}
