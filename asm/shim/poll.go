// SPDX-License-Identifier: BSD-3-Clause

// The network poller as internal/poll sees it: an opaque descriptor, error codes 0 ok, 1 closing, 2
// timeout, 3 not pollable, modes 'r', 'w' and their sum.
//
// Before: time.go  After: softfloat.go
package runtime

import _ "unsafe" // for go:linkname

//gort:goonly
type pollDesc struct {
	link    *pollDesc
	lock    mutex
	fd      uintptr
	closing bool
	everr   bool
	user    uint32
	rseq    uintptr
	rg      uintptr
	rt      timer
	rd      int64
	wseq    uintptr
	wg      uintptr
	wt      timer
	wd      int64
	self    *pollDesc
}

//go:linkname poll_runtime_pollServerInit internal/poll.runtime_pollServerInit
//gort:system
func poll_runtime_pollServerInit()

//go:linkname poll_runtime_isPollServerDescriptor internal/poll.runtime_isPollServerDescriptor
//gort:system
func poll_runtime_isPollServerDescriptor(fd uintptr) bool

//go:linkname poll_runtime_pollOpen internal/poll.runtime_pollOpen
//gort:system
func poll_runtime_pollOpen(fd uintptr) (pd *pollDesc, code int)

//go:linkname poll_runtime_pollClose internal/poll.runtime_pollClose
//gort:system
func poll_runtime_pollClose(pd *pollDesc)

//go:linkname poll_runtime_pollReset internal/poll.runtime_pollReset
//gort:system
func poll_runtime_pollReset(pd *pollDesc, mode int) int

//go:linkname poll_runtime_pollWait internal/poll.runtime_pollWait
//gort:park
//gort:at netpoll.go:222
func poll_runtime_pollWait(pd *pollDesc, mode int) int

//go:linkname poll_runtime_pollWaitCanceled internal/poll.runtime_pollWaitCanceled
//gort:park
//gort:at netpoll.go:238
func poll_runtime_pollWaitCanceled(pd *pollDesc, mode int)

//go:linkname poll_runtime_pollSetDeadline internal/poll.runtime_pollSetDeadline
//gort:system
func poll_runtime_pollSetDeadline(pd *pollDesc, d int64, mode int)

//go:linkname poll_runtime_pollUnblock internal/poll.runtime_pollUnblock
//gort:system
func poll_runtime_pollUnblock(pd *pollDesc)
