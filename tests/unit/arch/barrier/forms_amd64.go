// SPDX-License-Identifier: BSD-3-Clause

// Before: main.go  After: barrier_amd64.s
package main

const registers = 14

func barrierAX(slot **int, value *int, regs *[registers]uint64)
func barrierCX(slot **int, value *int, regs *[registers]uint64)
func barrierDX(slot **int, value *int, regs *[registers]uint64)
func barrierBX(slot **int, value *int, regs *[registers]uint64)
func barrierBP(slot **int, value *int, regs *[registers]uint64)
func barrierSI(slot **int, value *int, regs *[registers]uint64)
func barrierR8(slot **int, value *int, regs *[registers]uint64)
func barrierR9(slot **int, value *int, regs *[registers]uint64)

// The register of the value by its index in regs, -1: not among them. The slot is in the fifth, DI.
var forms = []form{
	{"AX", barrierAX, 0}, {"BX", barrierBX, 1}, {"CX", barrierCX, 2}, {"DX", barrierDX, 3},
	{"SI", barrierSI, 4}, {"R8", barrierR8, 6}, {"R9", barrierR9, 7}, {"BP", barrierBP, -1},
}

const slotRegister = 5
