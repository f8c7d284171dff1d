// SPDX-License-Identifier: BSD-3-Clause

// A program that calls the write barrier by hand, often enough to fill the buffer several times:
// the store is done, and every register that compiled code believes in is as it was.
//
// Before: ../../../../arch/amd64/barrier.s  After: forms_amd64.go
package main

import (
	"fmt"
	"os"
	"unsafe"
)

type form struct {
	name  string
	call  func(slot **int, value *int, regs *[registers]uint64)
	value int
}

var slot *int

func main() {
	failed := false
	for _, f := range forms {
		for round := 0; round < 2000; round++ {
			value := new(int)
			var regs [registers]uint64
			f.call(&slot, value, &regs)
			if slot != value {
				fmt.Println(f.name, round, "slot", slot, "value", value)
				failed = true
			}
			for i, got := range regs {
				want := uint64(0x1110000 + i)
				if i == slotRegister {
					want = uint64(uintptr(unsafe.Pointer(&slot)))
				}
				if i == f.value {
					want = uint64(uintptr(unsafe.Pointer(value)))
				}
				if got != want && !failed {
					fmt.Printf("%s round %d register %d: %#x, want %#x\n",
						f.name, round, i, got, want)
					failed = true
				}
			}
		}
	}
	if failed {
		os.Exit(1)
	}
	fmt.Println("ok")
}
