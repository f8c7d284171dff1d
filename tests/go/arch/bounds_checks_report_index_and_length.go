// SPDX-License-Identifier: BSD-3-Clause

// Each kind of failed bounds check, signed and unsigned, names the operands it failed on.
package main

import "fmt"

var (
	s          = make([]int, 3, 5)
	str        = "abc"
	arr        = &[4]int{}
	i, j, k    = 7, 2, 1
	ui, uj, uk = uint(8), uint(2), uint(1)
	neg        = -1
	sink       interface{}
)

func try(f func()) {
	defer func() { fmt.Println(recover()) }()
	f()
}

func main() {
	try(func() { sink = s[i] })
	try(func() { sink = s[ui] })
	try(func() { sink = s[neg] })
	try(func() { sink = str[i] })
	try(func() { sink = arr[ui] })
	try(func() { sink = s[:i] })
	try(func() { sink = s[:ui] })
	try(func() { sink = s[:neg] })
	try(func() { sink = str[:i] })
	try(func() { sink = str[:ui] })
	try(func() { sink = s[j:k] })
	try(func() { sink = s[uj:uk] })
	try(func() { sink = str[j:k] })
	try(func() { sink = s[:2:i] })
	try(func() { sink = s[:2:ui] })
	try(func() { sink = arr[:2:i] })
	try(func() { sink = arr[:2:ui] })
	try(func() { sink = s[:j:k] })
	try(func() { sink = s[:uj:uk] })
	try(func() { sink = s[j:k:5] })
	try(func() { sink = s[uj:uk:5] })
	try(func() { sink = s[neg:] })
	try(func() { sink = str[i:] })
}
