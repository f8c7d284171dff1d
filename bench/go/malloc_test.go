// SPDX-License-Identifier: BSD-3-Clause

package bench

import "testing"

var (
	ints1         *[1]int
	ints2         *[2]int
	ints4         *[4]int
	ints8         *[8]int
	ints16        *[16]int
	ints32        *[32]int
	ints64        *[64]int
	pointers1     *[1]*int
	pointers2     *[2]*int
	pointers4     *[4]*int
	pointers8     *[8]*int
	pointers16    *[16]*int
	pointers32    *[32]*int
	pointers64    *[64]*int
	largeBytes    []byte
	largePointers []*int
)

// An object of so many bytes.
func BenchmarkMalloc(b *testing.B) {
	for _, c := range []struct {
		name string
		f    func(n int)
	}{
		{"8", func(n int) {
			for i := 0; i < n; i++ {
				ints1 = new([1]int)
			}
		}},
		{"16", func(n int) {
			for i := 0; i < n; i++ {
				ints2 = new([2]int)
			}
		}},
		{"32", func(n int) {
			for i := 0; i < n; i++ {
				ints4 = new([4]int)
			}
		}},
		{"64", func(n int) {
			for i := 0; i < n; i++ {
				ints8 = new([8]int)
			}
		}},
		{"128", func(n int) {
			for i := 0; i < n; i++ {
				ints16 = new([16]int)
			}
		}},
		{"256", func(n int) {
			for i := 0; i < n; i++ {
				ints32 = new([32]int)
			}
		}},
		{"512", func(n int) {
			for i := 0; i < n; i++ {
				ints64 = new([64]int)
			}
		}},
		{"8Pointers", func(n int) {
			for i := 0; i < n; i++ {
				pointers1 = new([1]*int)
			}
		}},
		{"16Pointers", func(n int) {
			for i := 0; i < n; i++ {
				pointers2 = new([2]*int)
			}
		}},
		{"32Pointers", func(n int) {
			for i := 0; i < n; i++ {
				pointers4 = new([4]*int)
			}
		}},
		{"64Pointers", func(n int) {
			for i := 0; i < n; i++ {
				pointers8 = new([8]*int)
			}
		}},
		{"128Pointers", func(n int) {
			for i := 0; i < n; i++ {
				pointers16 = new([16]*int)
			}
		}},
		{"256Pointers", func(n int) {
			for i := 0; i < n; i++ {
				pointers32 = new([32]*int)
			}
		}},
		{"512Pointers", func(n int) {
			for i := 0; i < n; i++ {
				pointers64 = new([64]*int)
			}
		}},
	} {
		b.Run(c.name, func(b *testing.B) { c.f(b.N) })
	}
}

// Objects of pages of their own, cleared.
func BenchmarkMallocLarge(b *testing.B) {
	for _, c := range []struct {
		name string
		size int
	}{{"33K", 33 << 10}, {"128K", 128 << 10}, {"1M", 1 << 20}} {
		b.Run(c.name, func(b *testing.B) {
			for i := 0; i < b.N; i++ {
				largeBytes = make([]byte, c.size)
			}
		})
		b.Run(c.name+"Pointers", func(b *testing.B) {
			for i := 0; i < b.N; i++ {
				largePointers = make([]*int, c.size/8)
			}
		})
	}
	largeBytes, largePointers = nil, nil
}
