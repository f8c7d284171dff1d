// SPDX-License-Identifier: BSD-3-Clause

// What package sync waits on: semaphores, condition lists, spinning, pinning to a P; random
// numbers.
//
// Before: sched.go  After: time.go
package runtime

import _ "unsafe" // for go:linkname

// notifyList is sync.notifyList: a ticket lock of waiters.
type notifyList struct {
	wait   uint32
	notify uint32
	lock   mutex
	head   *sudog
	tail   *sudog
}

//go:linkname sync_runtime_Semacquire sync.runtime_Semacquire
//gort:park
//gort:at sema.go:56
func sync_runtime_Semacquire(addr *uint32)

//go:linkname sync_runtime_SemacquireMutex sync.runtime_SemacquireMutex
//gort:park
//gort:at sema.go:71
func sync_runtime_SemacquireMutex(addr *uint32, lifo bool, skipframes int)

//go:linkname sync_runtime_Semrelease sync.runtime_Semrelease
//gort:park
//gort:at sema.go:66
func sync_runtime_Semrelease(addr *uint32, handoff bool, skipframes int)

//go:linkname poll_runtime_Semacquire internal/poll.runtime_Semacquire
//gort:park
//gort:at sema.go:61
func poll_runtime_Semacquire(addr *uint32)

//go:linkname poll_runtime_Semrelease internal/poll.runtime_Semrelease
//gort:park
func poll_runtime_Semrelease(addr *uint32)

//go:linkname notifyListAdd sync.runtime_notifyListAdd
//gort:leaf
func notifyListAdd(l *notifyList) uint32

//go:linkname notifyListWait sync.runtime_notifyListWait
//gort:park
//gort:at sema.go:513
func notifyListWait(l *notifyList, t uint32)

//go:linkname notifyListNotifyAll sync.runtime_notifyListNotifyAll
//gort:system
func notifyListNotifyAll(l *notifyList)

//go:linkname notifyListNotifyOne sync.runtime_notifyListNotifyOne
//gort:system
func notifyListNotifyOne(l *notifyList)

//go:linkname notifyListCheck sync.runtime_notifyListCheck
//gort:system
func notifyListCheck(sz uintptr)

//go:linkname sync_runtime_canSpin sync.runtime_canSpin
//gort:leaf
func sync_runtime_canSpin(i int) bool

//go:linkname sync_runtime_doSpin sync.runtime_doSpin
//gort:leaf
func sync_runtime_doSpin()

//go:linkname sync_nanotime sync.runtime_nanotime
//gort:system
func sync_nanotime() int64

//go:linkname sync_runtime_procPin sync.runtime_procPin
//gort:leaf
func sync_runtime_procPin() int

//go:linkname sync_runtime_procUnpin sync.runtime_procUnpin
//gort:leaf
func sync_runtime_procUnpin()

//go:linkname sync_atomic_runtime_procPin sync/atomic.runtime_procPin
//gort:leaf
func sync_atomic_runtime_procPin() int

//go:linkname sync_atomic_runtime_procUnpin sync/atomic.runtime_procUnpin
//gort:leaf
func sync_atomic_runtime_procUnpin()

//go:linkname sync_runtime_registerPoolCleanup sync.runtime_registerPoolCleanup
//gort:system
func sync_runtime_registerPoolCleanup(f func())

//gort:leaf
func procPin() int

//gort:leaf
func procUnpin()

//gort:leaf
func acquirem() *m

//gort:leaf
func releasem(mp *m)

//gort:leaf
func fastrand() uint32

//gort:leaf
func fastrandn(n uint32) uint32

//go:linkname sync_fastrand sync.fastrand
//gort:leaf
func sync_fastrand() uint32
