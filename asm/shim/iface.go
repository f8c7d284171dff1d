// SPDX-License-Identifier: BSD-3-Clause

// Interfaces: conversion of values to interfaces, conversion between interface types and type
// assertions. The leaf of an assertion looks into the itab cache; a miss builds the itab or panics
// on the system stack.
//
// Before: string.go  After: panic.go
package runtime

import "unsafe"

//gort:leaf
func convT2E(t *_type, elem unsafe.Pointer) eface

//gort:system
func convT2E_slow(t *_type, elem unsafe.Pointer) eface

//gort:leaf
func convT2Enoptr(t *_type, elem unsafe.Pointer) eface

//gort:system
func convT2Enoptr_slow(t *_type, elem unsafe.Pointer) eface

//gort:leaf
func convT2I(tab *itab, elem unsafe.Pointer) iface

//gort:system
func convT2I_slow(tab *itab, elem unsafe.Pointer) iface

//gort:leaf
func convT2Inoptr(tab *itab, elem unsafe.Pointer) iface

//gort:system
func convT2Inoptr_slow(tab *itab, elem unsafe.Pointer) iface

//gort:leaf
func convT16(val uint16) unsafe.Pointer

//gort:system
func convT16_slow(val uint16) unsafe.Pointer

//gort:leaf
func convT32(val uint32) unsafe.Pointer

//gort:system
func convT32_slow(val uint32) unsafe.Pointer

//gort:leaf
func convT64(val uint64) unsafe.Pointer

//gort:system
func convT64_slow(val uint64) unsafe.Pointer

//gort:leaf
func convTstring(val string) unsafe.Pointer

//gort:system
func convTstring_slow(val string) unsafe.Pointer

//gort:leaf
func convTslice(val []byte) unsafe.Pointer

//gort:system
func convTslice_slow(val []byte) unsafe.Pointer

//gort:leaf
func convI2I(inter *interfacetype, i iface) iface

//gort:system
func convI2I_slow(inter *interfacetype, i iface) iface

//gort:leaf
func assertI2I(inter *interfacetype, i iface) iface

//gort:system
func assertI2I_slow(inter *interfacetype, i iface) iface

//gort:leaf
func assertI2I2(inter *interfacetype, i iface) (ret iface, ok bool)

//gort:system
func assertI2I2_slow(inter *interfacetype, i iface) (ret iface, ok bool)

//gort:leaf
func assertE2I(inter *interfacetype, e eface) iface

//gort:system
func assertE2I_slow(inter *interfacetype, e eface) iface

//gort:leaf
func assertE2I2(inter *interfacetype, e eface) (ret iface, ok bool)

//gort:system
func assertE2I2_slow(inter *interfacetype, e eface) (ret iface, ok bool)

//gort:system
func panicdottypeE(have, want, iface *_type)

//gort:system
func panicdottypeI(have *itab, want, iface *_type)

//gort:system
func panicnildottype(want *_type)

//go:linkname reflect_ifaceE2I reflect.ifaceE2I
//gort:system
func reflect_ifaceE2I(inter *interfacetype, e eface, dst *iface)

//go:linkname reflectlite_ifaceE2I internal/reflectlite.ifaceE2I
//gort:system
func reflectlite_ifaceE2I(inter *interfacetype, e eface, dst *iface)
