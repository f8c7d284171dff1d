// SPDX-License-Identifier: BSD-3-Clause

// Before: main.go  After: barrier_arm64.s
package main

const registers = 24

func barrierR3(slot **int, value *int, regs *[registers]uint64)

var forms = []form{{"R3", barrierR3, 3}}

const slotRegister = 2
