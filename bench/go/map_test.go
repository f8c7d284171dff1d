// SPDX-License-Identifier: BSD-3-Clause

package bench

import (
	"strconv"
	"testing"
)

// A generator of keys in an order that no predictor learns.
type shuffle uint64

func (s *shuffle) next(n int) int {
	x := uint64(*s)
	x ^= x << 13
	x ^= x >> 7
	x ^= x << 17
	*s = shuffle(x)
	return int(x >> 32 * uint64(n) >> 32) // a division would take longer than a lookup
}

func newShuffle() shuffle { return 88172645463325252 }

func intMap(n int) map[int]int {
	m := make(map[int]int)
	for i := 0; i < n; i++ {
		m[i*7] = i
	}
	return m
}

func stringKeys(n int) []string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = "key-" + strconv.Itoa(i*7)
	}
	return keys
}

func stringMap(keys []string) map[string]int {
	m := make(map[string]int)
	for i, k := range keys {
		m[k] = i
	}
	return m
}

func benchmarkIntAccess(b *testing.B, n int) {
	m := intMap(n)
	s := newShuffle()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		sink += m[s.next(n)*7]
	}
}

func BenchmarkMapAccessInt8(b *testing.B)       { benchmarkIntAccess(b, 8) }
func BenchmarkMapAccessInt1000(b *testing.B)    { benchmarkIntAccess(b, 1000) }
func BenchmarkMapAccessInt1000000(b *testing.B) { benchmarkIntAccess(b, 1000000) }

func benchmarkIntAssign(b *testing.B, n int) {
	m := intMap(n)
	s := newShuffle()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		m[s.next(n)*7] = i
	}
}

func BenchmarkMapAssignInt8(b *testing.B)       { benchmarkIntAssign(b, 8) }
func BenchmarkMapAssignInt1000(b *testing.B)    { benchmarkIntAssign(b, 1000) }
func BenchmarkMapAssignInt1000000(b *testing.B) { benchmarkIntAssign(b, 1000000) }

func benchmarkStringAccess(b *testing.B, n int) {
	keys := stringKeys(n)
	m := stringMap(keys)
	s := newShuffle()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		sink += m[keys[s.next(n)]]
	}
}

func BenchmarkMapAccessString8(b *testing.B)       { benchmarkStringAccess(b, 8) }
func BenchmarkMapAccessString1000(b *testing.B)    { benchmarkStringAccess(b, 1000) }
func BenchmarkMapAccessString1000000(b *testing.B) { benchmarkStringAccess(b, 1000000) }

func benchmarkStringAssign(b *testing.B, n int) {
	keys := stringKeys(n)
	m := stringMap(keys)
	s := newShuffle()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		m[keys[s.next(n)]] = i
	}
}

func BenchmarkMapAssignString8(b *testing.B)       { benchmarkStringAssign(b, 8) }
func BenchmarkMapAssignString1000(b *testing.B)    { benchmarkStringAssign(b, 1000) }
func BenchmarkMapAssignString1000000(b *testing.B) { benchmarkStringAssign(b, 1000000) }
