// SPDX-License-Identifier: BSD-3-Clause

// Clocks and timers.
//
// Before: sync.go  After: poll.go
package runtime

import _ "unsafe" // for go:linkname

// timer is time.runtimeTimer. Package time sets when, period, f, arg and seq.
type timer struct {
	pp       uintptr
	when     int64
	period   int64
	f        func(interface{}, uintptr)
	arg      interface{}
	seq      uintptr
	nextwhen int64
	status   uint32
}

//gort:system
func nanotime() int64

//gort:system
func nanotime1() int64

//gort:system
func walltime() (sec int64, nsec int32)

//gort:leaf
func cputicks() int64

//go:linkname time_now time.now
//gort:system
func time_now() (sec int64, nsec int32, mono int64)

//go:linkname timeSleep time.Sleep
//gort:park
//gort:at time.go:188
func timeSleep(ns int64)

//go:linkname startTimer time.startTimer
//gort:system
func startTimer(t *timer)

//go:linkname stopTimer time.stopTimer
//gort:system
func stopTimer(t *timer) bool

//go:linkname resetTimer time.resetTimer
//gort:system
func resetTimer(t *timer, when int64) bool

//go:linkname modTimer time.modTimer
//gort:system
func modTimer(t *timer, when, period int64, f func(interface{}, uintptr), arg interface{},
	seq uintptr)
