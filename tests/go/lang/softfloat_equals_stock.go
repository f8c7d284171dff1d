// SPDX-License-Identifier: BSD-3-Clause

// Arithmetic and conversions by function call. The bits of every result go into one number; the
// expected one is what stock's software arithmetic gives, and it is the same with instructions
// apart from the conversions that do not fit, which are left out.
//
//test:gcflags -d=softfloat
package main

import (
	"fmt"
	"math"
)

var f64s = []float64{
	0, math.Copysign(0, -1), 1, -1, 1.5, -2.5, 1e300, -1e300, 5e-324, 1e-310,
	math.Inf(1), math.Inf(-1), math.NaN(), 1 << 31, 1<<31 - 1, 1 << 32, 1 << 62, 1 << 63,
	-(1 << 63), 1<<64 - 2048, 1e19, 1e20, 0.3,
	3.4e38, 1e39, 1e-45, 7e-46,
}
var ints = []int64{
	0, 1, -1, 1 << 24, 1<<24 + 1, 1<<53 + 1, 1<<63 - 1, -1 << 63, 1<<55 + 1<<31 + 1,
	123456789012345678, -987654321,
}

func main() {
	var h uint64
	mix := func(x uint64) { h = (h ^ x) * 1099511628211; h ^= h >> 29 }
	b := func(c bool) {
		if c {
			mix(1)
		} else {
			mix(2)
		}
	}
	for _, x := range f64s {
		for _, y := range f64s {
			mix(math.Float64bits(x + y))
			mix(math.Float64bits(x - y))
			mix(math.Float64bits(x * y))
			mix(math.Float64bits(x / y))
			b(x == y)
			b(x != y)
			b(x < y)
			b(x <= y)
			b(x > y)
			b(x >= y)
			p, q := float32(x), float32(y)
			mix(uint64(math.Float32bits(p + q)))
			mix(uint64(math.Float32bits(p - q)))
			mix(uint64(math.Float32bits(p * q)))
			mix(uint64(math.Float32bits(p / q)))
			b(p == q)
			b(p != q)
			b(p < q)
			b(p <= q)
		}
		fmt.Println(h)
		if x == x && x > -1e19 && x < 1e19 {
			mix(uint64(int64(x)))
			mix(uint64(int32(x)))
			mix(uint64(int64(float32(x))))
		}
		if x >= 0 && x < 1.8e19 {
			mix(uint64(x))
		}
		fmt.Println(h)
	}
	for _, i := range ints {
		mix(math.Float64bits(float64(i)))
		mix(uint64(math.Float32bits(float32(i))))
		mix(math.Float64bits(float64(uint64(i))))
		mix(uint64(math.Float32bits(float32(uint64(i)))))
		mix(math.Float64bits(float64(int32(i))))
		mix(uint64(math.Float32bits(float32(int32(i)))))
		fmt.Println(h)
	}
}
