// SPDX-License-Identifier: BSD-3-Clause

// More of maps: misses, new maps, deletions, loops, and other kinds of keys, by size.
package bench

import (
	"fmt"
	"testing"
)

var sizes = []int{8, 1000, 1000000}

func bySize(b *testing.B, f func(b *testing.B, n int)) {
	for _, n := range sizes {
		n := n
		b.Run(fmt.Sprint(n), func(b *testing.B) { f(b, n) })
	}
}

func BenchmarkMapIntMiss(b *testing.B) {
	bySize(b, func(b *testing.B, n int) {
		m, r := intMap(n), newShuffle()
		b.ResetTimer()
		for i := 0; i < b.N; i++ {
			sink += m[-1-r.next(n)]
		}
	})
}

// An op is a map of n entries, made from nothing.
func BenchmarkMapIntInsert(b *testing.B) {
	bySize(b, func(b *testing.B, n int) {
		for i := 0; i < b.N; i++ {
			sink += len(intMap(n))
		}
	})
}

func BenchmarkMapIntDelete(b *testing.B) {
	bySize(b, func(b *testing.B, n int) {
		m, r := intMap(n), newShuffle()
		b.ResetTimer()
		for i := 0; i < b.N; i++ {
			k := r.next(n) * 7
			delete(m, k)
			m[k] = i
		}
	})
}

func BenchmarkMapInt32Access(b *testing.B) {
	bySize(b, func(b *testing.B, n int) {
		m, r := make(map[int32]int), newShuffle()
		for i := 0; i < n; i++ {
			m[int32(i)] = i
		}
		b.ResetTimer()
		for i := 0; i < b.N; i++ {
			sink += m[int32(r.next(n))]
		}
	})
}

func BenchmarkMapStringInsert(b *testing.B) {
	bySize(b, func(b *testing.B, n int) {
		keys := stringKeys(n)
		b.ResetTimer()
		for i := 0; i < b.N; i++ {
			sink += len(stringMap(keys))
		}
	})
}

// An op is a loop over the whole map.
func BenchmarkMapIterate(b *testing.B) {
	bySize(b, func(b *testing.B, n int) {
		m := intMap(n)
		b.ResetTimer()
		for i := 0; i < b.N; i++ {
			for k := range m {
				sink += k
			}
		}
	})
}

type structKey struct {
	s string
	n int32
	i interface{}
}

func BenchmarkMapStructAccess(b *testing.B) {
	for _, n := range sizes[:2] {
		n := n
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			keys, r := make([]structKey, n), newShuffle()
			m := make(map[structKey]int)
			for i := range keys {
				keys[i] = structKey{fmt.Sprint("key-", i), int32(i), i}
				m[keys[i]] = i
			}
			b.ResetTimer()
			for i := 0; i < b.N; i++ {
				sink += m[keys[r.next(n)]]
			}
		})
	}
}

func BenchmarkMapInterfaceAccess(b *testing.B) {
	for _, n := range sizes[:2] {
		n := n
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			keys, r := make([]interface{}, n), newShuffle()
			m := make(map[interface{}]int)
			for i := range keys {
				keys[i] = fmt.Sprint("key-", i)
				m[keys[i]] = i
			}
			b.ResetTimer()
			for i := 0; i < b.N; i++ {
				sink += m[keys[r.next(n)]]
			}
		})
	}
}
