// SPDX-License-Identifier: BSD-3-Clause

// print and println: the compiler calls one function per operand between printlock and printunlock.
//
// Before: debug.go  After: sched.go
package runtime

import "unsafe"

//gort:system
func printlock()

//gort:system
func printunlock()

//gort:system
func printbool(v bool)

//gort:system
func printfloat(v float64)

//gort:system
func printint(v int64)

//gort:system
func printhex(v uint64)

//gort:system
func printuint(v uint64)

//gort:system
func printcomplex(v complex128)

//gort:system
func printstring(v string)

//gort:system
func printpointer(v unsafe.Pointer)

//gort:system
func printiface(v iface)

//gort:system
func printeface(v eface)

//gort:system
func printslice(v []byte)

//gort:system
func printnl()

//gort:system
func printsp()
