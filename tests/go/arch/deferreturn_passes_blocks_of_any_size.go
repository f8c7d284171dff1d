// SPDX-License-Identifier: BSD-3-Clause

// Deferred calls with argument blocks of many sizes, in loops (records on the heap) and straight
// (records in the frame), get their arguments at a normal exit and in a panic.
package main

import "fmt"

type (
	b1   [1]byte
	b3   [3]byte
	b8   [8]byte
	b17  [17]byte
	b64  [64]byte
	b100 [100]byte
	b999 [999]byte
)

var sum int

func f0()             { sum++ }
func f1(b b1)         { sum += int(b[0]) }
func f3(b b3)         { sum += int(b[0]) + int(b[2]) }
func f8(b b8)         { sum += int(b[0]) + int(b[7]) }
func f17(b b17)       { sum += int(b[0]) + int(b[16]) }
func f64(b b64)       { sum += int(b[0]) + int(b[63]) }
func f100(b b100)     { sum += int(b[0]) + int(b[99]) }
func f999(b b999)     { sum += int(b[0]) + int(b[998]) }
func fs(s string) int { sum += len(s); return sum }

func all(loop int, fail bool) {
	defer func() { recover() }()
	for i := 0; i < loop; i++ {
		defer f0()
		defer f1(b1{1})
		defer f3(b3{0: 1, 2: 2})
		defer f8(b8{0: 1, 7: 2})
		defer f17(b17{0: 1, 16: 2})
		defer f64(b64{0: 1, 63: 2})
		defer f100(b100{0: 1, 99: 2})
		defer f999(b999{0: 1, 998: 2})
		defer fs("abc")
	}
	if fail {
		panic("x")
	}
}

func straight(fail bool) {
	defer func() { recover() }()
	defer f0()
	defer f1(b1{1})
	defer f3(b3{0: 1, 2: 2})
	defer f8(b8{0: 1, 7: 2})
	defer f17(b17{0: 1, 16: 2})
	defer f64(b64{0: 1, 63: 2})
	defer f100(b100{0: 1, 99: 2})
	defer f999(b999{0: 1, 998: 2})
	defer fs("abc")
	if fail {
		panic("x")
	}
}

func main() {
	for _, fail := range []bool{false, true} {
		sum = 0
		all(1, fail)
		fmt.Print(sum, " ")
		sum = 0
		all(100, fail)
		fmt.Print(sum, " ")
		sum = 0
		straight(fail)
		fmt.Println(sum)
	}
}
